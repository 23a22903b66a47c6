"""An API of three routes with Django REST framework: open to all, for callers with a token, for those with a scope.

Start a server with `make serve`, then `python examples/frameworks/drf_app.py`. ISSUER, AUDIENCE, PORT and
RESOURCE in the environment change whose tokens it takes, where it listens and what it is called.
"""

import os
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8000")
AUDIENCE = os.environ.get("AUDIENCE", ISSUER)
PORT = int(os.environ.get("PORT", "8001"))
RESOURCE = os.environ.get("RESOURCE", f"http://127.0.0.1:{PORT}")

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="for this example alone",
    # Nobody needs a database to check tokens.
    REST_FRAMEWORK={
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "EXCEPTION_HANDLER": "gatepass.drf.exception_handler",
    },
)
django.setup()

from rest_framework.request import Request  # noqa: E402 - Django wants its settings first
from rest_framework.response import Response  # noqa: E402 - the same
from rest_framework.views import APIView  # noqa: E402 - the same

from gatepass import Verifier  # noqa: E402 - the same
from gatepass.drf import TokenGuard, principal_of  # noqa: E402 - the same

guard = TokenGuard(Verifier(ISSUER, audience=AUDIENCE), resource=RESOURCE)


class Open(APIView):
    authentication_classes = (guard.authentication,)

    def get(self, request: Request) -> Response:
        return Response({"hello": principal_of(request).subject if request.auth else "stranger"})


class Protected(APIView):
    authentication_classes = (guard.authentication,)
    permission_classes = (guard.require(),)

    def get(self, request: Request) -> Response:
        return Response({"caller": principal_of(request).subject})


class Scoped(APIView):
    authentication_classes = (guard.authentication,)
    permission_classes = (guard.require("orders:read"),)

    def get(self, request: Request) -> Response:
        caller = principal_of(request)
        return Response({"caller": caller.subject, "scopes": sorted(caller.scopes)})


urlpatterns = [
    path("open", Open.as_view()),
    path("protected", Protected.as_view()),
    path("scoped", Scoped.as_view()),
    *guard.metadata_urls(),
]

if __name__ == "__main__":
    make_server("127.0.0.1", PORT, get_wsgi_application()).serve_forever()

"""An API of three routes with Django: open to all, for callers with a token, for those with a scope.

Start a server with `make serve`, then `python examples/frameworks/django_app.py`. ISSUER, AUDIENCE, PORT and
RESOURCE in the environment change whose tokens it takes, where it listens and what it is called.
"""

import os
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8000")
AUDIENCE = os.environ.get("AUDIENCE", ISSUER)
PORT = int(os.environ.get("PORT", "8001"))
RESOURCE = os.environ.get("RESOURCE", f"http://127.0.0.1:{PORT}")

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="for this example alone")
django.setup()

from gatepass import Verifier  # noqa: E402 - Django wants its settings first
from gatepass.django import TokenGuard  # noqa: E402 - the same

guard = TokenGuard(Verifier(ISSUER, audience=AUDIENCE), resource=RESOURCE)


@guard.token_optional
def open_to_all(request: HttpRequest) -> JsonResponse:
    caller = guard.optional_principal_of(request)
    return JsonResponse({"hello": caller.subject if caller else "stranger"})


@guard.token_required
async def protected(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"caller": guard.principal_of(request).subject})


@guard.token_required("orders:read")
def scoped(request: HttpRequest) -> JsonResponse:
    caller = guard.principal_of(request)
    return JsonResponse({"caller": caller.subject, "scopes": sorted(caller.scopes)})


urlpatterns = [
    path("open", open_to_all),
    path("protected", protected),
    path("scoped", scoped),
    *guard.metadata_urls(),
]

if __name__ == "__main__":
    make_server("127.0.0.1", PORT, get_wsgi_application()).serve_forever()

"""The routes of the shared suite with Django REST framework."""

import time

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import URLPattern, path

from tests.adapters.apps import common

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="for tests",
    MIDDLEWARE=common.middleware(),
    GATEPASS_GUARD=f"{__name__}.guard",
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

from gatepass.drf import TokenGuard  # noqa: E402 - the same

guard = TokenGuard(common.verifier(), **common.options())


def route(place: str) -> URLPattern:
    asked = common.REQUIREMENTS[place]

    class View(APIView):
        authentication_classes = (guard.authentication,)
        permission_classes = () if asked.optional else (guard.require(*asked.scopes, **common.asked(place)),)

        def get(self, request: Request) -> Response:
            if place == common.SLOW:
                time.sleep(common.NAP)
            return Response({"caller": str(request.user) if request.auth else None})

    return path(place[1:], View.as_view())


urlpatterns = [*map(route, common.REQUIREMENTS), *guard.metadata_urls()]

if __name__ == "__main__":
    common.serve(get_wsgi_application(), "drf")

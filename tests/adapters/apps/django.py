"""The routes of the shared suite with Django."""

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET
from werkzeug.serving import make_server

from tests.adapters.apps import common

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="for tests")
django.setup()

from gatepass.django import TokenGuard  # noqa: E402 - Django wants its settings first

guard = TokenGuard(common.verifier(), **common.options())


def view(request: HttpRequest) -> JsonResponse:
    caller = guard.optional_principal_of(request)
    return JsonResponse({"caller": caller.subject if caller else None})


async def asynchronous(request: HttpRequest) -> JsonResponse:
    return view(request)


def route(place: str) -> URLPattern:
    asked = common.REQUIREMENTS[place]
    if asked.optional:
        return path(place[1:], require_GET(guard.token_optional(view)))
    protect = guard.token_required(*asked.scopes, **common.asked(place))
    return path(place[1:], require_GET(protect(asynchronous if place == "/all" else view)))


urlpatterns = [*map(route, common.REQUIREMENTS), *guard.metadata_urls()]

if __name__ == "__main__":
    make_server("127.0.0.1", common.PORT, get_wsgi_application(), threaded=True).serve_forever()

"""The routes of the shared suite with Django."""

import asyncio
import time

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from tests.adapters.apps import common

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="for tests",
    MIDDLEWARE=common.middleware(),
    GATEPASS_GUARD=f"{__name__}.guard",
)
django.setup()

from gatepass.django import TokenGuard  # noqa: E402 - Django wants its settings first
from gatepass.guard import Requirement  # noqa: E402 - the same

guard = TokenGuard(common.verifier(), **common.options())


ASYNCHRONOUS = common.SERVER == "uvicorn"
DEMANDED = "gatepass.django.TokenRequiredMiddleware" in common.middleware()


def view(request: HttpRequest) -> JsonResponse:
    if request.path == common.SLOW and not ASYNCHRONOUS:
        time.sleep(common.NAP)
    caller = guard.optional_principal_of(request)
    return JsonResponse({"caller": caller.subject if caller else None})


async def asynchronous(request: HttpRequest) -> JsonResponse:
    await asyncio.sleep(common.NAP if request.path == common.SLOW else 0)
    return view(request)


def route(place: str) -> URLPattern:
    asked = common.REQUIREMENTS[place]
    if asked.optional:
        return path(place[1:], require_safe(guard.token_optional(view)))
    if DEMANDED and asked == Requirement():
        return path(place[1:], require_safe(view))
    protect = guard.token_required(*asked.scopes, **common.asked(place))
    chosen = asynchronous if place == "/all" or (place == common.SLOW and ASYNCHRONOUS) else view
    return path(place[1:], require_safe(protect(chosen)))


urlpatterns = [*map(route, common.REQUIREMENTS), *guard.metadata_urls()]

if __name__ == "__main__":
    if ASYNCHRONOUS:
        import uvicorn

        uvicorn.run(get_asgi_application(), port=common.PORT, lifespan="off", log_level="warning")
    else:
        common.serve(get_wsgi_application(), "django")

"""What is special to Django: its middleware, synchronous and asynchronous, and classes."""

import asyncio
import inspect
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import RequestFactory
from django.test.utils import override_settings
from django.utils.decorators import method_decorator
from django.views import View

from gatepass.django import TokenGuard, token_middleware
from gatepass.testing import FakeIssuer

if not settings.configured:
    settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="for tests", DEFAULT_CHARSET="utf-8")

ISSUER = FakeIssuer()
GUARD = TokenGuard(ISSUER.verifier())
NOT_A_GUARD = object()


def whoami(request: HttpRequest) -> JsonResponse:
    caller = GUARD.optional_principal_of(request)
    return JsonResponse({"caller": caller.subject if caller else None})


async def awhoami(request: HttpRequest) -> JsonResponse:
    return whoami(request)


def get(headers: dict[str, str] | None = None) -> HttpRequest:
    return RequestFactory().get("/", headers=headers)


@pytest.fixture
def configured() -> Iterator[None]:
    with override_settings(GATEPASS_GUARD=GUARD):
        yield


@pytest.mark.usefixtures("configured")
def test_the_middleware_tells_views_who_is_calling() -> None:
    middleware = token_middleware(whoami)
    assert middleware(get(ISSUER.headers("user-7"))).content == b'{"caller": "user-7"}'
    assert middleware(get()).content == b'{"caller": null}'
    refused = middleware(get(ISSUER.headers(expired=True)))
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')


@pytest.mark.usefixtures("configured")
def test_the_middleware_is_asynchronous_where_django_is() -> None:
    middleware = token_middleware(awhoami)
    assert inspect.iscoroutinefunction(middleware)
    assert asyncio.run(middleware(get(ISSUER.headers("user-7")))).content == b'{"caller": "user-7"}'
    assert asyncio.run(middleware(get(ISSUER.headers(tampered=True)))).status_code == 401


@pytest.mark.parametrize("value", [None, 7, NOT_A_GUARD])
def test_a_setting_that_names_no_guard_is_told(value: object) -> None:
    with override_settings(GATEPASS_GUARD=value), pytest.raises(ImproperlyConfigured, match="GATEPASS_GUARD"):
        token_middleware(whoami)


def test_the_setting_may_be_a_dotted_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepass.testing.GUARD", GUARD, raising=False)
    with override_settings(GATEPASS_GUARD="gatepass.testing.GUARD"):
        assert token_middleware(whoami)(get(ISSUER.headers("user-7"))).content == b'{"caller": "user-7"}'


def test_a_class_takes_the_guard_by_method_decorator() -> None:
    @method_decorator(GUARD.token_required("orders:read"), name="dispatch")
    class Orders(View):
        def get(self, request: HttpRequest) -> HttpResponse:
            return whoami(request)

    view = Orders.as_view()
    assert view(get()).status_code == 401
    assert view(get(ISSUER.headers())).status_code == 403
    assert view(get(ISSUER.headers(scopes=["orders:read"]))).status_code == 200
    with pytest.raises(TypeError, match="method_decorator"):
        GUARD.token_required(Orders)


def test_a_request_that_nobody_let_in_has_no_principal() -> None:
    with pytest.raises(RuntimeError, match="principal"):
        GUARD.principal_of(get())

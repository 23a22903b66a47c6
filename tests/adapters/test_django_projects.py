"""Whole Django projects: middleware among other middleware, classes, forged requests, the metadata document."""

import asyncio
import subprocess
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import AsyncClient, Client
from django.test.utils import override_settings
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gatepass import DPoP, Key, Principal, Verifier
from gatepass.django import TokenGuard, TokenRequiredMiddleware, token_middleware
from gatepass.dpop import make_proof
from gatepass.testing import FakeIssuer

API = "https://api.test"
OPTIONAL = "gatepass.django.token_middleware"
REQUIRED = "gatepass.django.TokenRequiredMiddleware"
OTHERS = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture
def guard(issuer: FakeIssuer) -> TokenGuard:
    return TokenGuard(issuer.verifier(), resource=API)


@contextmanager
def project(guard: TokenGuard, *urlpatterns: Any, middleware: list[str] | None = None) -> Iterator[None]:
    """Settings of a project with these addresses."""
    urls: Any = types.ModuleType("urls")
    urls.urlpatterns = [*urlpatterns, *guard.metadata_urls()]
    with override_settings(
        ROOT_URLCONF=urls, MIDDLEWARE=middleware or [], GATEPASS_GUARD=guard, ALLOWED_HOSTS=["testserver"]
    ):
        yield


def get(place: str, headers: dict[str, str] | None = None, *, asynchronous: bool = False) -> Any:
    """Ask the project by WSGI or by ASGI."""
    if not asynchronous:
        return Client().get(place, headers=headers)

    async def ask() -> Any:
        return await AsyncClient().get(place, headers=headers)

    return asyncio.run(ask())


@pytest.mark.parametrize("asynchronous", [False, True], ids=["WSGI", "ASGI"])
@pytest.mark.parametrize("middleware", [[OPTIONAL, *OTHERS], [*OTHERS, OPTIONAL]], ids=["first", "last"])
def test_the_middleware_stands_among_others(
    guard: TokenGuard, issuer: FakeIssuer, middleware: list[str], asynchronous: bool
) -> None:
    def view(request: HttpRequest) -> JsonResponse:
        caller = guard.optional_principal_of(request)
        return JsonResponse({"caller": caller.subject if caller else None})

    async def later(request: HttpRequest) -> JsonResponse:
        return view(request)

    with project(guard, path("now", view), path("later", later), middleware=middleware):
        for place in ("/now", "/later"):
            answer = get(place, issuer.headers("user-7"), asynchronous=asynchronous)
            assert answer.content == b'{"caller": "user-7"}'
            assert get(place, asynchronous=asynchronous).content == b'{"caller": null}'
            refused = get(place, issuer.headers(expired=True), asynchronous=asynchronous)
            assert (refused.status_code, refused.content) == (401, b'{"message": "Token is invalid"}')


@pytest.mark.parametrize("middleware", [token_middleware, TokenRequiredMiddleware])
def test_what_is_marked_as_asynchronous_is_awaited(guard: TokenGuard, middleware: Any) -> None:
    """Objects are, on a Python whose ``inspect`` knows nothing of such marks."""

    class Next:
        def __init__(self) -> None:
            markcoroutinefunction(self)

        async def __call__(self, _request: HttpRequest) -> HttpResponse:
            return HttpResponse("done")

    with override_settings(GATEPASS_GUARD=guard):
        assert iscoroutinefunction(middleware(Next()))
        assert not iscoroutinefunction(middleware(lambda _request: HttpResponse("done")))


class OnlyAsynchronous:
    """A verifier that must not be asked in a way that blocks."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self.issuers, self.clock, self.explain = verifier.issuers, verifier.clock, verifier.explain

    def verify(self, *_: Any, **__: Any) -> Principal:
        raise AssertionError("the event loop would be blocked")

    async def averify(self, token: object, **further: Any) -> Principal:
        return await self._verifier.averify(token, **further)


def test_what_is_asynchronous_never_blocks_the_loop(issuer: FakeIssuer) -> None:
    guard = TokenGuard(OnlyAsynchronous(issuer.verifier()), resource=API)

    @guard.token_required
    async def function(request: HttpRequest) -> HttpResponse:
        return HttpResponse(guard.principal_of(request).subject)

    class Plain(View):
        async def get(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse(guard.principal_of(request).subject)

    @method_decorator(guard.token_required, name="dispatch")
    class Whole(Plain):
        pass

    class Part(View):
        @method_decorator(guard.token_required)
        async def get(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse(guard.principal_of(request).subject)

    views: dict[str, Any] = {
        "function": function,
        "outside": guard.token_required(Plain.as_view()),
        "whole": Whole.as_view(),
        "part": Part.as_view(),
    }
    with project(guard, *(path(name, view) for name, view in views.items())):
        for name in views:
            answer = get(f"/{name}", issuer.headers("user-7"), asynchronous=True)
            assert (name, answer.content) == (name, b"user-7")
            assert get(f"/{name}", asynchronous=True).status_code == 401
    for middleware in (OPTIONAL, REQUIRED):
        with project(guard, path("plain", Plain.as_view()), middleware=[middleware]):
            assert get("/plain", issuer.headers("user-7"), asynchronous=True).content == b"user-7"


def test_a_class_with_asynchronous_methods_answers_405_itself(guard: TokenGuard, issuer: FakeIssuer) -> None:
    @method_decorator(guard.token_required, name="dispatch")
    class Orders(View):
        async def get(self, _request: HttpRequest) -> HttpResponse:
            return HttpResponse("orders")

    async def delete() -> Any:
        return await AsyncClient().delete("/orders", headers=issuer.headers())

    with project(guard, path("orders", Orders.as_view())):
        assert asyncio.run(delete()).status_code == 405


@pytest.mark.parametrize("asynchronous", [False, True], ids=["WSGI", "ASGI"])
def test_middleware_may_demand_a_token_of_every_view(
    guard: TokenGuard, issuer: FakeIssuer, asynchronous: bool
) -> None:
    other = TokenGuard(issuer.verifier())

    def view(request: HttpRequest) -> HttpResponse:
        caller = guard.optional_principal_of(request)
        return HttpResponse(caller.subject if caller else "stranger")

    @method_decorator(guard.token_optional, name="dispatch")
    class Open(View):
        def get(self, request: HttpRequest) -> HttpResponse:
            return view(request)

    urls = [
        path("plain", view),
        path("optional", csrf_exempt(guard.token_optional(view))),
        path("open", Open.as_view()),
        path("scoped", guard.token_required("orders:read")(view)),
        path("other", other.token_optional(view)),
    ]
    with project(guard, *urls, middleware=[*OTHERS, REQUIRED]):

        def status(place: str, headers: dict[str, str] | None = None) -> int:
            return int(get(place, headers, asynchronous=asynchronous).status_code)

        assert (status("/plain"), status("/plain", issuer.headers())) == (401, 200)
        assert status("/plain", issuer.headers(tampered=True)) == 401
        for place in ("/optional", "/open"):
            assert get(place, asynchronous=asynchronous).content == b"stranger"
            assert status(place, issuer.headers(tampered=True)) == 401
        assert status("/scoped") == 401
        assert status("/scoped", issuer.headers()) == 403
        assert status("/scoped", issuer.headers(scopes=["orders:read"])) == 200
        assert status("/other") == 401  # another guard's word is not this one's
        assert status("/nothing") == 404
        assert status("/.well-known/oauth-protected-resource") == 200


@pytest.mark.parametrize("middleware", [[OPTIONAL], [REQUIRED], []])
def test_a_proof_is_good_for_the_whole_way_of_one_request(issuer: FakeIssuer, middleware: list[str]) -> None:
    guard = TokenGuard(issuer.verifier(), resource=API, dpop=DPoP())
    key = Key.generate("ES256")
    token = issuer.token("user-7", claims={"cnf": {"jkt": key.thumbprint}})

    @guard.token_required
    @guard.token_optional
    def twice(request: HttpRequest) -> HttpResponse:
        return HttpResponse(guard.principal_of(request).subject)

    def plain(request: HttpRequest) -> HttpResponse:
        return twice(request)

    with project(guard, path("twice", twice), path("plain", plain), middleware=middleware):
        for place in ("/twice", "/plain"):
            proof = make_proof(key, method="GET", url=API + place, token=token)
            headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
            assert get(place, headers).content == b"user-7"
            again = get(place, headers)
            assert again.status_code == 401
            bearer, dpop = again["WWW-Authenticate"].split(", DPoP ")
            assert bearer.startswith("Bearer resource_metadata=")
            assert 'error="invalid_dpop_proof"' in dpop


def test_protection_against_forged_requests_is_only_in_the_way_where_it_is_kept(
    guard: TokenGuard, issuer: FakeIssuer
) -> None:
    @require_POST
    @guard.token_required
    def post(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("done")

    urls = [path("kept", post), path("exempt", csrf_exempt(post))]
    with project(guard, *urls, middleware=["django.middleware.csrf.CsrfViewMiddleware"]):
        client = Client(enforce_csrf_checks=True)
        assert client.post("/kept", headers=issuer.headers()).status_code == 403
        assert client.post("/exempt", headers=issuer.headers()).content == b"done"
        assert client.post("/exempt").status_code == 401


@pytest.mark.compliance(
    "RFC 9728", "3.1", "the document lies at the well-known address, path of the resource included"
)
@pytest.mark.parametrize(
    "resource", ["https://api.test", "https://api.test/v1/", "https://api.test/a.b+c/%C3%A9%20d"]
)
def test_the_metadata_document_lies_where_challenges_say(issuer: FakeIssuer, resource: str) -> None:
    guard = TokenGuard(issuer.verifier(), resource=resource)

    @guard.token_required
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("in")

    with project(guard, path("view", view)):
        told = get("/view")["WWW-Authenticate"]
        place = guard.metadata_path
        assert told == f'Bearer resource_metadata="https://api.test{place}"'
        assert Client().get(place).json()["resource"] == resource
        assert Client().head(place).status_code == 200
        assert Client().post(place).status_code == 405
        assert Client().get(place.replace(".well-known", "xwell-known")).status_code == 404
        assert Client().get(place + "x").status_code == 404


def test_the_adapter_needs_no_users() -> None:
    code = """
import sys
from django.conf import settings
settings.configure()
import gatepass.django
print([name for name in sys.modules if name.startswith(("django.contrib", "rest_framework"))])
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout == "[]\n"


def test_a_view_keeps_its_name_and_what_other_decorators_noted(guard: TokenGuard) -> None:
    @csrf_exempt
    def orders(_request: HttpRequest) -> HttpResponse:
        """Show orders."""
        return HttpResponse()

    protected = guard.token_required("orders:read")(orders)
    assert (protected.__name__, protected.__doc__) == ("orders", "Show orders.")
    assert vars(protected)["csrf_exempt"] is True

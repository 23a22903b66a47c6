"""What is special to Django REST framework: its own permissions, users, handlers and combinations."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory
from django.test.utils import override_settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission, IsAdminUser, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from gatepass import DPoP, Key, Principal
from gatepass.django import token_middleware
from gatepass.dpop import Nonces, make_proof
from gatepass.drf import TokenGuard, TokenUser, principal_of
from gatepass.testing import FakeIssuer

API = "https://api.test"
OURS = {"EXCEPTION_HANDLER": "gatepass.drf.exception_handler"}


@pytest.fixture(autouse=True)
def without_users() -> Iterator[None]:
    """A project that has no ``django.contrib.auth``."""
    with override_settings(REST_FRAMEWORK={"UNAUTHENTICATED_USER": None}):
        yield


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture
def guard(issuer: FakeIssuer) -> TokenGuard:
    return TokenGuard(issuer.verifier(), resource=API)


def ask(
    guard: TokenGuard,
    *permissions: Any,
    headers: dict[str, str] | None = None,
    authentication: Any = None,
    request: Any = None,
) -> Any:
    """Call a view with these permissions that says who is calling."""

    class View(APIView):
        authentication_classes = authentication or [guard.authentication]
        permission_classes = permissions
        renderer_classes = (JSONRenderer,)
        throttle_classes = ()

        def get(self, request: Request) -> Response:
            return Response(principal_of(request).subject if request.auth else None)

    return View.as_view()(request or RequestFactory().get("/orders", headers=headers)).render()


def test_without_permissions_a_token_is_optional(guard: TokenGuard, issuer: FakeIssuer) -> None:
    assert ask(guard).data is None
    assert ask(guard, headers=issuer.headers("user-7")).data == "user-7"
    assert ask(guard, headers=issuer.headers(expired=True)).status_code == 401


@pytest.mark.compliance("RFC 6750", "3", "401 with a challenge")
@pytest.mark.parametrize("permission", ["the guard's", "the framework's"])
def test_a_missing_token_is_asked_for(guard: TokenGuard, permission: str) -> None:
    demanded = guard.require() if permission == "the guard's" else IsAuthenticated
    answer = ask(guard, demanded)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == f'Bearer resource_metadata="{API}{guard.metadata_path}"'
    if permission == "the guard's":
        assert answer.data == {"detail": "Token is missing"}
    else:
        assert list(answer.data) == ["detail"]


@pytest.mark.parametrize("handler", [{}, OURS], ids=["the framework's", "ours"])
def test_refusals_say_the_same_under_either_handler(
    guard: TokenGuard, issuer: FakeIssuer, handler: dict[str, str]
) -> None:
    member = "message" if handler else "detail"
    cases: list[tuple[dict[str, str] | None, int, str, str]] = [
        (None, 401, "Token is missing", ""),
        (issuer.headers(tampered=True), 401, "Token is invalid", 'error="invalid_token"'),
        (
            issuer.headers(),
            403,
            "Token lacks a required scope",
            'error="insufficient_scope", scope="orders:read"',
        ),
        (
            {"Authorization": "Bearer x, Bearer y"},
            400,
            "The request carries more than one token",
            "invalid_request",
        ),
        (
            issuer.headers(scopes=["orders:read"]),
            401,
            "A more recent or stronger sign-in is needed",
            'error="insufficient_user_authentication", max_age="60"',
        ),
    ]
    with override_settings(REST_FRAMEWORK={"UNAUTHENTICATED_USER": None, **handler}):
        for headers, status, said, challenge in cases:
            answer = ask(guard, guard.require("orders:read", max_age=60), headers=headers)
            assert (answer.status_code, answer.data) == (status, {member: said})
            assert challenge in answer["WWW-Authenticate"]


@pytest.mark.parametrize("handler", [{}, OURS], ids=["the framework's", "ours"])
def test_other_answers_of_the_framework_are_its_own(
    guard: TokenGuard, issuer: FakeIssuer, handler: dict[str, str]
) -> None:
    class Never(BasePermission):
        message = "Not today"

        def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - the framework's
            return False

    with override_settings(REST_FRAMEWORK={"UNAUTHENTICATED_USER": None, **handler}):
        answer = ask(guard, Never, headers=issuer.headers())
    assert (answer.status_code, answer.data) == (403, {"detail": "Not today"})


@pytest.mark.compliance("RFC 9449", "9", "the nonce is handed over, whoever makes the answer")
@pytest.mark.parametrize("handler", [{}, OURS], ids=["the framework's", "ours"])
def test_a_nonce_reaches_the_client(issuer: FakeIssuer, handler: dict[str, str]) -> None:
    guard = TokenGuard(issuer.verifier(), resource=API, dpop=DPoP(nonces=Nonces(b"n" * 32)))
    key = Key.generate("ES256")
    token = issuer.token("user-7", claims={"cnf": {"jkt": key.thumbprint}})

    def call(nonce: str | None) -> Any:
        proof = make_proof(key, method="GET", url=f"{API}/orders", token=token, nonce=nonce)
        return ask(guard, guard.require(), headers={"Authorization": f"DPoP {token}", "DPoP": proof})

    with override_settings(REST_FRAMEWORK={"UNAUTHENTICATED_USER": None, **handler}):
        told = call(None)
        assert told.status_code == 401
        assert 'error="use_dpop_nonce"' in told["WWW-Authenticate"]
        assert call(told["DPoP-Nonce"]).data == "user-7"


def test_permissions_may_be_combined(guard: TokenGuard, issuer: FakeIssuer) -> None:
    a, b = guard.require("a"), guard.require("b")

    def status(permission: Any, *scopes: str) -> int:
        return int(ask(guard, permission, headers=issuer.headers(scopes=scopes)).status_code)

    assert [status(a | b, *scopes) for scopes in (["a"], ["b"], ["c"])] == [200, 200, 403]
    assert [status(a & b, *scopes) for scopes in (["a"], ["a", "b"])] == [403, 200]
    assert [status(~a, *scopes) for scopes in (["a"], ["b"])] == [403, 200]
    assert ask(guard, a | b).status_code == 401
    assert ask(guard, a | AllowAny).data is None


def test_several_permissions_are_all_demanded(guard: TokenGuard, issuer: FakeIssuer) -> None:
    both = (guard.require("a"), guard.require("b"))
    assert ask(guard, *both, headers=issuer.headers(scopes=["a"])).status_code == 403
    assert ask(guard, *both, headers=issuer.headers(scopes=["a", "b"])).status_code == 200


def test_a_proof_that_middleware_has_judged_is_good_for_the_view(issuer: FakeIssuer) -> None:
    guard = TokenGuard(issuer.verifier(), resource=API, dpop=DPoP())
    key = Key.generate("ES256")
    token = issuer.token("user-7", claims={"cnf": {"jkt": key.thumbprint}})
    proof = make_proof(key, method="GET", url=f"{API}/orders", token=token)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    with override_settings(GATEPASS_GUARD=guard):
        middleware = token_middleware(lambda request: ask(guard, guard.require(), request=request))
        assert middleware(RequestFactory().get("/orders", headers=headers)).data == "user-7"
        again: Any = middleware(RequestFactory().get("/orders", headers=headers))
        assert again.status_code == 401


def test_a_token_that_did_not_sign_the_user_in_passes_no_permission(
    guard: TokenGuard, issuer: FakeIssuer
) -> None:
    """Middleware took the token, and then the view took the caller for somebody else."""

    class Cookies(BaseAuthentication):
        def authenticate(self, request: Request) -> tuple[object, str]:  # noqa: ARG002 - the framework's
            return object(), "session"

    with override_settings(GATEPASS_GUARD=guard):
        middleware = token_middleware(
            lambda request: ask(guard, guard.require(), request=request, authentication=[Cookies])
        )
        assert middleware(RequestFactory().get("/", headers=issuer.headers())).status_code == 401


def test_the_challenge_comes_even_where_another_way_to_sign_in_stands_first(
    guard: TokenGuard, issuer: FakeIssuer
) -> None:
    class Cookies(BaseAuthentication):
        def authenticate(self, request: Request) -> None:  # noqa: ARG002 - the framework's
            return None

    ways = [Cookies, guard.authentication]
    bad = ask(guard, headers=issuer.headers(expired=True), authentication=ways)
    assert (bad.status_code, 'error="invalid_token"' in bad["WWW-Authenticate"]) == (401, True)
    missing = ask(guard, guard.require(), authentication=ways)
    assert (missing.status_code, missing["WWW-Authenticate"][:6]) == (401, "Bearer")


def test_the_user_answers_what_the_framework_asks_of_users(guard: TokenGuard, issuer: FakeIssuer) -> None:
    class Permitted(BasePermission):
        """As ``DjangoModelPermissions`` ask."""

        def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - the framework's
            user: Any = request.user
            return bool(user.has_perms(["orders.view_order"]))

    headers = issuer.headers("user-7")
    assert ask(guard, IsAuthenticated, headers=headers).status_code == 200
    assert ask(guard, IsAdminUser, headers=headers).status_code == 403
    assert ask(guard, Permitted, headers=headers).status_code == 403

    class View(APIView):
        authentication_classes = (guard.authentication,)
        renderer_classes = (JSONRenderer,)

        def get(self, request: Request) -> Response:
            user: Any = request.user
            assert isinstance(user, TokenUser)
            key = UserRateThrottle.get_cache_key(_Throttle(), request, self)
            facts = [str(user), user.get_username(), user.pk, user.principal.subject, user.is_anonymous]
            return Response([*facts, key])

    answer: Any = View.as_view()(RequestFactory().get("/", headers=headers))
    assert answer.data == ["user-7"] * 4 + [False, "throttle_user_user-7"]


class _Throttle(UserRateThrottle):
    rate = "1/s"


def test_the_user_may_be_one_of_the_program(issuer: FakeIssuer) -> None:
    class Person:
        is_authenticated = True

        def __init__(self, principal: Principal) -> None:
            self.name = principal.subject.upper()

    guard = TokenGuard(issuer.verifier(), user=Person)

    class View(APIView):
        authentication_classes = (guard.authentication,)
        permission_classes = (IsAuthenticated, guard.require())
        renderer_classes = (JSONRenderer,)

        def get(self, request: Request) -> Response:
            user: Any = request.user
            return Response([user.name, guard.principal_of(request).subject])

    answer: Any = View.as_view()(RequestFactory().get("/", headers=issuer.headers("ann")))
    assert answer.data == ["ANN", "ann"]


def test_a_request_that_nobody_let_in_has_no_principal(guard: TokenGuard) -> None:
    class View(APIView):
        authentication_classes = (guard.authentication,)
        renderer_classes = (JSONRenderer,)

        def get(self, request: Request) -> Response:
            for asked in (principal_of, guard.principal_of):
                with pytest.raises(RuntimeError, match="principal"):
                    asked(request)
            return Response(guard.optional_principal_of(request))

    answer: Any = View.as_view()(RequestFactory().get("/"))
    assert answer.data is None


def test_a_scope_that_cannot_be_is_refused_where_it_is_written(guard: TokenGuard) -> None:
    with pytest.raises(ValueError, match="not a scope"):
        guard.require("a b")
    with pytest.raises(ValueError, match="max_age"):
        guard.require(max_age=-1)


def test_the_adapter_needs_no_installed_users() -> None:
    """The framework imports the module of users; their tables are what nobody should need."""
    code = """
from django.conf import settings
settings.configure(INSTALLED_APPS=[], REST_FRAMEWORK={"UNAUTHENTICATED_USER": None})
import django, sys
django.setup()
import gatepass.drf
print([name for name in sys.modules if name.startswith("django.contrib") and name.endswith(".models")])
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout == "[]\n"


def test_a_setting_may_name_the_authentication(tmp_path: Path) -> None:
    """The framework imports what the setting names while its own views are being imported."""
    (tmp_path / "api_auth.py").write_text(
        "from gatepass import Verifier\n"
        "from gatepass.drf import TokenGuard\n"
        "guard = TokenGuard(Verifier('https://issuer.test', audience='https://api.test'))\n"
        "TokenAuthentication = guard.authentication\n"
    )
    code = """
from django.conf import settings
settings.configure(REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": ["api_auth.TokenAuthentication"]})
import django
django.setup()
from %s
from api_auth import TokenAuthentication
from rest_framework.views import APIView
assert APIView.authentication_classes == [TokenAuthentication]
"""
    for first in (
        "rest_framework.views import APIView",
        "gatepass.drf import TokenGuard",
        "api_auth import guard",
    ):
        subprocess.run(
            [sys.executable, "-c", code % first],
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            timeout=60,
            check=True,
        )

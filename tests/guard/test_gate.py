"""Requests are admitted or refused, without any framework."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from gatepass import (
    DPoP,
    InsufficientScopeError,
    Key,
    KeysUnavailableError,
    MissingTokenError,
    Principal,
    ProtectedResource,
    RevokedTokenError,
    TokenError,
    Verifier,
)
from gatepass.bearer import AmbiguousRequestError
from gatepass.guard import Gate, Presented, Requirement
from gatepass.testing import BAD_TOKENS, FakeIssuer
from tests.guard.conftest import Admit

API = "https://api.test"
ANY = Requirement()
OPTIONAL = Requirement(optional=True)


def bearer(token: str) -> Presented:
    return Presented([f"Bearer {token}"])


def test_a_good_token_is_let_in(admit: Admit, issuer: FakeIssuer) -> None:
    caller = admit(Gate(issuer.verifier()), bearer(issuer.token("user-7")), ANY)
    assert caller is not None
    assert caller.subject == "user-7"


@pytest.mark.parametrize("name", BAD_TOKENS)
@pytest.mark.parametrize("asked", [ANY, OPTIONAL], ids=["demanded", "optional"])
def test_a_bad_token_is_not(admit: Admit, issuer: FakeIssuer, name: str, asked: Requirement) -> None:
    with pytest.raises(TokenError) as refused:
        admit(Gate(issuer.verifier()), bearer(issuer.bad_token(name).token), asked)
    assert refused.value.code == BAD_TOKENS[name]


def test_no_token_is_let_in_only_where_it_is_optional(admit: Admit, issuer: FakeIssuer) -> None:
    gate = Gate(issuer.verifier())
    assert admit(gate, Presented([]), OPTIONAL) is None
    assert admit(gate, Presented(["Basic x"]), OPTIONAL) is None
    with pytest.raises(MissingTokenError):
        admit(gate, Presented([]), ANY)
    with pytest.raises(AmbiguousRequestError):
        admit(gate, Presented(["Bearer x", "Bearer y"]), OPTIONAL)


def test_what_a_route_asks_is_judged_on_the_clock_of_the_verifier(admit: Admit, issuer: FakeIssuer) -> None:
    gate = Gate(issuer.verifier())
    signed_in = bearer(issuer.token(claims={"auth_time": int(issuer.clock())}))
    admit(gate, signed_in, Requirement(max_age=60))
    issuer.clock.advance(61)
    with pytest.raises(TokenError, match="sign-in"):
        admit(gate, signed_in, Requirement(max_age=60))
    with pytest.raises(InsufficientScopeError):
        admit(gate, signed_in, Requirement(scopes=("a",)))


def test_a_check_of_the_program_comes_last(admit: Admit, issuer: FakeIssuer) -> None:
    seen: list[str] = []

    def check(principal: Principal) -> None:
        seen.append(principal.subject)
        if principal.subject == "ended":
            raise RevokedTokenError("ended")

    gate = Gate(issuer.verifier(), check=check)
    with pytest.raises(InsufficientScopeError):
        admit(gate, bearer(issuer.token("lacking")), Requirement(scopes=("a",)))
    admit(gate, bearer(issuer.token("good")), ANY)
    with pytest.raises(RevokedTokenError):
        admit(gate, bearer(issuer.token("ended")), ANY)
    assert admit(gate, Presented([]), OPTIONAL) is None
    assert seen == ["good", "ended"]


async def _asynchronous(_principal: Principal) -> None: ...


async def _generator(_principal: Principal) -> Any:
    yield


class _Object:
    async def __call__(self, _principal: Principal) -> None: ...


@pytest.mark.parametrize(
    "check",
    [_asynchronous, _generator, _Object(), functools.partial(_asynchronous)],
    ids=["function", "generator", "object", "partial"],
)
def test_a_check_that_nobody_would_wait_for_is_refused_at_once(
    issuer: FakeIssuer, check: Callable[[Principal], object]
) -> None:
    with pytest.raises(TypeError, match="plain function"):
        Gate(issuer.verifier(), check=check)


def _hands_on(principal: Principal) -> object:
    return _asynchronous(principal)


def _hands_on_more(principal: Principal) -> object:
    return _generator(principal)


@pytest.mark.parametrize("answer", [lambda _: False, _hands_on, _hands_on_more])
def test_a_check_that_answers_instead_of_raising_lets_nobody_in(
    admit: Admit, issuer: FakeIssuer, answer: Callable[[Principal], object]
) -> None:
    with pytest.raises(TypeError, match="raising a TokenError"):
        admit(Gate(issuer.verifier(), check=answer), bearer(issuer.token()), ANY)


@pytest.mark.parametrize("answer", [None, True, 0, "", ()])
def test_what_else_a_check_returns_means_nothing(admit: Admit, issuer: FakeIssuer, answer: object) -> None:
    gate = Gate(issuer.verifier(), check=lambda _: answer)
    assert admit(gate, bearer(issuer.token()), ANY) is not None


def test_arguments_that_cannot_work_are_told(issuer: FakeIssuer) -> None:
    verifier = issuer.verifier()
    with pytest.raises(ValueError, match="resource"):
        Gate(verifier, dpop=DPoP())
    with pytest.raises(ValueError, match="require_dpop"):
        Gate(verifier, resource=API, require_dpop=True)
    with pytest.raises(ValueError, match="address"):
        Gate(verifier, resource="api.test")
    with pytest.raises(ValueError, match="realm"):
        Gate(verifier, realm='"')
    with pytest.raises(RuntimeError, match="resource"):
        _ = Gate(verifier).metadata_path


@pytest.mark.compliance("RFC 9728", "2", "the document names the issuers, and what is known of proofs")
def test_the_metadata_document_follows_from_the_guard(issuer: FakeIssuer) -> None:
    plain = Gate(issuer.verifier(), resource=ProtectedResource(identifier=f"{API}/v1"))
    assert plain.metadata_path == "/.well-known/oauth-protected-resource/v1"
    assert plain.metadata["authorization_servers"] == [issuer.name]
    assert "dpop_bound_access_tokens_required" not in plain.metadata
    dpop = DPoP(algorithms=["ES256"])
    for required in (False, True):
        gate = Gate(issuer.verifier(), resource=API, dpop=dpop, require_dpop=required)
        assert gate.metadata["dpop_signing_alg_values_supported"] == ["ES256"]
        assert gate.metadata["dpop_bound_access_tokens_required"] is required


@pytest.fixture
def without_keys() -> Gate:
    class NoKeys:
        def find(self, kid: str | None, alg: str) -> list[Key]:
            raise KeysUnavailableError(f"no keys for {kid} and {alg}")

    return Gate(Verifier("https://issuer.test", audience=API, keys=NoKeys()))


def test_without_keys_nobody_is_let_in(admit: Admit, without_keys: Gate, issuer: FakeIssuer) -> None:
    with pytest.raises(KeysUnavailableError):
        admit(without_keys, bearer(issuer.token()), OPTIONAL)
    assert admit(without_keys, Presented([]), OPTIONAL) is None

"""Tokens that are bound to a key: a request is admitted with its proof, and once (RFC 9449)."""

import asyncio
from collections.abc import Callable

import pytest

from gatepass import (
    DPoP,
    InsufficientScopeError,
    InvalidProofError,
    Key,
    MissingTokenError,
    ProofRequiredError,
    RevokedTokenError,
)
from gatepass.dpop import Judged, make_proof
from gatepass.guard import Gate, Presented, Requirement
from gatepass.testing import FakeIssuer
from tests.guard.conftest import Admit

API = "https://api.test"
ANY = Requirement()
OPTIONAL = Requirement(optional=True)


def bearer(token: str) -> Presented:
    return Presented([f"Bearer {token}"])


@pytest.fixture
def key() -> Key:
    """The client's."""
    return Key.generate("ES256")


@pytest.fixture
def bound(issuer: FakeIssuer, key: Key) -> str:
    return issuer.token("user-7", claims={"cnf": {"jkt": key.thumbprint}})


@pytest.fixture
def gate(issuer: FakeIssuer) -> Gate:
    return Gate(issuer.verifier(), resource=API, dpop=DPoP(clock=issuer.clock))


@pytest.fixture
def prove(issuer: FakeIssuer, key: Key) -> Callable[..., Presented]:
    """A request for ``/orders`` with a proof for a path."""

    def presented(token: str, *, path: str = "/orders") -> Presented:
        proof = make_proof(key, method="GET", url=API + path, token=token, clock=issuer.clock)
        return Presented([f"DPoP {token}"], proofs=[proof], path="/orders")

    return presented


@pytest.mark.compliance("RFC 9449", "7.1", "a proof is judged with the address of the configured resource")
def test_a_bound_token_with_its_proof_is_let_in_once(
    admit: Admit, gate: Gate, bound: str, prove: Callable[..., Presented]
) -> None:
    request = prove(bound)
    assert admit(gate, request, ANY) is not None
    with pytest.raises(InvalidProofError):
        admit(gate, request, ANY)
    with pytest.raises(InvalidProofError):
        admit(gate, prove(bound, path="/elsewhere"), ANY)


def test_a_request_that_was_let_in_already_keeps_its_proof(
    admit: Admit, gate: Gate, bound: str, prove: Callable[..., Presented]
) -> None:
    """Middleware and a view, or a router and a route, may have the same guard."""
    request = prove(bound)
    known = admit(gate, request, OPTIONAL)
    assert known is not None
    assert admit(gate, request, ANY, known) is known
    with pytest.raises(InsufficientScopeError):
        admit(gate, request, Requirement(scopes=("a",)), known)


@pytest.mark.compliance("RFC 9449", "7.2", "a bound token is refused as a bearer token")
def test_a_bound_token_is_worth_nothing_without_its_proof(
    admit: Admit, issuer: FakeIssuer, gate: Gate, bound: str
) -> None:
    for one in (gate, Gate(issuer.verifier()), Gate(issuer.verifier(), extra_headers=("x-token",))):
        for request in (bearer(bound), Presented([], extra=[bound])):
            with pytest.raises(ProofRequiredError):
                admit(one, request, OPTIONAL)
    with pytest.raises(InvalidProofError):
        admit(gate, Presented([f"DPoP {bound}"]), ANY)


@pytest.mark.compliance("RFC 9449", "7.1", "the token must be bound to the key of the proof")
@pytest.mark.parametrize("cnf", [None, {"jkt": "another"}, {"x5t#S256": "x"}])
def test_a_proof_makes_no_other_token_good(
    admit: Admit,
    issuer: FakeIssuer,
    gate: Gate,
    prove: Callable[..., Presented],
    cnf: dict[str, str] | None,
) -> None:
    token = issuer.token(claims={} if cnf is None else {"cnf": cnf})
    with pytest.raises(ProofRequiredError):
        admit(gate, prove(token), ANY)


def test_where_proofs_are_required_a_plain_token_is_refused(
    admit: Admit, issuer: FakeIssuer, bound: str, prove: Callable[..., Presented]
) -> None:
    strict = Gate(issuer.verifier(), resource=API, dpop=DPoP(clock=issuer.clock), require_dpop=True)
    with pytest.raises(ProofRequiredError):
        admit(strict, bearer(issuer.token()), ANY)
    assert admit(strict, prove(bound), ANY) is not None
    refused = strict.refuse(MissingTokenError(), Presented([]))
    assert [value.split(" ")[0] for _, value in refused.headers] == ["DPoP"]


def test_a_request_that_is_refused_for_another_reason_keeps_its_proof(
    admit: Admit, gate: Gate, bound: str, prove: Callable[..., Presented]
) -> None:
    request = prove(bound)
    with pytest.raises(InsufficientScopeError):
        admit(gate, request, Requirement(scopes=("a",)))
    assert admit(gate, request, ANY) is not None


class _Blocking:
    """A store that may only be asked outside of an event loop."""

    blocking = True

    def remember(self, key: str, until: float) -> bool:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        return bool(key and until)


def test_a_store_that_blocks_is_asked_beside_the_event_loop(
    admit: Admit, issuer: FakeIssuer, bound: str, prove: Callable[..., Presented]
) -> None:
    gate = Gate(issuer.verifier(), resource=API, dpop=DPoP(replay=_Blocking(), clock=issuer.clock))
    assert admit(gate, prove(bound), ANY) is not None


def test_the_scheme_that_was_used_gets_the_error(issuer: FakeIssuer, gate: Gate) -> None:
    error = RevokedTokenError("why")

    def told(one: Gate, *authorization: str) -> list[str]:
        headers = one.refuse(error, Presented(authorization)).headers
        return [value.split(" ")[0] for _, value in headers if "error=" in value]

    assert told(gate, "Bearer x") == ["Bearer"]
    assert told(gate, "dpop x") == ["DPoP"]
    assert told(gate) == ["Bearer"]
    assert told(Gate(issuer.verifier()), "DPoP x") == ["Bearer"]


@pytest.mark.compliance("RFC 8705", "3", "a token that is bound to a certificate needs that certificate")
def test_a_gate_may_see_more_than_keys(admit: Admit, issuer: FakeIssuer) -> None:
    class Certified(Gate):
        """Sees a certificate on every connection."""

        seen = "a thumbprint"

        def shown(self, proof: Judged | None) -> dict[str, str]:
            return {**(super().shown(proof) or {}), "x5t#S256": self.seen}

    bound = issuer.token("user-7", claims={"cnf": {"x5t#S256": "a thumbprint"}})
    gate = Certified(issuer.verifier())
    assert admit(gate, bearer(bound), ANY) is not None
    gate.seen = "another"
    for strict in (gate, Gate(issuer.verifier())):
        with pytest.raises(ProofRequiredError):
            admit(strict, bearer(bound), ANY)

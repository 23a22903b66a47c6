"""What is put into a token is what was meant, and a key never travels inside something else."""

import copy
import enum
import pickle
from dataclasses import dataclass
from typing import Any

import pytest

from gatepass import InsufficientScopeError, Key, Signer, Verifier
from gatepass.bearer import refuse
from gatepass.shared_secret import secret_key
from tests.support.clock import FakeClock
from tests.verify.forge import AUDIENCE, ISSUER

NAN = float("nan")


class Name(enum.Enum):
    """Names that JSON writes as their values."""

    SUBJECT = "sub"


class TextName(enum.StrEnum):
    """The same, and strings as well."""

    SUBJECT = "sub"


class OtherText(str):
    """A string that equals none."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return 7


@dataclass
class Reading:
    """What a program may keep its numbers in."""

    value: float


@pytest.fixture
def signer(key: Key, clock: FakeClock) -> Signer:
    return Signer(key, issuer=ISSUER, audience=AUDIENCE, clock=clock)


@pytest.mark.parametrize(
    "claims",
    [
        [("sub", "admin"), ("scope", "root")],
        {("sub", "admin")},
        "sub",
        {Name.SUBJECT: "admin"},
        {TextName.SUBJECT: "admin"},
        {OtherText("sub"): "admin"},
        {b"sub": "admin"},
        {1: "x"},
    ],
    ids=repr,
)
def test_claims_that_would_slip_past_the_names_of_the_protocol_are_refused(
    signer: Signer, claims: Any
) -> None:
    with pytest.raises(ValueError, match="claims"):
        signer.issue("alice", claims=claims)


@pytest.mark.parametrize(
    "arguments",
    [
        {"expires_in": NAN},
        {"expires_in": float("inf")},
        {"expires_in": 10**400},
        {"expires_in": "60"},
        {"expires_in": True},
        {"expires_in": None},
        {"subject": b"user-1"},
        {"subject": 5},
        {"subject": None},
        {"jti": b"x"},
        {"jti": 5},
        {"jti": ""},
        {"client_id": b"x"},
        {"client_id": 5},
        {"audience": b"x"},
        {"audience": 5},
        {"audience": ["a", 1]},
        {"scopes": [b"a"]},
        {"scopes": [5]},
        {"typ": 5},
        {"typ": ["at+jwt"]},
        {"claims": {"x": NAN}},
        {"claims": {"x": [{"y": (float("inf"),)}]}},
        {"claims": {"x": Reading(-float("inf"))}},
    ],
    ids=repr,
)
def test_a_value_that_no_verifier_would_take_is_refused(signer: Signer, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w\.$"):
        signer.issue(**{"subject": "user-1", **arguments})


def test_null_and_numbers_are_claims_as_good_as_any(signer: Signer, verifier: Verifier) -> None:
    token = signer.issue("user-1", claims={"none": None, "half": 0.5, "text": "null", "list": [1, None]})
    assert verifier.verify(token).claims["list"] == [1, None]


def test_a_signer_whose_clock_gives_no_time_signs_nothing(key: Key) -> None:
    times: list[Any] = [NAN, float("inf"), None, "now"]
    signer = Signer(key, issuer=ISSUER, audience=AUDIENCE, clock=times.pop)
    while times:
        with pytest.raises(ValueError, match="clock"):
            signer.issue("user-1")
    with pytest.raises(ValueError, match="issuer"):
        Signer(key, issuer=b"x", audience=AUDIENCE)  # type: ignore[arg-type] # wrong on purpose


def test_keys_and_what_holds_them_are_not_pickled(key: Key) -> None:
    secret = "0123456789abcdef" * 4
    for holder in (
        key,
        key.public(),
        secret_key(secret),
        Signer(key, issuer=ISSUER, audience=AUDIENCE),
        Signer.from_secret(secret, issuer=ISSUER, audience=AUDIENCE),
        Verifier.from_secret(secret, issuer=ISSUER, audience=AUDIENCE),
    ):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError, match="pickle"):
                pickle.dumps(holder, protocol)


def test_a_key_may_be_copied_as_it_never_changes(key: Key) -> None:
    assert copy.copy(key) is key
    assert copy.deepcopy([key])[0] is key


def test_what_a_request_asked_for_adds_nothing_to_the_challenge() -> None:
    injected = InsufficientScopeError("x", required=["orders:read", 'x", error="none', "a\r\nSet-Cookie: a"])
    challenge = dict(refuse(injected).headers)["WWW-Authenticate"]
    assert challenge == 'Bearer error="insufficient_scope", scope="orders:read"'
    nothing = dict(refuse(InsufficientScopeError("x", required=['"'])).headers)["WWW-Authenticate"]
    assert nothing == 'Bearer error="insufficient_scope"'

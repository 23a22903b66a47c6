"""What makes no sense is told where it is written, and no token makes anything but a TokenError."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from gatepass import ExpiredTokenError, Key, MissingTokenError, TokenError, Verifier
from tests.verify import forge

Mint = Callable[..., str]


def make(key: Key, **changes: Any) -> Verifier:
    arguments: dict[str, Any] = {"issuer": forge.ISSUER, "audience": forge.AUDIENCE, **changes}
    return Verifier.from_jwks({"keys": [key.public_jwk()]}, **arguments)


@pytest.mark.parametrize(
    "changes",
    [
        {"audience": b"https://api.example.com"},
        {"audience": [b"x"]},
        {"audience": [1]},
        {"audience": None},
        {"issuer": b"https://auth.example.com"},
        {"issuer": 5},
        {"cache_size": float("nan")},
        {"cache_size": float("inf")},
        {"cache_size": 0.5},
        {"cache_size": None},
        {"leeway": "1"},
        {"leeway": True},
        {"leeway": Decimal(1)},
        {"leeway": float("nan")},
        {"algorithms": b"ES256"},
        {"algorithms": [b"ES256"]},
        {"types": [None]},
        {"types": b"at+jwt"},
        {"clock": 1_790_000_000},
    ],
    ids=repr,
)
def test_a_wrong_argument_is_refused_at_once(key: Key, changes: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        make(key, **changes)


def test_lists_may_be_anything_that_can_be_gone_through(key: Key, mint: Mint) -> None:
    verifier = make(key, audience=iter([forge.AUDIENCE]), algorithms=iter(["ES256"]), types=iter(["AT+JWT"]))
    with pytest.raises(ExpiredTokenError):
        verifier.verify(mint(exp=1))


@pytest.mark.parametrize("scopes", [[b"orders:read"], [1], ["orders:read", None], b"orders:read"], ids=repr)
def test_a_scope_that_is_no_string_is_a_fault_of_the_program(
    verifier: Verifier, mint: Mint, scopes: Any
) -> None:
    with pytest.raises(TypeError, match="string"):
        verifier.verify(mint(), scopes=scopes)


@pytest.mark.parametrize(
    "now",
    [float("nan"), float("inf"), -float("inf"), None, "1790000000", True, -1, Decimal(1), 1j, 10**400],
    ids=lambda now: repr(now)[:9],
)
@pytest.mark.parametrize("cache_size", [0, 9])
def test_a_clock_that_gives_no_time_accepts_nothing(key: Key, mint: Mint, now: Any, cache_size: int) -> None:
    verifier = make(key, clock=lambda: now, cache_size=cache_size)
    for token in (mint(), mint(exp=1)):
        with pytest.raises(ValueError, match="clock"):
            verifier.verify(token)
        with pytest.raises(ValueError, match="clock"):
            verifier.explain(token)


class Loud(str):
    """A string whose every answer is wrong."""

    __slots__ = ()

    def __len__(self) -> int:
        raise KeyError

    def __bool__(self) -> bool:
        raise KeyError

    def isascii(self) -> bool:
        return True

    def encode(self, *_: object) -> bytes:
        return b"a." * 1_000_000


class Pretending:
    """An object that refuses to tell its class."""

    @property
    def __class__(self) -> Any:
        raise RuntimeError

    @__class__.setter
    def __class__(self, _: object) -> None:
        raise RuntimeError


class Unnamed(type):
    """A class of which nothing can be read, not even its name."""

    def __getattribute__(cls, name: str) -> Any:
        raise RuntimeError(name)


class Nameless(metaclass=Unnamed):
    """An object of such a class."""


def test_only_a_token_error_leaves_whatever_is_given(verifier: Verifier, mint: Mint) -> None:
    assert verifier.verify(Loud(mint())).subject == "user-1"
    for wrong in (Loud("é"), Loud("a.b.c"), Pretending(), Nameless(), str, object(), 0, b"a.b.c", [], 1.5):
        with pytest.raises(TokenError):
            verifier.verify(wrong)
        assert verifier.explain(wrong).code == "malformed"
    with pytest.raises(MissingTokenError):
        verifier.verify(Loud(""))

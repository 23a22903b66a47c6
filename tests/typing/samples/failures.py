"""Every error, by its place in the tree and by what it has."""

from typing import assert_type

import gatepass
from gatepass import (
    ExpiredTokenError,
    InsufficientScopeError,
    InvalidClaimsError,
    InvalidSignatureError,
    KeyFormatError,
    KeysUnavailableError,
    MalformedTokenError,
    MissingTokenError,
    NotYetValidError,
    PassphraseMissingError,
    PublicKeyGivenError,
    RevokedTokenError,
    StatusUnavailableError,
    TokenError,
    UnknownKeyError,
    UnsupportedAlgorithmError,
    WeakKeyError,
    WrongAudienceError,
    WrongIssuerError,
    WrongPassphraseError,
    WrongTypeError,
)

TOKEN_ERRORS: list[type[TokenError]] = [
    ExpiredTokenError,
    InsufficientScopeError,
    InvalidClaimsError,
    InvalidSignatureError,
    KeysUnavailableError,
    MalformedTokenError,
    MissingTokenError,
    NotYetValidError,
    RevokedTokenError,
    StatusUnavailableError,
    UnknownKeyError,
    UnsupportedAlgorithmError,
    WrongAudienceError,
    WrongIssuerError,
    WrongTypeError,
    gatepass.InsufficientAuthenticationError,
    gatepass.InvalidProofError,
    gatepass.ProofRequiredError,
    gatepass.UseNonceError,
]
KEY_ERRORS: list[type[KeyFormatError]] = [
    PassphraseMissingError,
    PublicKeyGivenError,
    WeakKeyError,
    WrongPassphraseError,
]
VALUE_ERRORS: list[type[ValueError]] = [*KEY_ERRORS, KeyFormatError]


def told(error: TokenError) -> tuple[str, str, str]:
    """What every refusal has."""
    assert_type(error.code, str)
    assert_type(error.sentence, str)
    return error.code, str(error), error.reason


def told_more(error: TokenError) -> None:
    """What some have besides."""
    if isinstance(error, InsufficientScopeError):
        assert_type(error.required, tuple[str, ...])
    elif isinstance(error, (KeysUnavailableError, StatusUnavailableError)):
        assert_type(error.retry_after, int)


def refuse() -> None:
    """A check of somebody's own may refuse by raising one."""
    raise InsufficientScopeError("not today", required=["orders:read"])

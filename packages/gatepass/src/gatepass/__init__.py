"""Gatepass: check signed access tokens (JWT), and sign them."""

from gatepass.errors import (
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
from gatepass.explain import Explanation, Finding
from gatepass.key_files import load_key
from gatepass.keys import Key
from gatepass.principal import Principal
from gatepass.signer import Signer
from gatepass.sources import KeySource
from gatepass.verifier import Verifier

__version__ = "0.1.0"

__all__ = [
    "ExpiredTokenError",
    "Explanation",
    "Finding",
    "InsufficientScopeError",
    "InvalidClaimsError",
    "InvalidSignatureError",
    "Key",
    "KeyFormatError",
    "KeySource",
    "KeysUnavailableError",
    "MalformedTokenError",
    "MissingTokenError",
    "NotYetValidError",
    "PassphraseMissingError",
    "Principal",
    "PublicKeyGivenError",
    "RevokedTokenError",
    "Signer",
    "StatusUnavailableError",
    "TokenError",
    "UnknownKeyError",
    "UnsupportedAlgorithmError",
    "Verifier",
    "WeakKeyError",
    "WrongAudienceError",
    "WrongIssuerError",
    "WrongPassphraseError",
    "WrongTypeError",
    "__version__",
    "load_key",
]

"""Gatepass: check signed access tokens (JWT), and sign them.

PYTEST_DONT_REWRITE: the pytest plugin may find this package imported already, which is as well.
"""

from gatepass.discovery import IssuerKeys
from gatepass.dpop import DPoP
from gatepass.errors import (
    ExpiredTokenError,
    InsufficientAuthenticationError,
    InsufficientScopeError,
    InvalidClaimsError,
    InvalidProofError,
    InvalidSignatureError,
    KeyFormatError,
    KeysUnavailableError,
    MalformedTokenError,
    MissingTokenError,
    NotYetValidError,
    PassphraseMissingError,
    ProofRequiredError,
    PublicKeyGivenError,
    RevokedTokenError,
    StatusUnavailableError,
    TokenError,
    UnknownKeyError,
    UnsupportedAlgorithmError,
    UseNonceError,
    WeakKeyError,
    WrongAudienceError,
    WrongIssuerError,
    WrongPassphraseError,
    WrongTypeError,
)
from gatepass.explain import Explanation, Finding
from gatepass.guard import AccessTokenVerifier, ProtectedResource
from gatepass.introspection import IntrospectionVerifier
from gatepass.key_files import load_key
from gatepass.key_sources.jwks_address import JwksAddressKeys
from gatepass.key_sources.watched_file import FileKeys
from gatepass.keys import Key
from gatepass.multi_issuer import MultiIssuerVerifier
from gatepass.observer import Observer
from gatepass.options import VerifierOptions
from gatepass.principal import Principal
from gatepass.signer import Signer
from gatepass.sources import KeySource
from gatepass.status import StatusPolicy
from gatepass.verifier import Verifier

__version__ = "0.1.0"

__all__ = [
    "AccessTokenVerifier",
    "DPoP",
    "ExpiredTokenError",
    "Explanation",
    "FileKeys",
    "Finding",
    "InsufficientAuthenticationError",
    "InsufficientScopeError",
    "IntrospectionVerifier",
    "InvalidClaimsError",
    "InvalidProofError",
    "InvalidSignatureError",
    "IssuerKeys",
    "JwksAddressKeys",
    "Key",
    "KeyFormatError",
    "KeySource",
    "KeysUnavailableError",
    "MalformedTokenError",
    "MissingTokenError",
    "MultiIssuerVerifier",
    "NotYetValidError",
    "Observer",
    "PassphraseMissingError",
    "Principal",
    "ProofRequiredError",
    "ProtectedResource",
    "PublicKeyGivenError",
    "RevokedTokenError",
    "Signer",
    "StatusPolicy",
    "StatusUnavailableError",
    "TokenError",
    "UnknownKeyError",
    "UnsupportedAlgorithmError",
    "UseNonceError",
    "Verifier",
    "VerifierOptions",
    "WeakKeyError",
    "WrongAudienceError",
    "WrongIssuerError",
    "WrongPassphraseError",
    "WrongTypeError",
    "__version__",
    "load_key",
]

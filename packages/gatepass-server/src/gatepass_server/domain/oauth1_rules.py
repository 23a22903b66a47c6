"""What a program of OAuth 1.0a may be registered with."""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.domain.oauth1 import OAUTH1

_BASE64URL = re.compile(r"[A-Za-z0-9_-]{1,1400}")
_LEAST_BITS, _MOST_BITS = 2048, 8192
_NOT_FOR_SIGNATURES = (
    "security_profile",
    "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
)


def oauth1_faults(metadata: ClientMetadata) -> Iterator[tuple[str, str]]:
    """The field and a sentence for each fault.

    A program speaks OAuth 1.0a or OAuth 2: the secret of the first must be had in clear to check a signature, and one
    that is also sent to OAuth 2 endpoints, or a grant of one that is worth something at the other, would make each as
    weak as the weaker.
    """
    has_grant = OAUTH1 in metadata.grant_types
    signs = metadata.token_endpoint_auth_method == OAUTH1
    if not has_grant and not signs:
        return
    if len(metadata.grant_types) > 1:
        yield "grant_types", "A program speaks OAuth 1.0a or OAuth 2, not both: make two clients."
    elif not has_grant or not signs:
        wrong = "grant_types" if signs else "token_endpoint_auth_method"
        yield wrong, f"The grant {OAUTH1} and the method {OAUTH1} go together, and with no others."
    if not metadata.scopes:
        yield (
            "scope",
            "OAuth 1.0a has no parameter for scopes: say what the program may do, as in openid profile.",
        )
    if metadata.access_token_format != "jwt":  # noqa: S105 - the name of a format
        yield (
            "access_token_format",
            "What a program of OAuth 1.0a exchanges its credentials for is a signed token.",
        )
    for field in _NOT_FOR_SIGNATURES:
        if getattr(metadata, field):
            yield field, "OAuth 1.0a has no such thing."
    if metadata.jwks_uri:
        yield "jwks_uri", "The public key of a program of OAuth 1.0a is registered by value: jwks."
    elif metadata.jwks is not None:
        yield from _key_faults(metadata.jwks)


def _key_faults(jwks: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    keys = jwks.get("keys")
    if not isinstance(keys, list) or len(keys) != 1 or not isinstance(keys[0], Mapping):
        yield "jwks", "A program of OAuth 1.0a that signs with a key has exactly one."
    elif keys[0].get("kty") != "RSA":
        yield "jwks", "OAuth 1.0a knows RSA keys alone (RFC 5849 section 3.4.3)."
    elif not _is_usable(_number(keys[0].get("n")), _number(keys[0].get("e"))):
        yield "jwks", f"The RSA key has {_LEAST_BITS} to {_MOST_BITS} bits, and a usual exponent."


def _number(text: object) -> int:
    """What a member of a JWK stands for (RFC 7518 section 6.3.1); 0 where it is none."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        return 0
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def _is_usable(modulus: int, exponent: int) -> bool:
    return (
        _LEAST_BITS <= modulus.bit_length() <= _MOST_BITS
        and modulus % 2 == 1
        and exponent % 2 == 1
        and 3 <= exponent < 1 << 32
    )

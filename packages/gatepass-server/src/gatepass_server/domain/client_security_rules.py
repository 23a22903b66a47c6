"""What makes sense of a program's keys, certificates and proofs (RFC 7591 section 2, RFC 8705, RFC 9101, FAPI 2.0)."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from gatepass_server.domain.clients import CERTIFICATE_METHODS, FAPI_ALGORITHMS, ClientMetadata
from gatepass_server.domain.signing_keys import ALGORITHMS

_SUBJECTS = ("tls_client_auth_subject_dn", "tls_client_auth_san_dns", "tls_client_auth_san_uri")
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_NEED_KEYS = frozenset({"private_key_jwt", "self_signed_tls_client_auth"})
_FAPI_METHODS = frozenset({"private_key_jwt", *CERTIFICATE_METHODS})

Faults = Iterator[tuple[str, str]]


def security_faults(metadata: ClientMetadata) -> Faults:
    """The field and a sentence for each fault."""
    yield from _key_faults(metadata)
    yield from _certificate_faults(metadata)
    yield from _request_object_faults(metadata)
    for field in ("token_endpoint_auth_signing_alg", "request_object_signing_alg"):
        if (algorithm := getattr(metadata, field)) and algorithm not in ALGORITHMS:
            yield field, f"{algorithm!r} is none of {', '.join(ALGORITHMS)}."
    if metadata.is_fapi:
        yield from _fapi_faults(metadata)


def _key_faults(metadata: ClientMetadata) -> Faults:
    method = metadata.token_endpoint_auth_method
    if method in _NEED_KEYS and not (metadata.jwks or metadata.jwks_uri):
        yield "jwks", f"{method} needs the client's public keys: jwks or jwks_uri."
    if metadata.jwks is None:
        return
    keys = metadata.jwks.get("keys")
    if not isinstance(keys, list) or not keys or not all(isinstance(key, Mapping) for key in keys):
        yield "jwks", 'A JWK set is an object with a list "keys" (RFC 7517 section 5).'
    elif any(not _PRIVATE.isdisjoint(key) for key in keys):
        yield "jwks", "A private or secret key is among these: register public keys alone, and make new ones."


def _certificate_faults(metadata: ClientMetadata) -> Faults:
    named = [field for field in _SUBJECTS if getattr(metadata, field)]
    if metadata.token_endpoint_auth_method == "tls_client_auth":  # noqa: S105 - the name of a method
        if len(named) != 1:
            wanted = ", ".join(_SUBJECTS)
            yield _SUBJECTS[0], f"tls_client_auth needs exactly one of {wanted} (RFC 8705 section 2.1.2)."
        if metadata.tls_client_auth_subject_dn and not _is_name(metadata.tls_client_auth_subject_dn):
            yield _SUBJECTS[0], "This is no distinguished name, such as CN=app,O=Example (RFC 4514)."
    elif named:
        yield named[0], "This serves tls_client_auth alone."


def _is_name(text: str) -> bool:
    from cryptography import x509  # noqa: PLC0415 - slow to load, and few programs have certificates

    try:
        return bool(x509.Name.from_rfc4514_string(text).rdns)
    except ValueError:
        return False


def _request_object_faults(metadata: ClientMetadata) -> Faults:
    for uri in metadata.request_uris:
        if not _is_https(uri):
            yield "request_uris", f"{uri!r} is no https address (OpenID Connect Registration section 2)."
    if (metadata.require_signed_request_object or metadata.request_uris) and not _has_keys(metadata):
        yield "jwks", "Request objects are signed: register the client's public keys, jwks or jwks_uri."


def _is_https(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and uri.isascii() and uri.isprintable()


def _has_keys(metadata: ClientMetadata) -> bool:
    return bool(metadata.jwks or metadata.jwks_uri)


def _fapi_faults(metadata: ClientMetadata) -> Faults:
    """FAPI 2.0 Security Profile section 5.3.2."""
    if metadata.token_endpoint_auth_method not in _FAPI_METHODS:
        wanted = ", ".join(sorted(_FAPI_METHODS))
        yield "token_endpoint_auth_method", f"FAPI 2.0 knows {wanted}."
    if not (metadata.dpop_bound_access_tokens or metadata.tls_client_certificate_bound_access_tokens):
        yield (
            "dpop_bound_access_tokens",
            "FAPI 2.0 wants tokens that are bound: set this, or tls_client_certificate_bound_access_tokens.",
        )
    if not metadata.require_pkce:
        yield "require_pkce", "FAPI 2.0 wants PKCE."
    for field, algorithm in _fapi_algorithms(metadata).items():
        if algorithm not in FAPI_ALGORITHMS:
            yield field, f"FAPI 2.0 knows {', '.join(FAPI_ALGORITHMS)}: name one of them."


def _fapi_algorithms(metadata: ClientMetadata) -> dict[str, Any]:
    """Of what this server signs for the program, one must be named; of what the program signs, it need not be."""
    found: dict[str, Any] = {
        field: named
        for field in (
            "token_endpoint_auth_signing_alg",
            "request_object_signing_alg",
            "userinfo_signed_response_alg",
            "introspection_signed_response_alg",
        )
        if (named := getattr(metadata, field))
    }
    if "openid" in metadata.scopes:
        found["id_token_signed_response_alg"] = metadata.id_token_signed_response_alg
    if metadata.access_token_format == "jwt":  # noqa: S105 - the name of a format
        found["access_token_signed_response_alg"] = metadata.access_token_signed_response_alg
    return found

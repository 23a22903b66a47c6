"""What a program may be registered with (RFC 7591 section 2, OpenID Connect Registration section 2, RFC 9700)."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from gatepass_server.domain.client_security_rules import security_faults
from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.domain.errors import FieldFault, InvalidInput
from gatepass_server.domain.oauth1 import OAUTH1, OUT_OF_BAND
from gatepass_server.domain.oauth1_rules import oauth1_faults
from gatepass_server.domain.redirect_uris import check_redirect_uri, is_loopback_host
from gatepass_server.domain.signing_keys import ALGORITHMS

GRANT_TYPES = (
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    OAUTH1,
)
SHORT_GRANT_NAMES = {
    "device_code": "urn:ietf:params:oauth:grant-type:device_code",
    "jwt_bearer": "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "token_exchange": "urn:ietf:params:oauth:grant-type:token-exchange",
}
"""Names for the terminal."""

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_WITHOUT_A_PERSON = frozenset(
    {
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    }
)
_SCOPE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_PAGES = ("client_uri", "logo_uri", "policy_uri", "tos_uri", "initiate_login_uri")
_SIGNED = (
    "id_token_signed_response_alg",
    "userinfo_signed_response_alg",
    "introspection_signed_response_alg",
    "access_token_signed_response_alg",
)
_BY_SERVER = ("jwks_uri", "backchannel_logout_uri", "sector_identifier_uri")


def check_metadata(metadata: ClientMetadata, *, allow_http: bool = False) -> ClientMetadata:
    """The same, if it makes sense.

    Args:
        metadata: as somebody asked for it.
        allow_http: whether plain http may be used beyond loopback.

    Raises:
        InvalidInput: with a fault for each field that cannot be taken.
    """
    faults = [
        *_redirect_faults(metadata, allow_http=allow_http),
        *_grant_faults(metadata),
        *_address_faults(metadata, allow_http=allow_http),
        *_algorithm_faults(metadata),
        *_other_faults(metadata),
        *_issuer_faults(metadata, allow_http=allow_http),
        *(_refused(field, message) for field, message in security_faults(metadata)),
        *(_refused(field, message) for field, message in oauth1_faults(metadata)),
    ]
    if faults:
        raise InvalidInput("The client cannot be made: see each field.", faults=faults)
    return metadata


def _refused(field: str, message: str) -> FieldFault:
    return FieldFault(field, "invalid", message)


def _redirect_faults(metadata: ClientMetadata, *, allow_http: bool) -> Iterator[FieldFault]:
    for field in ("redirect_uris", "post_logout_redirect_uris"):
        for uri in getattr(metadata, field):
            if uri == OUT_OF_BAND and OAUTH1 in metadata.grant_types:
                continue
            try:
                check_redirect_uri(uri, allow_http=allow_http)
            except ValueError as error:
                yield _refused(field, f"{uri}: {error}")
    if "authorization_code" in metadata.grant_types and not metadata.redirect_uris:
        yield _refused("redirect_uris", "A client that signs people in names where they are sent back to.")


def _grant_faults(metadata: ClientMetadata) -> Iterator[FieldFault]:
    for grant in metadata.grant_types:
        if grant not in GRANT_TYPES:
            yield _refused("grant_types", f"{grant!r} is none of {', '.join(GRANT_TYPES)}.")
    if metadata.token_endpoint_auth_method == "none":  # noqa: S105 - the name of a method
        for grant in sorted(_WITHOUT_A_PERSON & set(metadata.grant_types)):
            yield _refused("grant_types", f"{grant} needs a client that can prove who it is.")
        if not metadata.require_pkce:
            yield _refused("require_pkce", "A public client needs PKCE always (RFC 9700 section 2.1.1).")
    for scope in metadata.scopes:
        if not _SCOPE.fullmatch(scope):
            yield _refused("scope", f"{scope!r} is no scope (RFC 6749 section 3.3).")


def _address_faults(metadata: ClientMetadata, *, allow_http: bool) -> Iterator[FieldFault]:
    for field in (*_PAGES, *_BY_SERVER, "frontchannel_logout_uri"):
        if (uri := getattr(metadata, field)) and not _is_address(uri, allow_http=allow_http):
            yield _refused(field, "This must be an https address.")
    for field in ("origins", "resources"):
        for value in getattr(metadata, field):
            if not _is_origin(value) if field == "origins" else not _is_resource(value):
                yield _refused(
                    field, f"{value!r} is no {'origin' if field == 'origins' else 'resource (RFC 8707)'}."
                )
    if metadata.jwks is not None and metadata.jwks_uri:
        yield _refused("jwks", "Give jwks or jwks_uri, not both (RFC 7591 section 2).")


def _issuer_faults(metadata: ClientMetadata, *, allow_http: bool) -> Iterator[FieldFault]:
    if JWT_BEARER in metadata.grant_types and not metadata.assertion_issuers:
        yield _refused("assertion_issuers", f"{JWT_BEARER} needs somebody whose assertions are believed.")
    names = [trusted.issuer for trusted in metadata.assertion_issuers]
    if not all(names) or len(set(names)) < len(names):
        yield _refused("assertion_issuers", "Each issuer has a name, and is named once.")
    for trusted in metadata.assertion_issuers:
        if (trusted.jwks is None) is not bool(trusted.jwks_uri):
            yield _refused("assertion_issuers", f"{trusted.issuer}: give jwks or jwks_uri.")
        elif trusted.jwks_uri and not _is_address(trusted.jwks_uri, allow_http=allow_http):
            yield _refused("assertion_issuers", f"{trusted.jwks_uri}: this must be an https address.")


def _algorithm_faults(metadata: ClientMetadata) -> Iterator[FieldFault]:
    """What the house signs for a client is never unsigned, nor signed with a secret that the client shares."""
    for field in _SIGNED:
        if (algorithm := getattr(metadata, field)) and algorithm not in ALGORITHMS:
            yield _refused(field, f"{algorithm!r} is none of {', '.join(ALGORITHMS)}.")


def _other_faults(metadata: ClientMetadata) -> Iterator[FieldFault]:
    if metadata.accent_color and not _COLOR.fullmatch(metadata.accent_color):
        yield _refused("accent_color", "A colour is written as #rrggbb.")
    if metadata.default_max_age is not None and metadata.default_max_age < 0:
        yield _refused("default_max_age", "An age is a number of seconds.")


def _is_address(uri: str, *, allow_http: bool) -> bool:
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018 - a port that is none raises
    except ValueError:
        return False
    if not parts.hostname or "@" in parts.netloc or not uri.isascii() or not uri.isprintable() or " " in uri:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and (allow_http or is_loopback_host(parts.hostname))
    )


def _is_origin(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        parts.scheme in {"https", "http"}
        and f"{parts.scheme}://{parts.netloc}" == text
        and bool(parts.hostname)
    )


def _is_resource(text: str) -> bool:
    """An absolute URI without a fragment (RFC 8707 section 2)."""
    try:
        scheme = urlsplit(text).scheme
    except ValueError:
        return False
    return bool(scheme) and "#" not in text and text.isascii() and text.isprintable()

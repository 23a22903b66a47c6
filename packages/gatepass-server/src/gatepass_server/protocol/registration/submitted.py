"""Metadata as a stranger sends or publishes them: read, bounded, and cut to what the policy allows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import structs

from gatepass.errors import KeyFormatError
from gatepass.jwk import PRIVATE_MEMBERS, keys_from_jwks
from gatepass.keys import ASYMMETRIC_ALGORITHMS
from gatepass_server.accounts.clients import metadata_from
from gatepass_server.domain.client_rules import check_metadata
from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.domain.errors import InvalidInput
from gatepass_server.domain.names import parse_name
from gatepass_server.protocol.errors import (
    InvalidClientMetadata,
    InvalidRedirectUri,
    UnapprovedSoftwareStatement,
)
from gatepass_server.protocol.registration.policy import SIGN_IN_GRANTS, RegistrationPolicy

OWN: Final = (
    "require_pkce",
    "trusted",
    "access_token_format",
    "resources",
    "id_token_claims",
    "origins",
    "accent_color",
    "names",
    "assertion_issuers",
)
"""Members that the operator alone decides about; from strangers they mean nothing, as any unknown member."""

_READ: Final = frozenset(ClientMetadata.__struct_fields__) - frozenset(OWN)
_TAGGED_NAME: Final = re.compile(r"client_name#([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4})")
_LONGEST_TEXT: Final = 2000
_LONGEST_LIST: Final = 20
_LARGEST_KEYS: Final = 16 * 1024
_SIGNED_BY_US: Final = (
    "id_token_signed_response_alg",
    "userinfo_signed_response_alg",
    "introspection_signed_response_alg",
    "access_token_signed_response_alg",
)
_SIGNED_BY_THEM: Final = ("request_object_signing_alg", "token_endpoint_auth_signing_alg")


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a program says of itself, as far as it may be so.

    Attributes:
        name: ``client_name``, empty where it says none.
    """

    name: str
    metadata: ClientMetadata


def read_submitted(
    members: Mapping[str, Any], policy: RegistrationPolicy, *, kept: ClientMetadata | None = None
) -> Submitted:
    """Read the members of a registration or of a metadata document.

    Unknown ones are ignored and ``null`` is as good as nothing (RFC 7591 section 2). What the policy does not allow is
    left out where the program can live without it, as section 3.2.1 lets us, and refused where it cannot.

    Args:
        members: a JSON object.
        policy: the operator's.
        kept: of a program that changes its registration: what the operator decided about it stays.

    Raises:
        InvalidRedirectUri, InvalidClientMetadata, UnapprovedSoftwareStatement: with what is wrong.
    """
    given = {name: value for name, value in members.items() if value is not None}
    if "software_statement" in given:
        raise UnapprovedSoftwareStatement("No issuer of software statements is trusted here: leave it out.")
    _check_bounds(given)
    _check_response(given)
    if given.get("subject_type", "public") != "public":
        raise InvalidClientMetadata("subject_type: only public subjects are given here.")
    read = {name: value for name, value in given.items() if name in _READ}
    read.setdefault("grant_types", ["authorization_code"])
    try:
        metadata = _cut(metadata_from(read), policy, kept, names=_names(given))
        if metadata.token_endpoint_auth_method not in policy.authentication:
            raise InvalidClientMetadata(
                f"token_endpoint_auth_method: it must be one of {', '.join(policy.authentication)}."
            )
        _check_keys(metadata)
        _check_algorithms(metadata, policy)
        _check_front_channel(metadata)
        return Submitted(_name(given.get("client_name", "")), check_metadata(metadata))
    except InvalidInput as error:
        raise _refused(error) from None


def _cut(
    metadata: ClientMetadata,
    policy: RegistrationPolicy,
    kept: ClientMetadata | None,
    *,
    names: dict[str, str],
) -> ClientMetadata:
    own = {name: getattr(kept, name) for name in OWN} if kept else {"resources": policy.resources}
    grants = tuple(grant for grant in metadata.grant_types if grant in SIGN_IN_GRANTS)
    if not grants:
        raise InvalidClientMetadata(
            f"grant_types: programs that register themselves may have {', '.join(sorted(SIGN_IN_GRANTS))}."
        )
    allowed = dict.fromkeys((*policy.scopes, *(kept.scopes if kept else ())))
    scopes = [scope for scope in allowed if not metadata.scope or scope in metadata.scopes]
    if scopes and policy.resources:
        # An MCP client registers with what its first call needs, and asks for more when a tool needs more (MCP
        # authorization, step-up): a person consents to each. The answer tells it (RFC 7591 section 3.2.1).
        scopes = list(allowed)
    if metadata.scope and not scopes:
        raise InvalidClientMetadata(
            f"scope: programs that register themselves may ask for {' '.join(allowed)}."
        )
    public = metadata.token_endpoint_auth_method == "none"  # noqa: S105 - the name of a method
    origins = tuple(dict.fromkeys(filter(None, map(_origin, metadata.redirect_uris)))) if public else ()
    return structs.replace(
        metadata,
        **{**own, "names": names, "origins": origins, "grant_types": grants, "scope": " ".join(scopes)},
    )


def _origin(uri: str) -> str:
    """Where a program in a browser runs, which is where it is sent back to."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"https", "http"} and parts.netloc else ""


def _check_bounds(given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        texts = value if isinstance(value, list) else [value]
        if len(texts) > _LONGEST_LIST:
            raise InvalidClientMetadata(f"{name[:80]}: at most {_LONGEST_LIST} of them.")
        if any(isinstance(one, str) and (len(one) > _LONGEST_TEXT or "\0" in one) for one in texts):
            raise InvalidClientMetadata(f"{name[:80]}: at most {_LONGEST_TEXT} characters, none of them NUL.")


def _check_response(given: Mapping[str, Any]) -> None:
    types = given.get("response_types", ["code"])
    grants = given.get("grant_types", ["authorization_code"])
    asks_for_codes = isinstance(grants, list) and "authorization_code" in grants
    if not isinstance(types, list) or (asks_for_codes and "code" not in types):
        raise InvalidClientMetadata("response_types: only code is given here.")


def _name(value: object) -> str:
    if value == "":
        return ""
    try:
        return parse_name(value if isinstance(value, str) else "")
    except ValueError as error:
        raise InvalidClientMetadata(f"client_name: {error}") from None


def _names(given: Mapping[str, Any]) -> dict[str, str]:
    """``client_name#zh`` and the like (RFC 7591 section 2.2)."""
    found: dict[str, str] = {}
    for name, value in given.items():
        tag = _TAGGED_NAME.fullmatch(name)
        if tag is not None and len(found) < _LONGEST_LIST:
            found[tag[1]] = _name(value)
    return {tag: text for tag, text in found.items() if text}


def _check_keys(metadata: ClientMetadata) -> None:
    if metadata.jwks is None:
        return
    if len(msgspec.json.encode(metadata.jwks)) > _LARGEST_KEYS:
        raise InvalidClientMetadata("jwks: this is larger than 16 KiB.")
    keys = metadata.jwks.get("keys")
    secret = PRIVATE_MEMBERS | {"k"}
    if isinstance(keys, list) and any(isinstance(key, dict) and secret.intersection(key) for key in keys):
        raise InvalidClientMetadata(
            "jwks: it holds a private key or a secret. Withdraw that key, and send public ones."
        )
    try:
        keys_from_jwks(metadata.jwks)
    except KeyFormatError as error:
        raise InvalidClientMetadata(f"jwks: {error}") from None


def _check_algorithms(metadata: ClientMetadata, policy: RegistrationPolicy) -> None:
    for names, known in ((_SIGNED_BY_US, policy.algorithms), (_SIGNED_BY_THEM, tuple(ASYMMETRIC_ALGORITHMS))):
        for name in names:
            asked = getattr(metadata, name)
            if asked and asked not in known:
                raise InvalidClientMetadata(f"{name}: it must be one of {', '.join(known)}.")


def _check_front_channel(metadata: ClientMetadata) -> None:
    """Front-Channel Logout 1.0 section 2: its origin is that of a redirection URI."""
    uri = metadata.frontchannel_logout_uri
    if uri and _origin(uri) not in set(map(_origin, metadata.redirect_uris)):
        raise InvalidClientMetadata("frontchannel_logout_uri: its origin must be that of a redirect URI.")


def _refused(error: InvalidInput) -> InvalidRedirectUri | InvalidClientMetadata:
    """In the words of RFC 7591 section 3.2.2."""
    about = _sentences(error)
    bent = any(fault.field == "redirect_uris" for fault in error.faults)
    return InvalidRedirectUri(about) if bent else InvalidClientMetadata(about)


def _sentences(error: InvalidInput) -> str:
    return " ".join(_sentence_list(error)) or error.message


def _sentence_list(error: InvalidInput) -> Iterator[str]:
    for fault in error.faults[:5]:
        yield f"{fault.field}: {fault.message}"[:500]

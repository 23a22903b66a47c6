"""The options of ``gatepass clients create`` and ``update``: each is a member of what a program is registered with."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import update_wrapper
from typing import Any, BinaryIO, Final, TypeVar, cast, get_args

import click
import msgspec

from gatepass import load_key
from gatepass.errors import KeyFormatError, PassphraseMissingError
from gatepass.strict_json import decode_object
from gatepass_server.accounts.clients import metadata_from
from gatepass_server.domain.client_rules import GRANT_TYPES, SHORT_GRANT_NAMES
from gatepass_server.domain.clients import AuthMethod, ClientMetadata
from gatepass_server.domain.errors import InvalidInput

F = TypeVar("F", bound=Callable[..., Any])
_SHORT: Final = {full: short for short, full in SHORT_GRANT_NAMES.items()}
_GRANTS: Final = tuple(_SHORT.get(grant, grant) for grant in GRANT_TYPES)
_DOCUMENTS: Final = ("metadata", "jwks_file", "public_key")
"""Options that name a file."""

_LARGEST: Final = 1024 * 1024
"""Bytes of it."""


@dataclass(frozen=True, slots=True)
class _Option:
    """One option, and the member of ``ClientMetadata`` that it sets."""

    flags: str
    member: str
    text: str
    kind: dict[str, Any] = field(default_factory=dict)


_MANY: Final = {"multiple": True, "metavar": "URI"}
_FILE: Final = {"type": click.File("rb"), "metavar": "FILE"}
_OPTIONS: Final = (
    _Option("--redirect-uri", "redirect_uris", "Where people are sent back to; may be said again.", _MANY),
    _Option(
        "--post-logout-redirect-uri",
        "post_logout_redirect_uris",
        "Where people may be sent after a log-out; may be said again.",
        _MANY,
    ),
    _Option(
        "--grant",
        "grant_types",
        "What it presents at the token endpoint; may be said again.  [default: with a redirect URI, "
        "authorization_code and refresh_token]",
        {"multiple": True, "type": click.Choice(_GRANTS)},
    ),
    _Option(
        "--scope",
        "scope",
        "A scope that it may ask for; may be said again.  [default: with authorization_code or oauth1, openid profile "
        "email offline_access]",
        {"multiple": True},
    ),
    _Option(
        "--auth-method",
        "token_endpoint_auth_method",
        "How it proves who it is.  [default: client_secret_basic, which takes client_secret_post, too]",
        {"type": click.Choice([method for method in get_args(AuthMethod) if method != "none"])},
    ),
    _Option(
        "--pkce/--no-pkce",
        "require_pkce",
        "Whether its requests need a code_challenge; without it they need a nonce, and it must have a secret.  "
        "[default: pkce]",
    ),
    _Option("--trusted/--not-trusted", "trusted", "Whether people are not asked for their consent."),
    _Option(
        "--id-token-claims/--no-id-token-claims",
        "id_token_claims",
        "Whether its ID tokens hold name and e-mail, for programs that read nothing else.",
    ),
    _Option(
        "--opaque/--signed",
        "access_token_format",
        "Whether its access tokens mean nothing to whoever holds them, or are signed.  [default: signed]",
    ),
    _Option(
        "--resource", "resources", "An API whose tokens it may ask for (RFC 8707); may be said again.", _MANY
    ),
    _Option(
        "--origin",
        "origins",
        "An origin whose pages may call the token and userinfo endpoints; may be said again.",
        {"multiple": True, "metavar": "ORIGIN"},
    ),
    _Option("--backchannel-logout-uri", "backchannel_logout_uri", "What is told of log-outs, by the server."),
    _Option(
        "--frontchannel-logout-uri", "frontchannel_logout_uri", "What is told of log-outs, by the browser."
    ),
    _Option("--jwks-file", "jwks_file", "Its public keys, as a JWK set.", _FILE),
    _Option(
        "--public-key",
        "public_key",
        "Its public key, in any form that `keys import` takes, such as PEM; with it, a program of OAuth 1.0a has no "
        "secret.",
        _FILE,
    ),
    _Option("--jwks-uri", "jwks_uri", "Where its public keys lie."),
    _Option(
        "--par/--no-par",
        "require_pushed_authorization_requests",
        "Whether it must push its requests first (RFC 9126).",
    ),
    _Option(
        "--dpop/--no-dpop", "dpop_bound_access_tokens", "Whether its tokens are bound to a key (RFC 9449)."
    ),
    _Option(
        "--security-profile",
        "security_profile",
        "Hold it to the FAPI 2.0 Security Profile, whatever the rest says.",
        {"type": click.Choice(["fapi2"])},
    ),
    _Option("--client-uri", "client_uri", "Its home page."),
    _Option("--logo-uri", "logo_uri", "Its logo, for the pages that people see."),
    _Option("--policy-uri", "policy_uri", "What it says about privacy."),
    _Option("--tos-uri", "tos_uri", "Its terms of service."),
    _Option("--accent-color", "accent_color", "The colour of its pages, as #rrggbb."),
    _Option(
        "--metadata",
        "metadata",
        "Any other member (RFC 7591) and those above, as a JSON object; - is standard input. Options win.",
        _FILE,
    ),
)


def takes_metadata(function: F) -> F:
    """Give a command the options; they reach it as ``options``, for ``with_options``."""

    def command(*arguments: Any, **named: Any) -> Any:
        options = {option.member: named.pop(option.member) for option in _OPTIONS}
        return function(*arguments, options=options, **named)

    update_wrapper(command, function)  # with the options that it has already
    for option in reversed(_OPTIONS):
        switch = {"default": None} if "/" in option.flags else {}
        command = click.option(option.flags, option.member, help=option.text, **switch, **option.kind)(
            command
        )
    return cast("F", command)


def with_options(metadata: ClientMetadata, options: Mapping[str, Any]) -> ClientMetadata:
    """The same with what the options say.

    Raises:
        InvalidInput: a file cannot be read, or a member has the wrong type.
    """
    fields = dict(msgspec.to_builtins(metadata))
    if options["metadata"] is not None:
        fields |= _object(options["metadata"], "--metadata")
    if options["jwks_file"] is not None:
        fields["jwks"] = _object(options["jwks_file"], "--jwks-file")
    if options["public_key"] is not None:
        fields["jwks"] = {"keys": [_public_jwk(options["public_key"])]}
    fields |= dict(_said(options))
    return metadata_from(fields)


def _said(options: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for member, value in options.items():
        if value is None or value == () or member in _DOCUMENTS:
            continue
        if member == "scope":
            yield member, " ".join(dict.fromkeys(" ".join(value).split()))
        elif member == "grant_types":
            yield member, [SHORT_GRANT_NAMES.get(grant, grant) for grant in value]
        elif member == "access_token_format":
            yield member, "opaque" if value else "jwt"
        else:
            yield member, value


def _public_jwk(file: BinaryIO) -> dict[str, str]:
    """The public half of a key; a private one that was named by mistake is not kept."""
    try:
        return load_key(file.read(_LARGEST)).public_jwk()
    except (KeyFormatError, PassphraseMissingError) as error:
        raise InvalidInput(f"What --public-key names is no public key: {error}") from None


def _object(file: BinaryIO, option: str) -> dict[str, Any]:
    try:
        return decode_object(file.read(_LARGEST))
    except ValueError as error:
        raise InvalidInput(f"What {option} names is not a JSON object: {error}.") from None

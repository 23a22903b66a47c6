"""The tables ``[upstream.NAME]``: what the operator says, on top of what the preset knows."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from urllib.parse import urlsplit

import msgspec

from gatepass_server.domain.secret import Secret
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.presets.provider_shelf import find_provider, provider_names
from gatepass_server.settings.issuer import is_loopback

OPTIONS = {field.name: field for field in msgspec.structs.fields(Upstream)}
"""What such a table may have, in the order of the model."""

SECRETS = tuple(name for name, field in OPTIONS.items() if get_args(field.type)[:1] == (Secret,))
"""Those of them that are hidden, and may be named by a file instead."""

PREFIX = "UPSTREAM_"
BETWEEN = "__"
"""``GATEPASS_UPSTREAM_NAME__OPTION``."""

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")
_ADDRESSES = ("authorize_url", "token_url", "request_token_url", "userinfo_url", "emails_url")
_SENT = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
    "oauth_token",
)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def read_upstreams(
    tables: Any, source: str, faults: list[str], *, insecure_http: bool
) -> dict[str, Upstream]:
    """Judge the tables; what cannot be used is left out, and a sentence says why.

    Args:
        tables: an object of objects, as the settings file or the environment has it.
        source: where it stands, for sentences.
        faults: gets a sentence for each fault. None holds the value of a secret.
        insecure_http: whether a house may be reached by plain ``http``; on this machine it always may.
    """
    if not isinstance(tables, Mapping) or not all(isinstance(table, Mapping) for table in tables.values()):
        faults.append(f"{source}: it must be tables, such as [upstream.google].")
        return {}
    found: dict[str, Upstream] = {}
    for name, table in tables.items():
        own: list[str] = []
        upstream = _read(str(name), dict(table), own)
        if upstream is not None and not own:
            own += _judge(upstream, insecure_http=insecure_http)
        faults += [f"{source}.{name}: {sentence}" for sentence in own]
        if upstream is not None and not own:
            faults += [f"{source}.{name}: {sentence}" for sentence in _namesakes(upstream, found)]
            found[str(name)] = upstream
    return found


def _read(name: str, table: dict[str, Any], faults: list[str]) -> Upstream | None:
    if not _NAME.fullmatch(name):
        faults.append("a name has 1 to 32 small letters, digits and hyphens between them.")
    _take_files(table, faults)
    faults += [
        f"there is no option `{option}`{_nearest(option)}" for option in table if option not in OPTIONS
    ]
    preset = table.get("preset", "")
    known: dict[str, Any] = {}
    if preset and preset not in provider_names():
        faults.append(f"there is no preset {str(preset)[:40]!r}; there are {', '.join(provider_names())}.")
    elif preset:
        known = dict(find_provider(preset).settings)
    values: dict[str, Any] = {}
    for option, value in {**known, **table}.items():
        if option in OPTIONS:
            try:
                values[option] = msgspec.convert(
                    value, OPTIONS[option].type, strict=not isinstance(value, str), dec_hook=_decode_own_type
                )
            except msgspec.ValidationError:
                faults.append(f"{option} cannot be taken: it must be {kind_of_option(option)}.")
    if faults:
        return None
    return _filled(Upstream(**values))


def _take_files(table: dict[str, Any], faults: list[str]) -> None:
    """Put secrets into the place of the files that have them."""
    for secret in SECRETS:
        path = table.pop(f"{secret}_file", None)
        if path is not None and secret in table:
            faults.append(f"{secret} and {secret}_file are both given; use one of the two.")
        elif path is not None and (text := _read_file(f"{secret}_file", path, faults)) is not None:
            table[secret] = text


def _filled(upstream: Upstream) -> Upstream:
    """With the tenant in the addresses."""
    addresses = {
        name: getattr(upstream, name).replace("{tenant}", upstream.tenant)
        for name in (*_ADDRESSES, "issuer")
        if upstream.tenant
    }
    return msgspec.structs.replace(upstream, **addresses)


def _judge(upstream: Upstream, *, insecure_http: bool) -> list[str]:
    """What no single option can tell is wrong."""
    needed = {
        "openid": ("issuer", "client_id"),
        "oauth2": ("authorize_url", "token_url", "client_id"),
        "oauth1": ("request_token_url", "authorize_url", "token_url", "userinfo_url", "client_id"),
    }[upstream.kind]
    missing = [name for name in needed if not getattr(upstream, name)]
    if upstream.client_auth == "signed":
        missing += [name for name in ("team_id", "key_id", "signing_key") if not getattr(upstream, name)]
    elif upstream.client_auth != "none" and not upstream.client_secret:
        missing.append("client_secret")
    found = [f"{name} is needed." for name in missing]
    for name in (*_ADDRESSES, "issuer"):
        address = getattr(upstream, name)
        if address and (name != "issuer" or upstream.kind == "openid"):
            found += [f"{name}: {why}" for why in _address_faults(address, insecure_http=insecure_http)]
    if upstream.kind == "openid" and "openid" not in upstream.scopes:
        found.append("scope must name openid (OpenID Connect Core section 3.1.2.1).")
    if bool(upstream.roles) != bool(upstream.roles_claim):
        found.append("roles and roles_claim go together: one says where to look, the other what comes of it.")
    if upstream.roles and upstream.is_of_any_tenant:
        found.append(
            "tenants must name those whose roles count: the administrators of all others say what they like."
        )
    found += [
        f"parameters must not name {name}, which is sent anyway."
        for name in _SENT
        if name in upstream.parameters
    ]
    if upstream.client_auth == "none" and not upstream.pkce:
        found.append("without a secret, pkce must stay on: anybody could redeem a stolen code.")
    return found


def _namesakes(upstream: Upstream, others: Mapping[str, Upstream]) -> list[str]:
    """Others of the same issuer that find people elsewhere: subjects are of one house alone (Core section 5.7)."""
    return [
        f"its issuer is that of upstream.{name}, which finds people elsewhere: give it an issuer of its own, or who is "
        "called the same at both is let in to one account."
        for name, other in others.items()
        if upstream.known_as == other.known_as and upstream.knows_by != other.knows_by
    ]


def _address_faults(address: str, *, insecure_http: bool) -> list[str]:
    left = _PLACEHOLDER.search(address)
    if left:
        return [f"the option {left[1]} is needed, which stands in it."]
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ["it is no URL."]
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or "#" in address:
        return ["it must be an absolute https URL."]
    if parts.scheme == "http" and not is_loopback(host) and not insecure_http:
        return ["use https, or say `outbound_insecure = true` if readable traffic is acceptable."]
    return []


def kind_of_option(name: str) -> str:
    """What an option takes, to be read after "it must be"."""
    kind = OPTIONS[name].type
    bare = get_args(kind)[0]
    if get_origin(bare) is Literal:
        return "one of " + ", ".join(f"`{choice}`" for choice in get_args(bare))
    if bare is bool:
        return "`true` or `false`"
    if get_origin(bare) is tuple:
        return "a list of texts"
    if get_origin(bare) is dict:
        return "a table of texts"
    return "a text"


def _decode_own_type(kind: type, value: Any) -> Any:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError(f"Expected `str`, got `{type(value).__name__}`")
    return kind(value)


def _read_file(option: str, path: Any, faults: list[str]) -> str | None:
    try:
        return Path(str(path)).read_bytes().decode("utf-8").rstrip("\r\n")
    except OSError as error:
        faults.append(f"{option}: the file {path} cannot be read: {error.strerror}.")
    except ValueError:  # not UTF-8; the error's own words hold a byte of the secret
        faults.append(f"{option}: the file is not UTF-8 text.")
    return None


def _nearest(option: str) -> str:
    import difflib  # noqa: PLC0415 - only a person's typing error needs it

    close = difflib.get_close_matches(str(option).lower(), OPTIONS, n=1)
    return f"; did you mean `{close[0]}`?" if close else "."

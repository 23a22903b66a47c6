"""What the answers of OAuth 2.0 and OpenID Connect have in common."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gatepass.strict_json import decode_object
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.upstream.errors import Denied, Untrusted

_KEPT = (
    "access_token",
    "refresh_token",
    "token_type",
    "scope",
    "expires_in",
    "oauth_token",
    "oauth_token_secret",
)
_LONGEST = 200


def code_of(answer: Mapping[str, str]) -> str:
    """The code of an answer (RFC 6749 section 4.1.2).

    Raises:
        Denied: it has an error instead (section 4.1.2.1).
        Untrusted: it has neither.
    """
    error = answer.get("error")
    if error is not None:
        shown = "".join(letter for letter in error[:60] if letter.isascii() and letter.isprintable())
        raise Denied("The other site did not sign you in.", reason=f"the answer has the error {shown!r}")
    code = answer.get("code", "")
    if not code:
        raise Untrusted(
            "The answer of the other site could not be verified.", reason="the answer has no code"
        )
    return code


def person_named(answer: Mapping[str, str]) -> str:
    """The name that comes beside the code, once and never again, at Apple: ``user`` with ``name``; it is no proof."""
    try:
        name = decode_object(answer.get("user", "").encode()).get("name")
    except ValueError:
        return ""
    if not isinstance(name, dict):
        return ""
    parts = [name.get(part) for part in ("firstName", "lastName")]
    return " ".join(part for part in parts if isinstance(part, str) and part)[:_LONGEST]


def kept_tokens(upstream: Upstream, tokens: Mapping[str, Any]) -> str:
    """What of the tokens is kept, as JSON; nothing where the settings do not ask for it."""
    if upstream.keep_tokens != "sealed":
        return ""
    return msgspec.json.encode({name: tokens[name] for name in _KEPT if name in tokens}).decode()

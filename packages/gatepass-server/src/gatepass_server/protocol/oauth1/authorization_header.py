"""``Authorization: OAuth ...`` (RFC 5849 section 3.5.1), read strictly."""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from gatepass_server.protocol.oauth1.messages import Pairs
from gatepass_server.protocol.oauth1.problems import ParameterRejected

SCHEME: Final = "oauth "
_LONGEST: Final = 16 * 1024
_PAIR: Final = re.compile(r'\s*([A-Za-z0-9._~%-]+)="([^"]*)"\s*(?:,|\Z)')
_BROKEN: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_REALM: Final = "realm"


def read_authorization(header: str) -> Pairs:
    """The parameters of the header, decoded, without ``realm``; none where the header has another scheme.

    Raises:
        ParameterRejected: it is too long, not written as the section says, or has one name twice.
    """
    if header[: len(SCHEME)].lower() != SCHEME:
        return ()
    if len(header) > _LONGEST:
        raise ParameterRejected("The header Authorization is too long.")
    found: dict[str, str] = {}
    position = len(SCHEME)
    while position < len(header):
        pair = _PAIR.match(header, position)
        if pair is None:
            raise ParameterRejected("The header Authorization cannot be read (RFC 5849 section 3.5.1).")
        position = pair.end()
        is_realm = pair[1].lower() == _REALM
        name = _REALM if is_realm else decoded(pair[1])
        if name in found:
            raise ParameterRejected("The header Authorization has a parameter twice.")
        found[name] = "" if is_realm else decoded(pair[2])
    found.pop(_REALM, None)  # the one parameter that is not signed (section 3.4.1.3.1)
    return tuple(found.items())


def decoded(text: str) -> str:
    """What ``text`` stands for (RFC 5849 section 3.6).

    Raises:
        ParameterRejected: a percent sign stands before no two hexadecimal digits, or it is not UTF-8.
    """
    if _BROKEN.search(text):
        raise ParameterRejected(
            "A percent sign is followed by two hexadecimal digits (RFC 5849 section 3.6)."
        )
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        raise ParameterRejected("A parameter is not in UTF-8 (RFC 5849 section 3.6).") from None

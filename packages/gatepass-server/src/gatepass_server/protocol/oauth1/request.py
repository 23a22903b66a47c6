"""A request as Authlib's core knows it, read more strictly than Authlib reads one."""

from typing import Any, Final

from authlib.oauth1 import OAuth1Request
from authlib.oauth1.rfc5849.signature import normalize_base_string_uri, normalize_parameters
from authlib.oauth1.rfc5849.util import escape

from gatepass_server.protocol.oauth1.authorization_header import read_authorization
from gatepass_server.protocol.oauth1.messages import Pairs, SignedMessage
from gatepass_server.protocol.oauth1.problems import ParameterAbsent, ParameterRejected, VersionRejected

_PREFIX: Final = "oauth_"
_SIGNATURE: Final = "oauth_signature"
_NEEDED: Final = ("oauth_consumer_key", "oauth_signature_method", _SIGNATURE)
_LONGEST: Final = 2048
_LONGEST_SIGNATURE: Final = 8192


class SignedRequest(OAuth1Request):  # type: ignore[misc]  # Authlib has no types
    """What is signed, and what it is signed with.

    Authlib's own reading takes the last of two parameters of one name, decodes those of the protocol twice, leaves
    every ``realm`` unsigned and takes the ``Host`` header at its word; none of that happens here.
    """

    def __init__(self, message: SignedMessage) -> None:
        """Read ``message``.

        Raises:
            ParameterAbsent, ParameterRejected, VersionRejected: see RFC 5849 section 3.2.
        """
        header = read_authorization(message.authorization)
        self.method: str = message.method
        self.uri: str = message.url
        self.headers: dict[str, str] = {}
        self.client: Any = None
        self.credential: Any = None
        self.user = None
        self.params: Pairs = (*message.query, *message.form, *header)
        self.oauth_params: dict[str, str] = _of_protocol((message.query, message.form, header))

    @property
    def base_string(self) -> str:
        """What is signed (RFC 5849 section 3.4.1)."""
        signed = [pair for pair in self.params if pair[0] != _SIGNATURE]
        parts = (
            self.method.upper(),
            normalize_base_string_uri(self.uri),
            normalize_parameters(signed),
        )
        return "&".join(escape(part) for part in parts)

    def needed(self, name: str) -> str:
        """A parameter of the protocol.

        Raises:
            ParameterAbsent: it is missing or empty.
        """
        if not (value := self.oauth_params.get(name)):
            raise ParameterAbsent(f"The parameter {name} is missing.")
        return value


def _of_protocol(sources: tuple[Pairs, Pairs, Pairs]) -> dict[str, str]:
    """The parameters of the protocol, which stand in one place, each once (RFC 5849 sections 3.2 and 3.5)."""
    places = [pairs for pairs in sources if any(name.startswith(_PREFIX) for name, _ in pairs)]
    if len(places) > 1:
        raise ParameterRejected(
            "Parameters that begin with oauth_ stand in one place (RFC 5849 section 3.5)."
        )
    found: dict[str, str] = {}
    for name, value in places[0] if places else ():
        if not name.startswith(_PREFIX):
            continue
        if name in found:
            raise ParameterRejected(
                "A parameter that begins with oauth_ is sent once (RFC 5849 section 3.1)."
            )
        if len(value) > (_LONGEST_SIGNATURE if name == _SIGNATURE else _LONGEST):
            raise ParameterRejected("A parameter that begins with oauth_ is too long.")
        found[name] = value
    for name in _NEEDED:
        if not found.get(name):
            raise ParameterAbsent(f"The parameter {name} is missing.")
    if found.get("oauth_version", "1.0") != "1.0":
        raise VersionRejected("The parameter oauth_version is 1.0, or is left out (RFC 5849 section 3.1).")
    return found

"""Asking another house, by HTTP. What it answers is read as JSON, or as a form where OAuth has forms."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from gatepass.strict_json import decode_object
from gatepass_server.outbound.client import Outbound
from gatepass_server.outbound.errors import Unreachable
from gatepass_server.outbound.messages import Reply, Request
from gatepass_server.upstream.errors import Unavailable

_JSON = frozenset({"application/json", "+json", "text/json", "text/javascript", "text/plain"})
"""WeChat says text/plain of its JSON, and others have other habits; whatever it says, it must be a JSON object."""

_FORM = frozenset({"application/x-www-form-urlencoded", "text/html", "text/plain"})
"""OAuth 1.0a gives tokens as a form (RFC 5849 section 2.1), which some call HTML."""

_MOST_BYTES = 256 * 1024
_SENTENCE = "The other site cannot be reached at the moment, or does not answer as it should."


class Asking:
    """Sends requests to one house.

    Args:
        outbound: that reaches it.
        name: its name in the settings, for the log.
    """

    def __init__(self, outbound: Outbound, name: str) -> None:
        self._outbound = outbound
        self._name = name

    @property
    def outbound(self) -> Outbound:
        """The way there."""
        return self._outbound

    def json(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """GET a JSON object.

        Raises:
            Unavailable: it did not come.
        """
        return self._object(self._ask(url, "GET", headers or {}, None))

    def list(self, url: str, headers: Mapping[str, str]) -> list[Any]:
        """GET a JSON array.

        Raises:
            Unavailable: it did not come.
        """
        reply = self._ask(url, "GET", headers, None)
        try:
            return decode_object(b'{"list":' + reply.body + b"}")["list"] or []
        except ValueError as error:
            raise self.unusable(str(error)) from None

    def tokens(self, url: str, method: str, headers: Mapping[str, str], body: str | None) -> dict[str, Any]:
        """Ask for tokens; the answer may be one that refuses them.

        Raises:
            Unavailable: nothing came that can be read.
        """
        reply = self._ask(url, method, headers, body, takes_errors=True)
        if reply.body.lstrip()[:1] == b"{":
            return self._object(reply)
        try:
            return dict(parse_qsl(reply.body.decode("utf-8"), strict_parsing=True, max_num_fields=50))
        except ValueError:
            raise self.unusable(f"status {reply.status}, neither JSON nor a form") from None

    def unusable(self, reason: str) -> Unavailable:
        """What to raise where an answer will not do; ``reason`` goes to the log and holds no secret."""
        return Unavailable(_SENTENCE, reason=f"upstream {self._name}: {reason}")

    def _ask(
        self,
        url: str,
        method: str,
        headers: Mapping[str, str],
        body: str | None,
        *,
        takes_errors: bool = False,
    ) -> Reply:
        sent = {"Accept": "application/json", **headers}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        elif method == "POST":
            sent["Content-Length"] = "0"
        request = Request(
            method,
            sent,
            None if body is None else body.encode(),
            kinds=_JSON | _FORM if takes_errors else _JSON,
            max_bytes=_MOST_BYTES,
            takes_errors=takes_errors,
        )
        try:
            return self._outbound.ask(url, request)
        except Unreachable as error:
            raise self.unusable(str(error)) from None

    def _object(self, reply: Reply) -> dict[str, Any]:
        try:
            return decode_object(reply.body)
        except ValueError as error:
            raise self.unusable(f"status {reply.status}: {error}") from None

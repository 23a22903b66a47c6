"""What the three kinds of houses have in common: people are sent there, and come back with an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gatepass_server.domain.upstream_attempts import Begun, Errand, Stranger
from gatepass_server.domain.upstreams import Upstream


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody is sent away.

    Attributes:
        url: Where to. It holds no secret of ours.
        name: By which the attempt is found again: the ``state``, or the request token.
        begun: What to keep meanwhile.
    """

    url: str
    name: str = field(repr=False)
    begun: Begun = field(repr=False)


class UpstreamClient(Protocol):
    """This server, as one other house knows it."""

    @property
    def upstream(self) -> Upstream:
        """Its settings."""
        ...

    def depart(self, errand: Errand, *, callback: str, now: int) -> Departure:
        """Send somebody there.

        Args:
            errand: what they are about.
            callback: where they are to come back to.
            now: in seconds since the epoch.

        Raises:
            Unavailable: the house cannot be reached.
        """
        ...

    def name_in(self, answer: Mapping[str, str]) -> str:
        """The name of the attempt that an answer is of; empty where it names none."""
        ...

    def arrive(self, begun: Begun, answer: Mapping[str, str], *, callback: str) -> Stranger:
        """Who it was that came back; the attempt has been spent.

        Args:
            begun: what was kept.
            answer: the parameters with which they came.
            callback: as it was.

        Raises:
            Denied: the house did not let them in.
            Untrusted: the answer proves nothing.
            Unavailable: the house cannot be reached.
        """
        ...

    def logged_out(self, token: object) -> dict[str, Any]:
        """The claims of a log-out token (Back-Channel Logout 1.0 section 2.4): signed by the house, for us, in time.

        Raises:
            UnknownProvider: the house has no such tokens.
            Untrusted: it is none, or not for us.
            Unavailable: the keys cannot be had.
        """
        ...

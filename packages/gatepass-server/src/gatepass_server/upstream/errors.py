"""How a sign-in through another house fails: what the person is told, and what the log alone."""

from gatepass_server.domain.errors import GatepassError, NotFound
from gatepass_server.domain.upstream_attempts import Errand


class UpstreamError(GatepassError):
    """The other house did not let the person in, or what it says cannot be believed."""

    code = "upstream_failed"
    errand: Errand | None = None
    """What the person was about, where that is known."""


class Unavailable(UpstreamError):
    """The other house cannot be reached, or does not answer as it should."""

    code = "upstream_unavailable"


class Denied(UpstreamError):
    """The other house sent the person back without an answer; most often they said no there."""

    code = "upstream_denied"


class Untrusted(UpstreamError):
    """What came back proves nothing: it was forged, is somebody else's, or was meant for another."""

    code = "upstream_untrusted"


class NotRecent(Untrusted):
    """The person was to prove anew who they are, and the other house let them through without."""

    code = "upstream_not_recent"


class AttemptGone(UpstreamError):
    """The sign-in was finished already, was begun too long ago, or was begun in another browser."""

    code = "unknown_attempt"

    def __init__(self, message: str = "", *, reason: str = "") -> None:
        super().__init__(
            message or "This sign-in was finished already, took too long, or was begun in another browser.",
            reason=reason,
        )


class UnknownProvider(NotFound):
    """The settings name no such house."""

"""How reaching another place fails. Every sentence is for logs: it holds no query, no body and no header."""

from gatepass.fetch_limits import FetchError


class Unreachable(FetchError):
    """The answer did not come in time, or is not taken. Trying again later may help.

    Attributes:
        status: That of an answer that is not the expected one; None where there was none.
    """


class Forbidden(Unreachable):
    """The server does not go there: by the address itself, or by where its name leads."""


class Crowded(Unreachable):
    """As many fetches as may run at once are running."""

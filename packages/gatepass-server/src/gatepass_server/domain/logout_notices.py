"""A program that is to hear of a log-out (OpenID Connect Back-Channel Logout 1.0)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutNotice:
    """One message to one program. Times are whole seconds since the epoch.

    Attributes:
        session_id: The ``sid`` that the program knows.
        user_id: The ``sub`` that it knows.
        created_at: When the session ended.
        next_at: When it is to be tried next, or when whoever claimed it is taken for lost.
        attempts: How often it was claimed.
    """

    id: str
    client_id: str
    session_id: str
    user_id: str
    created_at: int
    next_at: int
    attempts: int

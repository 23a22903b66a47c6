"""A device without a keyboard that waits to be let in (RFC 8628)."""

from dataclasses import dataclass, field

from gatepass_server.domain.grants import CodeTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """What a device asked for, and what a person decided. Times are whole seconds since the epoch.

    Attributes:
        digest: The SHA-256 digest of what the device holds.
        user_code_digest: A MAC over what the person types, under a key of the house.
        client_id: The program that runs on it.
        terms: What it asks for.
        address: The IP address that it asked from.
        created_at: When that was.
        expires_at: When it is too late.
        poll_interval: Seconds that it must leave between its questions.
        polled_at: When it asked last.
        decided_at: When a person decided.
        session_id: The sign-in in which they let it in; None where they refused.
        consumed_at: When it got its tokens.
    """

    digest: bytes = field(repr=False)
    user_code_digest: bytes = field(repr=False)
    client_id: str
    terms: CodeTerms
    address: str
    created_at: int
    expires_at: int
    poll_interval: int
    polled_at: int | None = None
    decided_at: int | None = None
    session_id: str | None = None
    consumed_at: int | None = None

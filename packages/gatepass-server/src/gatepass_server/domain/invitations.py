"""Invitations to register a program: initial access tokens (RFC 7591 section 3)."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One of them. Times are whole seconds since the epoch.

    Attributes:
        digest: The SHA-256 digest of its text.
        name: What the operator calls it.
        uses_left: How many programs may still be registered with it.
    """

    digest: bytes = field(repr=False)
    name: str
    created_at: int
    expires_at: int
    uses_left: int

    def is_good(self, now: int) -> bool:
        """Whether a program may be registered with it."""
        return self.uses_left > 0 and now < self.expires_at

"""The account of a person."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class User:
    """A person who can sign in. Times are whole seconds since the epoch.

    ``id`` is what the outside sees as ``public_id`` and ``sub``. ``email`` is as the person wrote it,
    ``email_key`` is what comparisons use (see ``domain.emails``).
    """

    id: str
    name: str
    email: str
    email_key: str
    password_hash: str = field(repr=False)
    is_admin: bool
    created_at: int
    disabled_at: int | None = None

    @property
    def is_enabled(self) -> bool:
        """Whether the account may sign in and be used."""
        return self.disabled_at is None

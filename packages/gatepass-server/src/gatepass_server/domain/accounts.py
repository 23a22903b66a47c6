"""The account of a person."""

from dataclasses import dataclass, field

NO_PASSWORD = ""
"""In the place of a hash: the account has no password, and its owner signs in through another house."""


@dataclass(frozen=True, slots=True)
class User:
    """A person who can sign in. Times are whole seconds since the epoch.

    ``id`` is what the outside sees as ``public_id`` and ``sub``. ``email`` is as the person wrote it,
    ``email_key`` is what comparisons use (see ``domain.emails``). ``email_verified`` says that somebody has proved to
    read what is sent there. ``updated_at`` is when what is told of the person last changed: name, e-mail, and whether
    that is verified (OpenID Connect Core section 5.1); 0 stands for ``created_at``. ``has_roles`` says that a role or
    a group was given to the account at some time: otherwise there is nothing to read (see ``accounts.entitlements``).
    ``password_hash`` is ``NO_PASSWORD`` for who has none.
    """

    id: str
    name: str
    email: str
    email_key: str
    password_hash: str = field(repr=False)
    is_admin: bool
    created_at: int
    disabled_at: int | None = None
    email_verified: bool = False
    updated_at: int = 0
    has_roles: bool = False

    def __post_init__(self) -> None:
        """An account that nobody has changed is as old as its facts; tables made before the column say 0."""
        if not self.updated_at:
            object.__setattr__(self, "updated_at", self.created_at)

    @property
    def is_enabled(self) -> bool:
        """Whether the account may sign in and be used."""
        return self.disabled_at is None

    @property
    def has_password(self) -> bool:
        """Whether its owner can sign in with a password."""
        return self.password_hash != NO_PASSWORD

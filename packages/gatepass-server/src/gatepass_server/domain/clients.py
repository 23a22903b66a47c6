"""Programs that the server knows by a secret of their own."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One program (RFC 6749 section 2). ``created_at`` is in whole seconds since the epoch.

    Attributes:
        id: Its ``client_id``.
        name: What people call it.
        secret_digest: A MAC over its secret, under a key of the house.
        created_at: When the operator made it.
    """

    id: str
    name: str
    secret_digest: bytes = field(repr=False)
    created_at: int

"""What is written into the audit log: the closed list of events, and the rows that make a chain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class EventKind(StrEnum):
    """Everything that the log can tell. Names are only ever added."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    USERS_IMPORTED = "users.imported"
    PROFILE_CHANGED = "profile.changed"
    ROLE_CHANGED = "role.changed"
    """An account became an admin's, or no longer is; what follows is about the roles that programs read."""
    ROLE_CREATED = "role.created"
    ROLE_EDITED = "role.edited"
    ROLE_DELETED = "role.deleted"
    ROLE_GRANTED = "role.granted"
    ROLE_REVOKED = "role.revoked"
    GROUP_CREATED = "group.created"
    GROUP_EDITED = "group.edited"
    GROUP_DELETED = "group.deleted"
    GROUP_JOINED = "group.joined"
    GROUP_LEFT = "group.left"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - the name of an event
    PASSWORD_CHANGE_FAILED = "password_change.failed"  # noqa: S105 - the name of an event

    LOG_IN_SUCCEEDED = "log_in.succeeded"
    LOG_IN_FAILED = "log_in.failed"
    ATTEMPTS_LIMITED = "attempts.limited"
    REFRESH_REPLAYED = "refresh.replayed"
    SESSION_ENDED = "session.ended"
    SESSIONS_ENDED = "sessions.ended"
    TOKEN_ISSUED = "token.issued"  # noqa: S105 - the name of an event

    IDENTITY_LINKED = "identity.linked"
    IDENTITY_REMOVED = "identity.removed"
    IDENTITY_ROLES_CHANGED = "identity.roles_changed"
    IDENTITY_REFUSED = "identity.refused"
    """Somebody has proved who they are elsewhere, and was not let in."""

    LOG_OUT_NOTICE_GIVEN_UP = "log_out_notice.given_up"

    INVITATION_CREATED = "invitation.created"
    INVITATION_TAKEN_BACK = "invitation.taken_back"
    CLIENT_CREATED = "client.created"
    CLIENT_CHANGED = "client.changed"
    CLIENT_DELETED = "client.deleted"

    CONSENT_GIVEN = "consent.given"
    CONSENT_TAKEN_BACK = "consent.taken_back"
    GRANT_ISSUED = "grant.issued"
    CODE_REPLAYED = "code.replayed"
    DEVICE_DECIDED = "device.decided"
    TOKEN_EXCHANGED = "token.exchanged"  # noqa: S105 - the name of an event
    CLIENT_TOKENS_REVOKED = "client_tokens.revoked"

    KEY_CREATED = "key.created"
    KEY_IMPORTED = "key.imported"
    KEY_ROTATED = "key.rotated"
    KEY_RETIRED = "key.retired"
    SECRETS_RESEALED = "secrets.resealed"


ANONYMOUS = "anonymous"
"""The actor of what somebody did who had not proved who they are."""

OPERATOR = "operator"
"""The actor of what was done at the terminal of the server."""

SYSTEM = "system"
"""The actor of what the server did by itself."""


def user_actor(user_id: str) -> str:
    """The actor of what a user did. Ids may be chosen at an import, so none can be taken for the three above."""
    return f"user:{user_id}"


def client_actor(client_id: str) -> str:
    """The actor of what a program did for itself, or with what a person granted it."""
    return f"client:{client_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who administers, as the audit log has it.

    Attributes:
        name: ``operator``, ``user:ID`` or ``client:ID``.
        address: The IP address, empty at the terminal.
        request_id: The id of the request, empty at the terminal.
    """

    name: str
    address: str = ""
    request_id: str = ""


AT_TERMINAL = Actor(name=OPERATOR)
"""Whoever types commands on the server. They can mend anything, so nothing is refused to protect them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """Something that happened.

    Attributes:
        at: When, in seconds since the epoch.
        actor: Who did it: ``user:ID``, ``client:ID``, ``operator``, ``anonymous`` or ``system``.
        user_id: Whose account it concerns.
        session_id: Which session it concerns.
        address: The IP address that it came from, empty where there was none.
        request_id: The id of the request, as the log lines and the answer have it.
        details: What else is worth knowing, as texts by name. Never a secret.
    """

    at: int
    kind: EventKind
    actor: str
    user_id: str | None = None
    session_id: str | None = None
    address: str = ""
    request_id: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An event as the store has it, which somebody may have tampered with: nothing is read into it.

    Attributes:
        position: 1, 2, 3 and so on, without a gap.
        details: a JSON object of texts.
        mac: binds the row to all rows before it.
    """

    position: int
    at: int
    kind: str
    actor: str
    user_id: str | None
    session_id: str | None
    address: str
    request_id: str
    details: str
    mac: bytes


@dataclass(frozen=True, slots=True)
class ChainLink:
    """A place of the chain: a position, and the MAC of the row there. Position 0 comes before the first row."""

    position: int
    mac: bytes


GENESIS = ChainLink(0, bytes(32))
"""What the first row of all is bound to."""


@dataclass(frozen=True, slots=True)
class ChainStart:
    """Where the chain starts since older rows were deleted: the last link that went, and the proof that it was one."""

    last_deleted: ChainLink
    seal: bytes

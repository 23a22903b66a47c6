"""An authorization request that waits for a person: its parameters, and the steps that were done for it."""

from dataclasses import dataclass, field

import msgspec


class Steps(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person did for a flow. Each names the session in which it was done, so that it counts for no other.

    Attributes:
        authenticated: The session that was signed in to, or authenticated again, in this flow.
        selected: The session that was chosen in this flow.
        consented: The session whose owner consented.
        scope: What they consented to, where they left something out.
        denied: Whether they refused.
        created: Whether an account was made in this flow.
    """

    authenticated: str = ""
    selected: str = ""
    consented: str = ""
    scope: str = ""
    denied: bool = False
    created: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One authorization request that waits. Times are whole seconds since the epoch.

    Attributes:
        digest: The SHA-256 digest of its handle.
        client_id: Whose request it is.
        parameters: Those in effect: of the query, of the pushed request or of the request object.
        steps: What was done for it.
        finished_at: When its answer was sent.
    """

    digest: bytes = field(repr=False)
    client_id: str
    parameters: dict[str, str]
    steps: Steps
    created_at: int
    expires_at: int
    finished_at: int | None = None

"""Who acts for whom (RFC 8693 section 4)."""

from collections.abc import Mapping
from typing import Any

from gatepass_server.protocol.errors import InvalidRequest

MOST_ACTORS = 4
"""Programs and people that may act one for the other: each makes the token longer, and the trail harder to read."""


def acting(actor: str, subject: Mapping[str, Any]) -> dict[str, Any]:
    """The claim ``act`` of a token in which ``actor`` acts for the subject of another (section 4.1).

    Args:
        actor: the ``sub`` of who acts.
        subject: the claims of the token that they act with; who acted before stands within.

    Raises:
        InvalidRequest: too many act one for the other.
    """
    before = subject.get("act")
    act: dict[str, Any] = {"sub": actor} if before is None else {"sub": actor, "act": before}
    if _depth(act) > MOST_ACTORS:
        raise InvalidRequest(f"No more than {MOST_ACTORS} may act one for the other.")
    return act


def _depth(act: object) -> int:
    return 1 + _depth(act.get("act")) if isinstance(act, dict) else 0


def check_may_act(actor: str, client_id: str, subject: Mapping[str, Any], *, issuer: str) -> None:
    """Hold an exchange to what the subject's token says of who may act with it (section 4.4), if it says so.

    Raises:
        InvalidRequest: somebody else may, or what it says is not understood.
    """
    allowed = subject.get("may_act")
    if allowed is None:
        return
    known = {"sub": actor, "client_id": client_id, "iss": issuer}
    if (
        not isinstance(allowed, dict)
        or not allowed
        or any(known.get(name) != allowed[name] for name in allowed)
    ):
        raise InvalidRequest(
            "The subject_token names another who may act with it (may_act).", reason=f"may_act is not {actor}"
        )

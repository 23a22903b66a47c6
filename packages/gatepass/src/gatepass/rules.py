"""What a token must satisfy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepass.keys import ASYMMETRIC_ALGORITHMS
from gatepass.shared_secret import SECRET_ALGORITHMS

if TYPE_CHECKING:
    from collections.abc import Sequence

ACCESS_TOKEN_TYPES = ("at+jwt", "application/at+jwt")
"""The ``typ`` of an access token (RFC 9068 section 2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a token must satisfy.

    Attributes:
        issuer: The one accepted ``iss``, compared character by character.
        audiences: ``aud`` must name one of these.
        algorithms: The accepted ``alg`` values.
        types: The accepted ``typ`` values in lower case; ``None`` accepts any and none.
        leeway: Seconds by which ``exp`` and ``nbf`` may be missed.
    """

    issuer: str
    audiences: frozenset[str]
    algorithms: frozenset[str]
    types: frozenset[str] | None
    leeway: float


def make_rules(
    issuer: str,
    audience: str | Sequence[str],
    algorithms: Sequence[str] | None,
    leeway: float,
    types: Sequence[str] | None,
) -> Rules:
    """Make rules of a verifier's arguments.

    Raises:
        ValueError: One of them makes no sense, with one sentence that says why.
    """
    if not issuer:
        raise ValueError("A verifier needs an issuer: the exact iss of the tokens it accepts.")
    audiences = frozenset([audience] if isinstance(audience, str) else audience)
    if not audiences or not all(audiences):
        raise ValueError("A verifier needs an audience: what this program is called in aud.")
    allowed = frozenset(ASYMMETRIC_ALGORITHMS if algorithms is None else not_text(algorithms, "algorithms"))
    unknown = allowed.difference(ASYMMETRIC_ALGORITHMS, SECRET_ALGORITHMS)
    if unknown or not allowed:
        raise ValueError(
            f"algorithms must name supported ones, and names {', '.join(sorted(unknown)) or 'none'}."
        )
    if len({alg in SECRET_ALGORITHMS for alg in allowed}) == 2:
        raise ValueError("algorithms must not mix shared secrets (HS...) with public keys.")
    if not 0 <= leeway <= 3600:
        raise ValueError("leeway is a number of seconds between 0 and 3600.")
    if types is not None and not not_text(types, "types"):
        raise ValueError("types must name at least one; None accepts any.")
    return Rules(
        issuer=issuer,
        audiences=audiences,
        algorithms=allowed,
        types=None if types is None else frozenset(name.lower() for name in types),
        leeway=leeway,
    )


def not_text(values: Sequence[str], name: str) -> Sequence[str]:
    """Return a list of strings; one string, which is a sequence of strings too, is a ValueError."""
    if isinstance(values, str):
        raise ValueError(f"{name} is a list of strings, not one string.")  # noqa: TRY004 - a wrong value like the others
    return values

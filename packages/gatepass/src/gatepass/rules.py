"""What a token must satisfy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatepass.keys import ASYMMETRIC_ALGORITHMS
from gatepass.shared_secret import SECRET_ALGORITHMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        audience_claim: The claim that names the audience: ``aud``, but for issuers that leave it out.
        scope_claims: The claims whose words are scopes, each a string with blanks or a list of strings.
        required_claims: Claims that must have exactly this value, or one of these where a tuple is given.
        plain: Whether the last two are as they are without anything said.
    """

    issuer: str
    audiences: frozenset[str]
    algorithms: frozenset[str]
    types: frozenset[str] | None
    leeway: float
    audience_claim: str = "aud"
    scope_claims: tuple[str, ...] = ("scope",)
    required_claims: Mapping[str, Any] = field(default_factory=dict)
    plain: bool = field(init=False)

    def __post_init__(self) -> None:
        plain = self.scope_claims == ("scope",) and not self.required_claims
        object.__setattr__(self, "plain", plain)


def make_rules(
    issuer: str,
    audience: str | Sequence[str],
    *,
    algorithms: Sequence[str] | None = None,
    leeway: float = 0,
    types: Sequence[str] | None = ACCESS_TOKEN_TYPES,
    audience_claim: str = "aud",
    scope_claims: Sequence[str] = ("scope",),
    required_claims: Mapping[str, Any] | None = None,
) -> Rules:
    """Make rules of a verifier's arguments.

    Raises:
        ValueError: One of them makes no sense, with one sentence that says why.
    """
    if not _is_text(issuer):
        raise ValueError("A verifier needs an issuer: the exact iss of the tokens it accepts.")
    audiences = frozenset([audience] if isinstance(audience, (str, bytes)) else audience)
    if not audiences or not all(map(_is_text, audiences)):
        raise ValueError("A verifier needs an audience: what this program is called in aud.")
    allowed = frozenset(ASYMMETRIC_ALGORITHMS if algorithms is None else not_text(algorithms, "algorithms"))
    unknown = allowed.difference(ASYMMETRIC_ALGORITHMS, SECRET_ALGORITHMS)
    if unknown or not allowed:
        raise ValueError(
            f"algorithms must name supported ones, and names {', '.join(sorted(unknown)) or 'none'}."
        )
    if len({alg in SECRET_ALGORITHMS for alg in allowed}) == 2:
        raise ValueError("algorithms must not mix shared secrets (HS...) with public keys.")
    if not _is_number(leeway) or not 0 <= leeway <= 3600:
        raise ValueError("leeway is a number of seconds between 0 and 3600.")
    names = None if types is None else not_text(types, "types")
    if names is not None and not names:
        raise ValueError("types must name at least one; None accepts any.")
    return Rules(
        issuer=issuer,
        audiences=audiences,
        algorithms=allowed,
        types=None if names is None else frozenset(name.lower() for name in names),
        leeway=leeway,
        audience_claim=_claim_name(audience_claim),
        scope_claims=tuple(map(_claim_name, not_text(scope_claims, "scope_claims"))),
        required_claims=_exact(required_claims or {}),
    )


_JUDGED_ANYWAY = frozenset({"iss", "sub", "exp", "nbf", "iat"})


def _claim_name(name: object) -> str:
    if not isinstance(name, str) or not name or name in _JUDGED_ANYWAY:
        raise ValueError("audience_claim and scope_claims name claims that hold an audience or scopes.")
    return name


def _exact(required: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Every accepted value as a tuple; JSON's ``true`` and 1 are kept apart where they are compared."""
    exact: dict[str, tuple[Any, ...]] = {}
    for name, value in required.items():
        accepted = value if isinstance(value, tuple) else (value,)
        if (
            not _is_text(name)
            or not accepted
            or not all(isinstance(one, (str, bool, int)) for one in accepted)
        ):
            raise ValueError(
                "required_claims maps the name of a claim to the string, number or truth value it must have, or to "
                "a tuple of those it may have."
            )
        exact[name] = accepted
    return exact


def not_text(values: Sequence[str], name: str) -> Sequence[str]:
    """Return a list of strings; one string, which is a sequence of strings too, is a ValueError."""
    listed = () if isinstance(values, (str, bytes)) else tuple(values)
    if isinstance(values, (str, bytes)) or not all(map(_is_text, listed)):
        raise ValueError(f"{name} is a list of strings, not one string.")
    return listed


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)

"""What a route asks of the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepass.checks import CLOCK_TOLERANCE
from gatepass.errors import InsufficientAuthenticationError, quote
from gatepass.signer import join_scopes

if TYPE_CHECKING:
    from gatepass.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What a route asks of the caller, besides a good token.

    Attributes:
        scopes: What the token must grant, all of it.
        any_of: Scopes any one of which is enough; empty asks for none.
        acr_values: Authentication contexts any one of which is enough (RFC 9470 section 3); empty takes all.
        max_age: Seconds within which the user must have signed in (RFC 9470 section 3); ``None`` takes any.
        optional: Whether a request without a token is let in too, without a principal. One with a bad token never
            is: whoever presents a token wants to be known by it.

    Raises:
        ValueError: A scope or authentication context that cannot be one, or a negative ``max_age``.
    """

    scopes: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    acr_values: tuple[str, ...] = ()
    max_age: int | None = None
    optional: bool = False

    def __post_init__(self) -> None:
        # A single string is a sequence of strings as well: ("a b") would ask for one-letter scopes.
        for name in ("scopes", "any_of", "acr_values"):
            value = getattr(self, name)
            join_scopes(value)  # acr values are words of the same kind, parted by blanks
            object.__setattr__(self, name, tuple(value))
        if self.max_age is not None and (type(self.max_age) is not int or self.max_age < 0):
            raise ValueError("max_age is a whole number of seconds, 0 or more.")

    def apply(self, principal: Principal, now: float) -> None:
        """Judge a caller at ``now`` (seconds since the epoch).

        Raises:
            InsufficientScopeError: A scope is missing.
            InsufficientAuthenticationError: The sign-in was too weak or too long ago, or the token does not say.
        """
        if self.scopes:
            principal.require(self.scopes)
        if self.any_of:
            principal.require_any(self.any_of)
        if self.acr_values or self.max_age is not None:
            self._judge_sign_in(principal, now)

    def _judge_sign_in(self, principal: Principal, now: float) -> None:
        found = principal.authentication_context
        if self.acr_values and found not in self.acr_values:
            raise self._too_weak(f"acr is {quote(found)}")
        signed_in = principal.authenticated_at
        # The claim stands alone on its side of each comparison: adding to a huge integer would overflow.
        if self.max_age is not None and not (
            signed_in is not None and now - self.max_age <= signed_in <= now + CLOCK_TOLERANCE
        ):
            raise self._too_weak(f"auth_time is {quote(signed_in)}, now is {now:.0f}")

    def _too_weak(self, reason: str) -> InsufficientAuthenticationError:
        return InsufficientAuthenticationError(reason, acr_values=self.acr_values, max_age=self.max_age)

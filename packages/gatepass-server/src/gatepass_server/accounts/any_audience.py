"""Signed access tokens of the house, wherever they are good: only the house itself may ask so."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from gatepass import Principal, Verifier, jose
from gatepass.errors import InvalidClaimsError
from gatepass.forks import mend_after_forks

MAX_VERIFIERS = 64
"""Audiences whose verifiers are remembered; of more, the one that was longest out of use is made anew."""


class AnyAudience:
    """Checks signed access tokens of every audience, by a verifier for each.

    One that was made for the audience of a token is remembered once a token of it was proved: strangers cannot fill
    the memory.

    Args:
        make: makes the verifier for an audience.
        house: the house's own audience, of most tokens.
    """

    def __init__(self, make: Callable[[str], Verifier], *, house: str) -> None:
        self._make = make
        self._house = house
        self._of_house = make(house)
        self._known: OrderedDict[str, Verifier] = OrderedDict()
        self.after_fork()
        mend_after_forks(self)

    def after_fork(self) -> None:
        """Go on in a child, where nobody holds the lock."""
        self._lock = Lock()

    def verify(self, token: str) -> Principal:
        """See ``Verifier.verify``; but what a bound token is bound to need not be proved (RFC 9449 section 6.2).

        Whoever asks about a token that was presented elsewhere is told what it is bound to, and looks there.

        Raises:
            TokenError: it is no good access token of the house.
        """
        known = self._of_house.recalled(token)
        if known is not None:  # it was proved, and is for the house
            return self._of_house.verify(token, confirmed=known.claims.get("cnf"))
        said = jose.unproven_claims(token)
        audience, bound = _audience(said), said.get("cnf")
        confirmed = bound if isinstance(bound, dict) else None
        if self._house in audience:
            return self._of_house.verify(token, confirmed=confirmed)
        name = audience[0]
        with self._lock:
            of_name = self._known.get(name)
            if of_name is not None:
                self._known.move_to_end(name)
        verifier = of_name or self._make(name)
        principal = verifier.verify(token, confirmed=confirmed)
        if of_name is None:
            with self._lock:
                self._known[name] = verifier
                if len(self._known) > MAX_VERIFIERS:
                    self._known.popitem(last=False)
        return principal


def _audience(unproven: Mapping[str, Any]) -> list[str]:
    """What a token says of its audience: good for choosing who shall judge it, and no more."""
    said = unproven.get("aud")
    audience = [said] if isinstance(said, str) else said
    if (
        not isinstance(audience, list)
        or not audience
        or not all(one and isinstance(one, str) for one in audience)
    ):
        raise InvalidClaimsError("aud is neither a string nor a list of strings")
    return audience

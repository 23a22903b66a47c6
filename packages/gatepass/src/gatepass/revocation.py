"""Whether and how a verifier follows revocations."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Literal, Protocol

from gatepass.sources import FetchingKeySource
from gatepass.status import StatusFeed, StatusPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatepass.observer import Observer
    from gatepass.rules import Rules
    from gatepass.sources import KeySource
    from gatepass.status import StatusReference

_log = logging.getLogger("gatepass")


class Revocations(Protocol):
    """What a verifier asks about the status of its tokens."""

    def reference_of(self, claims: Mapping[str, Any]) -> StatusReference | None:
        """Where a token's status is told; ``None`` where it has none, or nobody follows it."""
        ...

    def due(self, reference: StatusReference) -> bool:
        """Tell, without blocking, whether :meth:`refresh` should run before :meth:`check`."""
        ...

    def refresh(self, reference: StatusReference) -> None:
        """Fetch the list; on failure keep what is there."""
        ...

    def check(self, reference: StatusReference) -> None:
        """Raise a TokenError where the token is revoked, or where that cannot be told."""
        ...


class NotFollowed:
    """Follows nothing.

    Args:
        quiet: Whether that was said in so many words; otherwise the first token that could be revoked is
            worth a warning.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def reference_of(self, claims: Mapping[str, Any]) -> StatusReference | None:
        """``None``, whatever the token says."""
        if not self._quiet and "status" in claims:
            self._quiet = True
            _log.warning(
                "tokens of %s can be revoked, and this verifier does not follow that: give it "
                "status=StatusPolicy() to follow revocations, or status=None to say that it need not",
                claims["iss"],
            )
        return None

    def due(self, reference: StatusReference) -> bool:  # noqa: ARG002 - the protocol's
        """Never."""
        return False

    def refresh(self, reference: StatusReference) -> None:
        """Nothing to fetch."""

    def check(self, reference: StatusReference) -> None:
        """Nothing to check."""


def following(
    policy: StatusPolicy | Literal["auto"] | None,
    rules: Rules,
    keys: KeySource,
    *,
    clock: Callable[[], float],
    observer: Observer,
) -> Revocations:
    """Choose how revocations are followed.

    Args:
        policy: As ``Verifier`` takes it: ``"auto"`` follows them where the keys are fetched too.
        rules: The issuer and the algorithms of its lists.
        keys: What the lists are signed with.
        clock: Seconds since the epoch.
        observer: Is told of fetches.

    Raises:
        ValueError: ``policy`` is nothing of the kind.
    """
    if policy is None:
        return NotFollowed(quiet=True)
    if policy == "auto" and not isinstance(keys, FetchingKeySource):
        return NotFollowed(quiet=False)
    chosen: object = StatusPolicy() if policy == "auto" else policy
    if not isinstance(chosen, StatusPolicy):
        raise ValueError('status is "auto", None or a StatusPolicy.')  # noqa: TRY004 - a wrong value like the others
    return StatusFeed(
        chosen, issuer=rules.issuer, keys=keys, algorithms=rules.algorithms, clock=clock, observer=observer
    )

"""Reading the audit log."""

from collections.abc import Callable, Sequence

from gatepass_server.audit.chain import Chain
from gatepass_server.audit.log import CHAIN_KEY
from gatepass_server.audit.verify import Verdict, verify_chain
from gatepass_server.domain.audit import AuditRow, ChainLink, EventKind
from gatepass_server.store.ports import Store


def _silent(_done: int, _total: int) -> None:
    """Show no progress."""


class AuditTrail:
    """What the operator reads of the log."""

    def __init__(self, store: Store, house_secrets: Callable[[str], bytes]) -> None:
        self._store = store
        self._house_secrets = house_secrets

    def newest(
        self, *, limit: int, user_id: str | None = None, kind: EventKind | None = None
    ) -> Sequence[AuditRow]:
        """The last ``limit`` events, oldest first."""
        with self._store.read() as uow:
            return uow.audit_events.newest(limit=limit, user_id=user_id, kind=kind)

    def after(
        self, position: int, *, limit: int, user_id: str | None = None, kind: EventKind | None = None
    ) -> Sequence[AuditRow]:
        """Up to ``limit`` events past a position, oldest first.

        Positions are given out in the order of the commits: who has seen one will find none before it later.
        """
        with self._store.read() as uow:
            return uow.audit_events.page(after=position, limit=limit, user_id=user_id, kind=kind)

    def head(self) -> ChainLink:
        """The newest event's place, to be noted elsewhere; position 0 where there is none."""
        with self._store.read() as uow:
            return uow.audit_events.head()

    def verify(
        self, *, expect: ChainLink | None = None, progress: Callable[[int, int], None] = _silent
    ) -> Verdict:
        """Judge the whole log.

        Args:
            expect: a head that was noted before, and must still be part of the chain.
            progress: told how far it is.

        Raises:
            CannotUnseal: the key of the chain cannot be opened.
        """
        chain = Chain(self._house_secrets(CHAIN_KEY))
        return verify_chain(self._store, chain, expect=expect, progress=progress)

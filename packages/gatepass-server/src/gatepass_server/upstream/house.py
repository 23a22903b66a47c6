"""Everything that has to do with other houses, put together."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from gatepass_server.accounts.identities import Identities
from gatepass_server.accounts.stranger_keeping import StrangerKeeping
from gatepass_server.audit.log import AuditLog
from gatepass_server.crypto.sealing import Sealer
from gatepass_server.domain.accounts import User
from gatepass_server.domain.clock import Clock
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.outbound.client import Outbound
from gatepass_server.store.ports import Store
from gatepass_server.upstream.journey import Journey
from gatepass_server.upstream.log_outs import UpstreamLogOuts
from gatepass_server.upstream.providers import Providers


@dataclass(frozen=True, slots=True)
class Upstreams:
    """What web and cli call of it.

    Attributes:
        settings: of each house, by its name.
        journey: there and back.
        identities: of one's own account.
        log_outs: of which a house tells.
    """

    settings: Mapping[str, Upstream]
    journey: Journey
    identities: Identities
    log_outs: UpstreamLogOuts


def put_together(
    settings: Mapping[str, Upstream],
    outbound: Callable[[Upstream], Outbound],
    *,
    store: Store,
    keeping: StrangerKeeping,
    sealer: Sealer,
    clock: Clock,
    audit: AuditLog,
    base: str,
    usable_beside: Collection[str] = (),
    is_kept_elsewhere: Callable[[User], bool] = lambda _: False,
) -> Upstreams:
    """Put it together; nothing is fetched yet.

    ``usable_beside`` names what else lets people in whose identities are kept: a directory, which alone decides of the
    people for whom ``is_kept_elsewhere`` holds.

    Raises:
        OperatorError: a signing key cannot be used.
    """
    providers = Providers(settings, outbound, clock)

    def usable(user: User) -> Collection[str]:
        return usable_beside if is_kept_elsewhere(user) else {*providers.names, *usable_beside}

    return Upstreams(
        settings,
        Journey(store, providers, sealer, clock, base=base),
        Identities(store, keeping, clock, audit, usable=usable, is_kept_elsewhere=is_kept_elsewhere),
        UpstreamLogOuts(store, providers, clock, audit),
    )

"""What racing processes do to the revocation feed. Each returns the places that it got, as (list, place)."""

import threading
from typing import TYPE_CHECKING

from gatepass_server.status.places import Places
from gatepass_server.store.sql import SqlStore
from tests.support.samples import NOW

if TYPE_CHECKING:
    from gatepass_server.domain.sessions import StatusIndex

SESSION = 3600
EACH = 300
THREADS = 4
SIZE = 1024


def take_blocks(url: str, process: int) -> list[tuple[int, int]]:
    """Take blocks of several sizes of lists that are opened by whoever comes first, and soon full."""
    store = SqlStore(url)
    places = Places(store, lambda: float(NOW), session_ttl=SESSION, block=(1, 7, 16, 64)[process], size=SIZE)
    got: list[StatusIndex] = []

    def take() -> None:
        got.extend(places.take(expires_at=NOW + SESSION) for _ in range(EACH))

    threads = [threading.Thread(target=take) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    return [(place.list, place.index) for place in got]

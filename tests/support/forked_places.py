"""A program that gives out places before and after it forks: ``python -m tests.support.forked_places URL``."""

import os
import sys

from gatepass_server.status.places import Places
from gatepass_server.store.sql import SqlStore
from tests.support.samples import NOW

_EACH = 40


def _main(url: str) -> None:
    store = SqlStore(url)
    places = Places(store, lambda: float(NOW), session_ttl=3600)
    _give_out(places)
    store.close()
    child = os.fork()
    _give_out(places)
    store.close()
    if child and os.waitpid(child, 0)[1] != 0:
        raise RuntimeError("The child failed.")


def _give_out(places: Places) -> None:
    taken = [places.take(expires_at=NOW + 3600) for _ in range(_EACH)]
    sys.stdout.write("".join(f"{place.list}/{place.index}\n" for place in taken))
    sys.stdout.flush()


if __name__ == "__main__":
    _main(sys.argv[1])

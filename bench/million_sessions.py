"""The revocation feed with a million sessions, one in a hundred ended: what it costs server, wire and API."""

import logging
import time
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from bench.million_rows import LIST, SESSIONS, SIZE, fill, filled_postgres
from bench.report import note, show
from bench.server import data_folder, running
from gatepass import Signer, Verifier
from gatepass.status.inflate import GZIP, inflate
from gatepass.status.list_token import ListReader
from gatepass_server.bootstrap import Gatepass, open_for_service
from gatepass_server.domain.status_lists import StatusList
from gatepass_server.settings import load_settings
from gatepass_server.status.published_list import PublishedList, SignedList
from gatepass_server.status.reading import Reading
from gatepass_server.store.ports import Store
from gatepass_server.store.sql import SqlStore

_TOKENS = 100
_SAFE = range(SESSIONS, SIZE)
"""Places that no session has, so none of them is ended."""

_MIB = 2**20


def run(*, quick: bool) -> None:
    rounds = 3 if quick else 15
    logging.getLogger("gatepass").setLevel(
        logging.ERROR
    )  # the server goes before the verifiers that follow it
    with data_folder() as data:
        house = _house(data)
        try:
            seconds = fill(house.settings.database)
            signer = house.signer()
            note(f"{SESSIONS} sessions, 1 % ended, one list of {SIZE} places; {rounds} rounds; RS256")
            note(f"SQLite: filled in {seconds:.0f} s")
            listed = _serve_side(house.store, lambda: signer, "SQLite", rounds)
            _sizes(listed)
            _library_side(house, listed, rounds)
        finally:
            house.close()
        with running(data) as server:
            issuer = f"http://127.0.0.1:{server.port}"
            _checks(signer, issuer, rounds, count=300 if quick else 2000)
    with filled_postgres() as (url, seconds):
        note(f"PostgreSQL: filled in {seconds:.0f} s")
        store = SqlStore(url)
        try:
            _serve_side(store, lambda: signer, "PostgreSQL", rounds)
        finally:
            store.close()


def _house(data: Path) -> Gatepass:
    return open_for_service(
        load_settings(options={"data": data, "issuer": "http://127.0.0.1:8000"}, environ={})
    )


def _serve_side(store: Store, signer: Callable[[], Signer], name: str, rounds: int) -> SignedList:
    whole, on, signed = [], [], []
    for _ in range(rounds):
        reading = Reading(store, StatusList(LIST, SIZE))
        whole.append(_milliseconds(lambda: reading.read(time.time())))  # noqa: B023 - called at once
        on.append(_milliseconds(lambda: reading.read(time.time())))  # noqa: B023 - the same
        published = _published(store, signer)
        signed.append(_milliseconds(published.signed))
    show(f"{name}: read all ended sessions", whole, "ms")
    show(f"{name}: read on", on, "ms")
    show(f"{name}: build a list from scratch: read, pack, sign, gzip", signed, "ms")
    return _published(store, signer).signed()


def _published(store: Store, signer: Callable[[], Signer]) -> PublishedList:
    return PublishedList(
        Reading(store, StatusList(LIST, SIZE)),
        time.time,
        signer,
        uri=f"http://127.0.0.1:8000/status-lists/{LIST}",
        issuer="http://127.0.0.1:8000",
        ttl=10,
        age=1.0,
    )


def _sizes(listed: SignedList) -> None:
    show("the bits themselves", [SIZE / 8 / 1024], "KiB", digits=1)
    show("the signed list", [len(listed.token) / 1024], "KiB", digits=1)
    show("on the wire, as gzip", [len(listed.packed) / 1024], "KiB", digits=1)


def _library_side(house: Gatepass, listed: SignedList, rounds: int) -> None:
    if house.ring is None:
        raise RuntimeError("a house without a shared secret has a ring")
    reader = ListReader("http://127.0.0.1:8000", house.ring, frozenset({"RS256"}), 8 * _MIB)
    uri = f"http://127.0.0.1:8000/status-lists/{LIST}"

    def load() -> Any:
        return reader.read(inflate(listed.packed, GZIP, 4 * _MIB), uri, time.time())

    load()
    show("library: load a list: gunzip, verify, unpack", [_milliseconds(load) for _ in range(rounds)], "ms")
    tracemalloc.start()
    kept = load()
    current, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    show("library: memory that a list keeps", [current / 1024], "KiB", digits=1)
    show("library: memory while it is loaded, at most", [peak / 1024], "KiB", digits=1)


def _checks(signer: Signer, issuer: str, rounds: int, *, count: int) -> None:
    """Tokens name the running server, whose feed is fetched over HTTP and renewed meanwhile."""
    key_holder = Signer(signer._key, issuer=issuer, audience=issuer)  # noqa: SLF001 - the key has another issuer here
    tokens = [
        key_holder.issue(
            f"user-{number}",
            expires_in=3600,
            claims={
                "status": {"status_list": {"idx": _SAFE[number], "uri": f"{issuer}/status-lists/{LIST}"}}
            },
        )
        for number in range(_TOKENS)
    ]
    for what, cache_size in (("remembered", 4096), ("cold", 0)):
        with_feed = Verifier(issuer, audience=issuer, cache_size=cache_size)
        without = Verifier(issuer, audience=issuer, cache_size=cache_size, status=None)
        for verifier in (with_feed, without):
            for token in tokens:
                verifier.verify(token)
        pairs = [(_check(with_feed, tokens, count), _check(without, tokens, count)) for _ in range(rounds)]
        show(f"check of a {what} token, with the feed", [one for one, _ in pairs], "µs")
        show(f"check of a {what} token, without", [other for _, other in pairs], "µs")
        show(f"{what}: with : without", [one / other for one, other in pairs], digits=3)


def _check(verifier: Verifier, tokens: list[str], count: int) -> float:
    """Microseconds of CPU time of one check: the least of a few, so that what the background does stays out."""
    return min(_turn(verifier, cycle(tokens), count) for _ in range(3))


def _turn(verifier: Verifier, tokens: Iterator[str], count: int) -> float:
    verify = verifier.verify
    begun = time.thread_time()
    for _ in range(count):
        verify(next(tokens))
    return (time.thread_time() - begun) / count * 1e6


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000

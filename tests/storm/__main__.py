"""``make storm``: race and kill real servers while tokens are refreshed, on SQLite and on PostgreSQL.

``make storm ARGS="--rounds 20 --kills 4 --seed 7"`` does less, or otherwise.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.storm.houses import PROCESSES, House, on_postgresql, on_sqlite
from tests.storm.kills import kill_in_storms
from tests.storm.races import WINDOW, race
from tests.storm.tabs import TABS
from tests.support.databases import new_database
from tests.support.postgres import running_postgres
from tests.support.server import sign_up

_PLACES = {
    "sqlite": "SQLite, one server of {} workers",
    "postgresql": "PostgreSQL, two servers with a worker for each core",
}


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def _house(database: str, settings: dict[str, str]) -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="gatepass-storm-") as name:
        if database == "sqlite":
            with on_sqlite(Path(name), **settings) as house:
                yield house
            return
        with (
            running_postgres() as server,
            new_database(server) as url,
            on_postgresql(Path(name), url, **settings) as house,
        ):
            yield house


def _storm(database: str, options: argparse.Namespace) -> None:
    settings = {"refresh_reuse_window": str(WINDOW), "log_level": "warning"}
    say(f"{_PLACES[database].format(PROCESSES)}, seed {options.seed}:")
    with _house(database, settings) as house:
        assert sign_up(house.servers[0].url).status_code == 201
        if options.rounds:
            began = time.perf_counter()
            tally = asyncio.run(race(house, options.rounds, options.seed))
            say(
                f"  {options.rounds} rounds, in each {TABS} tabs until a thief comes and {TABS} with log-outs in "
                f"between, {time.perf_counter() - began:.0f} s:"
            )
            say("".join(f"    {line}\n" for line in tally.lines()).rstrip())
        if options.kills:
            began = time.perf_counter()
            found = asyncio.run(kill_in_storms(house, options.kills, options.seed))
            say(f"  kill -9 in a storm of refreshes, {time.perf_counter() - began:.0f} s:")
            say("".join(f"    {line}\n" for line in found.lines()).rstrip())


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="make storm",
        description="Refresh tokens from many tabs at once, log out meanwhile, steal, and kill servers.",
    )
    parser.add_argument("--rounds", type=int, default=200, help="races on each database (200)")
    parser.add_argument("--kills", type=int, default=20, help="kill -9 on each database (20)")
    parser.add_argument("--seed", type=int, default=20_260_921, help="of the first round; each round adds 1")
    parser.add_argument("--database", choices=sorted(_PLACES), action="append", help="one alone")
    options = parser.parse_args()
    for database in options.database or _PLACES:
        _storm(database, options)
    say("Every law held.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

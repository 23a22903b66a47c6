"""Refresh among many tabs, log-outs, thieves and ``kill -9``, over HTTP with real processes.

``make storm`` does the same for longer.
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.storm.houses import House, on_postgresql, on_sqlite
from tests.storm.kills import CLIENTS, kill_in_storms
from tests.storm.races import WINDOW, race
from tests.storm.tabs import TABS
from tests.support.databases import new_database
from tests.support.server import sign_up

ROUNDS = 2
KILLS = 2
SEED = 1


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One server of four workers on SQLite, or two servers on PostgreSQL."""
    settings = {"refresh_reuse_window": str(WINDOW)}
    folder = tmp_path_factory.mktemp("storm")
    with ExitStack() as stack:
        if request.param == "sqlite":
            house = stack.enter_context(on_sqlite(folder, **settings))
        else:
            url = stack.enter_context(new_database(request.getfixturevalue("postgres_server")))
            house = stack.enter_context(on_postgresql(folder, url, **settings))
        assert sign_up(house.servers[0].url).status_code == 201
        yield house


@pytest.mark.compliance("RFC 9700", "4.14.2", "a refresh token is spent once, and a replay ends its family")
def test_no_tab_is_logged_out_no_log_out_is_outlived_and_no_thief_gets_away(house: House) -> None:
    tally = asyncio.run(race(house, ROUNDS, SEED))
    assert set(tally.successors) <= {0, 1}, "0 where a log-out came before all refreshes"
    assert tally.successors[1] >= 3 * ROUNDS
    assert tally.killed_by == {"past the window": ROUNDS // 2, "two generations back": ROUNDS // 2}
    assert tally.working_tabs == ROUNDS * TABS
    assert tally.log_outs.total() == 3 * ROUNDS
    assert tally.refused > 0, "no log-out fell among the refreshes"
    assert tally.thrown_away.total() == tally.retries == 4 * ROUNDS * (TABS // 3)


def test_no_token_is_accepted_twice_and_no_acknowledged_one_is_lost_when_servers_are_killed(
    house: House,
) -> None:
    tally = asyncio.run(kill_in_storms(house, KILLS, SEED))
    assert tally.kills.total() == KILLS
    assert tally.cut_off > 0, "no request was under way when a server was killed"
    assert tally.successors == {1: tally.refreshes + CLIENTS}
    assert tally.chains == tally.replays_refused == CLIENTS

"""What an earlier version has written is still good after the tables have grown."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, MetaData, create_engine

from gatepass_server.crypto.handles import digest
from gatepass_server.store.sql import schema
from gatepass_server.store.sql.migrations import run
from gatepass_server.store.sql.urls import parse_url
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, House, cheap_settings

DAY = 86_400
TOKEN = "gp_rt_" + "o" * 43  # of the first form, without a dot
SPENT = "gp_rt_" + "s" * 43


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Tables as the first version made them."""
    engine = create_engine(parse_url(database_url))
    with engine.begin() as connection:
        config = run._config(str(Path(run.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    yield engine
    engine.dispose()


def fill(engine: Engine, now: int) -> None:
    """A user with one session that lives, one that was ended, and tokens of both."""
    tables = MetaData()
    tables.reflect(engine)
    names = {name.removeprefix("gatepass_"): table for name, table in tables.tables.items()}
    session = {
        "user_id": "u1",
        "client_id": "gatepass",
        "scope": "account",
        "methods": "pwd",
        "authenticated_at": now - DAY,
        "created_at": now - DAY,
        "expires_at": now + 30 * DAY,
        "address": "192.0.2.1",
        "device": "curl/8",
    }
    token = {"created_at": now - DAY, "expires_at": now + 7 * DAY}
    with engine.begin() as connection:
        connection.execute(
            names["users"].insert(),
            {
                "id": "u1",
                "name": "Ann",
                "email": EMAIL,
                "email_key": EMAIL,
                "password_hash": "x",
                "is_admin": False,
                "created_at": now - DAY,
            },
        )
        connection.execute(
            names["sessions"].insert(),
            [{"id": "live", "ended_at": None, **session}, {"id": "ended", "ended_at": now - 60, **session}],
        )
        connection.execute(
            names["refresh_tokens"].insert(),
            [
                {
                    "digest": digest(SPENT),
                    "session_id": "live",
                    "generation": 0,
                    "consumed_at": now - 60,
                    **token,
                },
                {
                    "digest": digest(TOKEN),
                    "session_id": "live",
                    "generation": 1,
                    "consumed_at": None,
                    **token,
                },
            ],
        )


def test_refresh_tokens_of_the_first_form_are_rotated_and_their_replay_ends_the_session(
    database_url: str, engine: Engine, clock: FakeClock, tmp_path: Path
) -> None:
    fill(engine, int(clock()))
    schema.upgrade(database_url)
    house = House(cheap_settings(database_url, tmp_path / "data"), clock)
    assert house.refresh(SPENT).status_code == 400
    pair = house.refresh(TOKEN).get_json()
    assert house.get("/me", pair["token"]).get_json()["public_id"] == "u1"
    assert house.refresh(TOKEN).get_json()["refresh_token"] == pair["refresh_token"]
    clock.advance(60)
    assert house.refresh(TOKEN).status_code == 400
    assert house.get("/me", pair["token"]).status_code == 401
    house.gatepass.close()


def test_sessions_keep_their_ends(
    database_url: str, engine: Engine, clock: FakeClock, tmp_path: Path
) -> None:
    now = int(clock())
    fill(engine, now)
    schema.upgrade(database_url)
    house = House(cheap_settings(database_url, tmp_path / "data"), clock)
    with house.gatepass.store.read() as uow:
        live, ended = uow.sessions.with_user("live"), uow.sessions.with_user("ended")
    house.gatepass.close()
    assert live is not None
    assert ended is not None
    assert (live.session.last_seen_at, live.session.idle_expires_at) == (now - DAY, now + 30 * DAY)
    assert (ended.session.ended_at, ended.session.idle_expires_at) == (now - 60, now - 60)
    assert live.session.mode == "token"
    assert live.session.status is None


def test_a_session_of_before_there_was_a_feed_gets_a_place_in_it_with_its_next_token(
    database_url: str, engine: Engine, clock: FakeClock, tmp_path: Path
) -> None:
    """Else its tokens would go on at every API after a log-out, for as long as it lives."""
    fill(engine, int(clock()))
    schema.upgrade(database_url)
    house = House(cheap_settings(database_url, tmp_path / "data"), clock)
    first = house.refresh(TOKEN).get_json()
    again = house.refresh(TOKEN).get_json()
    second = house.refresh(first["refresh_token"]).get_json()
    places = [place_of(house, pair["token"]) for pair in (first, again, second)]
    assert places[0]["uri"].endswith("/status-lists/1")
    assert places == [places[0]] * 3
    house.client.post("/logout", json={"refresh_token": second["refresh_token"]})
    with house.gatepass.store.read() as uow:
        assert uow.status_lists.ended(1, since=None) == [places[0]["idx"]]
    house.gatepass.close()


def place_of(house: House, token: str) -> dict[str, Any]:
    return dict(house.gatepass.verifier.verify(token).claims["status"]["status_list"])

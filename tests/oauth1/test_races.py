"""Fifty requests at once, on both databases: one wins."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from werkzeug.test import TestResponse

from tests.oauth1.test_approval import OUT_OF_BAND, code_on, replace_client
from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings
from tests.support.old_program import OldProgram, credentials_in, problem
from tests.support.relying_party import sign_in

RACERS = 50
RFC = "RFC 5849"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def house(ready_database_url: str, clock: FakeClock, tmp_path: Path) -> Iterator[House]:
    """On either database."""
    settings = cheap_settings(ready_database_url, tmp_path / "data", auto_upgrade=False, oauth1=True)
    house = House(settings, clock)
    sign_in(house)
    yield house
    house.gatepass.close()


def at_once(program: OldProgram, send: Callable[[OldProgram], TestResponse]) -> Counter[tuple[int, str]]:
    """Each in a thread of its own; how they were answered, but for those that were too many for the database."""
    barrier = Barrier(RACERS, timeout=60)

    def run(_: int) -> TestResponse:
        own = replace(program, house=replace_client(program.house))
        barrier.wait()
        return send(own)

    with ThreadPoolExecutor(RACERS) as pool:
        answers = list(pool.map(run, range(RACERS)))
    won = [answer for answer in answers if answer.status_code == 200]
    told = Counter(problem(answer) for answer in answers if answer.status_code not in {200, 503})
    told[200, ""] = len(won)
    return told


@pytest.mark.compliance(RFC, "2.3", "of racing exchanges of the same temporary credentials one wins")
def test_one_of_fifty_racing_exchanges_wins(house: House) -> None:
    program = OldProgram.of(house)
    temporary = program.initiate()
    verifier = program.verifier(temporary)
    won = []

    def exchange(own: OldProgram) -> TestResponse:
        answer = own.exchange(temporary, verifier)
        if answer.status_code == 200:
            won.append(credentials_in(answer))
        return answer

    told = at_once(program, exchange)
    assert told[200, ""] == 1, told
    assert set(told) == {(200, ""), (401, "token_rejected")}
    assert program.call("GET", "/oauth1/userinfo", won[0]).status_code == 200


@pytest.mark.compliance(RFC, "3.3", "of racing replays one is taken")
def test_one_of_fifty_racing_replays_is_taken(house: House) -> None:
    program = OldProgram.of(house)
    credentials = program.credentials()
    own = program.signed("GET", "/oauth1/userinfo", credentials)
    told = at_once(program, lambda one: one.send("GET", "/oauth1/userinfo", own))
    assert told[200, ""] == 1, told
    assert set(told) == {(200, ""), (401, "nonce_used")}


@pytest.mark.compliance(RFC, "4.9", "racing guesses of a verifier pass no limit together")
def test_fifty_racing_guesses_use_the_credentials_up(house: House) -> None:
    program = OldProgram.of(house, OUT_OF_BAND)
    temporary = program.initiate("oob")
    verifier = code_on(program.visit(temporary).text)
    told = at_once(program, lambda one: one.exchange(temporary, "BBBB-BBBB"))
    assert set(told) == {(200, ""), (401, "token_rejected")}
    assert told[200, ""] == 0
    assert problem(program.exchange(temporary, verifier)) == (401, "token_rejected")

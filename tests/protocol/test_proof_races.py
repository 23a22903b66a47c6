"""What is good once is good once, however many processes are asked at the same moment."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from gatepass_server.web.cookies import SessionCookie
from tests.support import proof_races
from tests.support.house import House
from tests.support.processes import Processes, processes
from tests.support.proving import KeyedParty, keyed, with_keys

ROUNDS = 10
COUNT = 3


@pytest.fixture(scope="module")
def crowd() -> Iterator[Processes]:
    with processes(COUNT) as started:
        yield started


def cookie_of(house: House) -> str:
    name = SessionCookie(house.gatepass.settings.public_issuer).name
    found = house.client.get_cookie(name)
    assert found is not None
    return f"{name}={found.value}"


def winners(won: list[list[int]]) -> list[int]:
    return sorted(number for one in won for number in one)


@pytest.mark.advisory("mosip/esignet#2418 (eSignet: the jti of an assertion was never looked at)")
@pytest.mark.compliance("RFC 7523", "3", "an assertion is good once (jti)")
def test_of_racing_processes_one_takes_an_assertion(
    house: House, crowd: Processes, ready_database_url: str, tmp_path: Path
) -> None:
    bank = keyed(house)
    assertions = [bank.assertion() for _ in range(ROUNDS)]
    argument = proof_races.told(ready_database_url, tmp_path / "data", "", assertions)
    assert winners(crowd.race(proof_races.present_assertions, argument)) == list(range(ROUNDS))


@pytest.mark.compliance("RFC 9126", "4", "a request_uri is good for one code")
def test_of_racing_browsers_one_gets_a_code_for_a_pushed_request(
    house: House, crowd: Processes, ready_database_url: str, tmp_path: Path
) -> None:
    bank = keyed(house, with_keys(trusted=True))
    addresses = [
        f"/oauth2/authorize?{urlencode({'client_id': bank.id, 'request_uri': bank.pushed()})}"
        for _ in range(ROUNDS)
    ]
    argument = proof_races.told(ready_database_url, tmp_path / "data", cookie_of(house), addresses)
    assert winners(crowd.race(proof_races.bring_requests, argument)) == list(range(ROUNDS))


@pytest.mark.compliance("RFC 9449", "11.1", "a proof is good once at the token endpoint")
def test_of_racing_processes_one_takes_a_proof(
    house: House, crowd: Processes, ready_database_url: str, tmp_path: Path
) -> None:
    bank = keyed(house)
    metadata = with_keys(
        token_endpoint_auth_method="none",
        grant_types=("authorization_code", "refresh_token"),
    )
    public, _ = house.gatepass.clients.create("Phone", metadata)
    proofs = [f"{public.id} {KeyedParty.prove(replace(bank, client=public))}" for _ in range(ROUNDS)]
    argument = proof_races.told(ready_database_url, tmp_path / "data", "", proofs)
    assert winners(crowd.race(proof_races.present_proofs, argument)) == list(range(ROUNDS))

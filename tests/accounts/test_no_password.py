"""Accounts without a password: whoever tries one finds what they would find where there is no account."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.domain.accounts import NO_PASSWORD
from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings
from tests.support.samples import sample_user


@pytest.fixture(params=[False, True], ids=["usual answers", "telling answers"])
def house(
    sqlite_url: str, tmp_path: Path, clock: FakeClock, request: pytest.FixtureRequest
) -> Iterator[House]:
    settings = cheap_settings(sqlite_url, tmp_path / "data", article_answers=request.param)
    house = House(settings, clock)
    with house.gatepass.store.write() as uow:
        uow.users.add(replace(sample_user("u1", "ann@example.com"), password_hash=NO_PASSWORD))
    yield house
    house.gatepass.close()


@pytest.mark.parametrize("password", ["one fine long password", "", NO_PASSWORD, "*", "!"])
def test_it_is_answered_and_paid_for_like_one_that_is_not_there(
    house: House, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    verify_unknown = PasswordHasher.verify_unknown

    def counted(hasher: PasswordHasher, text: str) -> object:
        tried.append(text)
        return verify_unknown(hasher, text)

    monkeypatch.setattr(PasswordHasher, "verify_unknown", counted)
    here = house.try_log_in("ann@example.com", password)
    there = house.try_log_in("nobody@example.com", password)
    assert (here.status_code, here.text) == (there.status_code, there.text)
    assert {k: v for k, v in here.headers if k != "X-Request-Id"} == {
        k: v for k, v in there.headers if k != "X-Request-Id"
    }
    assert tried[: len(tried) // 2] == tried[len(tried) // 2 :]

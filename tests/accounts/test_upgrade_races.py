"""Log-ins of one account at the same moment, when its hash is one that a log-in replaces."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, get_ident

import pytest

from gatepass_server.crypto.passwords import PasswordHasher, Verdict
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, PASSWORD, House, cheap_settings

TOGETHER = 2


@pytest.fixture
def house(ready_database_url: str, tmp_path: Path, clock: FakeClock) -> Iterator[House]:
    """A house whose only account has a hash with other parameters than new ones."""
    data = tmp_path / "data"
    earlier = House(cheap_settings(ready_database_url, data), clock)
    assert earlier.sign_up().status_code == 201
    earlier.gatepass.close()
    house = House(cheap_settings(ready_database_url, data, argon2_memory_kib=96), clock)
    yield house
    house.gatepass.close()


def log_in_together(house: House) -> list[int]:
    def log_in(_: int) -> int:
        body = {"email": EMAIL, "password": PASSWORD}
        return house.app.test_client().post("/login", json=body).status_code

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(log_in, range(TOGETHER)))


def test_every_one_that_has_the_right_password_is_let_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = PasswordHasher.verify
    barrier = Barrier(TOGETHER)
    seen: set[int] = set()

    def together(self: PasswordHasher, stored: str, password: str) -> Verdict:
        """Both find the password right before either replaces the hash."""
        verdict = verify(self, stored, password)
        if get_ident() not in seen:
            seen.add(get_ident())
            barrier.wait(timeout=30)
        return verdict

    monkeypatch.setattr(PasswordHasher, "verify", together)
    monkeypatch.setattr(house.gatepass.log_in._check._gate, "_free", TOGETHER)
    assert log_in_together(house) == [201] * TOGETHER
    assert "m=96" in house.gatepass.administration.find(EMAIL).password_hash

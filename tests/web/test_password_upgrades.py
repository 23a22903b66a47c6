"""Old hashes are understood, and replaced at the next log-in."""

from collections.abc import Callable

import pytest
from werkzeug.security import generate_password_hash

from gatepass_server.domain.accounts import User
from gatepass_server.domain.errors import GatepassError
from tests.support.house import EMAIL, PASSWORD, House

NOW = 1_790_000_000


def add(house: House, password_hash: str) -> None:
    """An account that was imported."""
    user = User(
        id="u1",
        name="Ann",
        email=EMAIL,
        email_key=EMAIL,
        password_hash=password_hash,
        is_admin=False,
        created_at=NOW,
    )
    with house.gatepass.store.write() as uow:
        uow.users.add(user)


def stored(house: House) -> str:
    return house.gatepass.administration.find(EMAIL).password_hash


@pytest.mark.parametrize("method", ["scrypt:1024:8:1", "pbkdf2:sha256:1000"])
def test_an_imported_werkzeug_hash_is_upgraded_at_log_in(house: House, method: str) -> None:
    old = generate_password_hash(PASSWORD, method)
    add(house, old)
    assert house.try_log_in(password="quite another password").status_code == 403
    assert stored(house) == old
    assert house.try_log_in().status_code == 201
    new = stored(house)
    assert new.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert house.try_log_in().status_code == 201
    assert stored(house) == new


def test_changed_parameters_rehash_at_the_next_log_in(open_house: Callable[..., House]) -> None:
    old, new = open_house(), open_house(argon2_memory_kib=96, argon2_time_cost=2)
    old.sign_up()
    assert "m=64,t=1,p=1" in stored(old)
    assert new.try_log_in().status_code == 201
    assert "m=96,t=2,p=1" in stored(new)
    assert old.try_log_in().status_code == 201


@pytest.mark.parametrize(
    "broken", ["", "plain", "$argon2id$v=19$m=64,t=1,p=1$", "scrypt:0:8:1$a$b", "md5$a$b"]
)
def test_a_hash_that_cannot_be_read_lets_nobody_in(house: House, broken: str) -> None:
    try:
        add(house, broken)
    except GatepassError:
        return
    for password in (broken or PASSWORD, PASSWORD):
        assert house.try_log_in(password=password).status_code == 403

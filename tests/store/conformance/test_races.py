"""Of racing callers exactly one wins, and nothing is lost: threads and processes, each with its own connection."""

import threading
from collections.abc import Callable, Sequence

import pytest

from gatepass_server.domain.errors import Busy, EmailTaken
from gatepass_server.store.sql import SqlStore
from tests.support import races
from tests.support.databases import with_parameters
from tests.support.processes import Processes
from tests.support.samples import (
    NOW,
    sample_device_code,
    sample_family,
    sample_rotation,
    sample_session,
    sample_user,
)


def race_threads(url: str, count: int, act: Callable[[SqlStore, int], bool]) -> list[int]:
    """Let each of ``count`` threads act at once on a store of its own; the numbers of those that won."""
    barrier = threading.Barrier(count, timeout=60)
    won: list[int] = []
    failures: list[Exception] = []

    def run(number: int) -> None:
        store = SqlStore(url)
        try:
            barrier.wait()
            if act(store, number):
                won.append(number)
        except Exception as error:  # noqa: BLE001 - it is raised by the test below, not by the thread
            failures.append(error)
        finally:
            store.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return won


def test_fifty_racing_sign_ups_of_one_e_mail_make_one_account(
    store: SqlStore, ready_database_url: str
) -> None:
    def sign_up(own: SqlStore, number: int) -> bool:
        try:
            with own.write() as uow:
                uow.users.add(sample_user(f"u{number}", "ann@example.com"))
        except EmailTaken:
            return False
        return True

    won = race_threads(ready_database_url, 50, sign_up)
    with store.read() as uow:
        assert [f"u{number}" for number in won] == [user.id for user in uow.users.page(after=None, limit=99)]
    assert len(won) == 1


def test_one_of_twenty_racing_callers_spends_a_token(store: SqlStore, ready_database_url: str) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        uow.sessions.add(sample_session())
        uow.refresh_tokens.add(sample_family())

    def spend(own: SqlStore, number: int) -> bool:
        rotation = sample_rotation(successor=f"successor {number}")
        with own.write() as uow:
            return uow.refresh_tokens.rotate(rotation, now=NOW, idle=900).told()

    won = race_threads(ready_database_url, 20, spend)
    with store.read() as uow:
        family = uow.refresh_tokens.find(sample_family().family)
    assert family is not None
    assert [sample_rotation(successor=f"successor {number}").successor for number in won] == [family.digest]


def test_threads_that_share_a_store_wait_for_one_another(store: SqlStore) -> None:
    counts: list[int] = []

    def count() -> None:
        for _ in range(10):
            with store.write() as uow:
                counts.append(uow.throttles.hit("k", window=60, now=NOW).count)

    threads = [threading.Thread(target=count) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == list(range(1, 121))


def test_four_processes_make_one_account_of_each_e_mail(
    store: SqlStore, ready_database_url: str, four_processes: Processes
) -> None:
    won = four_processes.race(races.sign_up, ready_database_url)
    with store.read() as uow:
        assert len(uow.users.page(after=None, limit=1000)) == races.ROUNDS
    assert _all(won) == list(range(races.ROUNDS))


def test_four_processes_spend_each_token_once(
    store: SqlStore, ready_database_url: str, four_processes: Processes
) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        uow.sessions.add(sample_session())
        for number in range(races.ROUNDS):
            uow.refresh_tokens.add(sample_family(str(number)))
    assert _all(four_processes.race(races.spend, ready_database_url)) == list(range(races.ROUNDS))


def test_four_processes_spend_each_device_code_once(
    store: SqlStore, ready_database_url: str, four_processes: Processes
) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        uow.sessions.add(sample_session())
        for number in range(races.ROUNDS):
            code = sample_device_code(str(number))
            assert uow.device_codes.add(code)
            assert uow.device_codes.decide(code.user_code_digest, session_id="s1", now=NOW)
    won = four_processes.race(races.consume_device_codes, ready_database_url)
    assert _all(won) == list(range(races.ROUNDS))


def test_four_processes_count_exactly(ready_database_url: str, four_processes: Processes) -> None:
    counts = four_processes.race(races.count, ready_database_url)
    assert _all(counts) == list(range(1, 4 * races.ROUNDS + 1))


def test_four_processes_make_one_first_key(
    store: SqlStore, ready_database_url: str, four_processes: Processes
) -> None:
    assert _all(four_processes.race(races.make_first_key, ready_database_url)) == [0]
    with store.read() as uow:
        assert len(uow.signing_keys.all()) == 1


def test_a_lock_excludes_others_until_its_transaction_ends(store: SqlStore, ready_database_url: str) -> None:
    is_sqlite = ready_database_url.startswith("sqlite")
    patience = {} if is_sqlite else {"options": "-c lock_timeout=100ms"}
    impatient = SqlStore(with_parameters(ready_database_url, **patience), busy_timeout=0.1)
    with store.write() as holder:
        holder.lock("keys")
        with pytest.raises(Busy) as busy, impatient.write() as uow:
            uow.lock("keys")
    assert 1 <= busy.value.retry_after <= 5
    with impatient.write() as uow:
        uow.lock("keys")
    impatient.close()


def _all(of_each: Sequence[Sequence[int]]) -> list[int]:
    return sorted(number for numbers in of_each for number in numbers)


def test_who_ends_all_sessions_of_a_user_waits_for_another_and_holds_none_of_those_it_wants(
    store: SqlStore, ready_database_url: str
) -> None:
    """They are taken in the order of their ids, in whichever order they were kept."""
    with store.write() as uow:
        uow.users.add(sample_user())
        for name in ("s2", "s1"):
            uow.sessions.add(sample_session(name))
    ended: list[str] = []

    def end_all() -> None:
        other = SqlStore(ready_database_url)
        with other.write() as uow:
            ended.extend(uow.sessions.end_all_of("u1", NOW))
        other.close()

    waiting = threading.Thread(target=end_all)
    with store.write() as uow:
        assert uow.sessions.end("s1", NOW)
        waiting.start()
        waiting.join(timeout=0.5)
        assert waiting.is_alive()
        assert uow.sessions.end("s2", NOW)
    waiting.join(timeout=30)
    assert (waiting.is_alive(), ended) == (False, [])

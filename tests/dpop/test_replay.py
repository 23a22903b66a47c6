"""A proof is good for one request (RFC 9449 section 11.1)."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gatepass import InvalidProofError, Key, RevokedTokenError, StatusUnavailableError, UseNonceError
from gatepass.dpop import DPoP, MemoryReplay, Nonces
from tests.dpop import proofs
from tests.dpop.conftest import Prove
from tests.support.clock import FakeClock

ONCE = "a proof is not accepted a second time"


@pytest.mark.compliance("RFC 9449", "11.1", ONCE)
def test_a_proof_is_accepted_once(dpop: DPoP, prove: Prove) -> None:
    proof = prove()
    assert proofs.check(dpop, proof)
    with pytest.raises(InvalidProofError) as refused:
        proofs.check(dpop, proof)
    assert refused.value.reason == "it was used before"


@pytest.mark.compliance("RFC 9449", "11.1", ONCE)
def test_another_proof_with_the_same_jti_is_the_same_proof(
    dpop: DPoP, prove: Prove, clock: FakeClock
) -> None:
    assert proofs.check(dpop, prove(jti="x"))
    for again in (prove(jti="x"), prove(jti="x", iat=clock.now - 1), prove({"kid": "other"}, jti="x")):
        with pytest.raises(InvalidProofError):
            proofs.check(dpop, again)


@pytest.mark.compliance("RFC 9449", "11.1", ONCE)
@pytest.mark.parametrize("iat", [-60, -59, 0, 29, 30])
def test_a_proof_is_remembered_for_as_long_as_it_would_be_accepted(
    dpop: DPoP, prove: Prove, clock: FakeClock, iat: int
) -> None:
    """From the first second to the last one of its life, and whatever the second."""
    proof = prove(iat=clock.now + iat)
    assert proofs.check(dpop, proof)
    for _ in range(100):
        with pytest.raises(InvalidProofError):
            proofs.check(dpop, proof)
        clock.advance(1)


def test_with_nonces_a_proof_is_remembered_for_as_long_as_its_nonce(prove: Prove, clock: FakeClock) -> None:
    dpop = DPoP(max_age=None, nonces=Nonces("s" * 32, period=100), clock=clock)
    proof = prove(nonce=dpop.fresh_nonce())
    assert proofs.check(dpop, proof)
    for _ in range(250):
        with pytest.raises((InvalidProofError, UseNonceError)):
            proofs.check(dpop, proof)
        clock.advance(1)


def test_clients_do_not_spend_the_proofs_of_each_other(
    dpop: DPoP, key: Key, other_key: Key, clock: FakeClock
) -> None:
    for client in (key, other_key):
        proof = proofs.sign(client, proofs.good_header(client), proofs.good_claims(clock.now, jti="1"))
        assert proofs.check(dpop, proof) == client.thumbprint


def test_a_proof_that_is_refused_for_another_reason_takes_no_place(prove: Prove, clock: FakeClock) -> None:
    memory = MemoryReplay(clock=clock)
    dpop = DPoP(replay=memory, clock=clock)
    wrong = [prove(htm="PUT"), prove(ath="x"), prove(iat=0), prove(htu="https://a/"), prove()[:-3] + "AAA"]
    for proof in wrong:
        with pytest.raises(InvalidProofError):
            proofs.check(dpop, proof)
    assert len(memory) == 0
    assert proofs.check(dpop, prove())


def test_judging_takes_no_place_and_spending_does(prove: Prove, clock: FakeClock) -> None:
    memory = MemoryReplay(clock=clock)
    dpop = DPoP(replay=memory, clock=clock)
    proof = prove()
    first, second = (dpop.judge([proof], method="GET", url=proofs.URL, token=proofs.TOKEN) for _ in range(2))
    assert len(memory) == 0
    dpop.spend(first)
    assert len(memory) == 1
    with pytest.raises(InvalidProofError):
        dpop.spend(second)


def test_of_many_threads_with_one_proof_one_gets_in(prove: Prove, clock: FakeClock) -> None:
    threads = 16
    for number in range(20):
        dpop = DPoP(clock=clock)
        proof = prove(jti=f"proof-{number}")
        barrier = threading.Barrier(threads)

        def attempt(dpop: DPoP = dpop, proof: str = proof, barrier: threading.Barrier = barrier) -> bool:
            barrier.wait()
            try:
                return bool(proofs.check(dpop, proof))
            except InvalidProofError:
                return False

        with ThreadPoolExecutor(threads) as pool:
            won = [pool.submit(attempt) for _ in range(threads)]
        assert sum(attempted.result() for attempted in won) == 1


class SlowKey(str):
    """A key that lets other threads on whenever it is looked up, so that every gap between two steps shows."""

    __slots__ = ()

    def __hash__(self) -> int:
        time.sleep(0.001)
        return super().__hash__()


def test_looking_up_and_keeping_are_one_step(clock: FakeClock) -> None:
    memory = MemoryReplay(clock=clock)
    barrier = threading.Barrier(4)

    def attempt() -> bool:
        barrier.wait()
        return memory.remember(SlowKey("key"), clock.now + 60)

    with ThreadPoolExecutor(4) as pool:
        won = [pool.submit(attempt) for _ in range(4)]
    assert sum(attempted.result() for attempted in won) == 1


def test_a_memory_keeps_a_proof_to_the_last_second_and_no_longer(clock: FakeClock) -> None:
    memory = MemoryReplay(clock=clock)
    until = clock.now + 10
    assert memory.remember("key", until)
    clock.advance(10)
    assert not memory.remember("key", until + 10)
    clock.advance(0.5)
    assert memory.remember("key", until + 10)


def test_a_full_memory_refuses_rather_than_forgets(prove: Prove, clock: FakeClock) -> None:
    dpop = DPoP(replay=MemoryReplay(3, clock=clock), clock=clock)
    used = [prove(jti=str(number)) for number in range(3)]
    for proof in used:
        assert proofs.check(dpop, proof)
    with pytest.raises(StatusUnavailableError) as refused:
        proofs.check(dpop, prove(jti="one more"))
    assert 1 <= refused.value.retry_after <= 91
    for proof in used:
        with pytest.raises(InvalidProofError):
            proofs.check(dpop, proof)
    clock.advance(refused.value.retry_after + 1)
    assert proofs.check(dpop, prove(jti="one more"))


def test_a_memory_does_not_grow(clock: FakeClock) -> None:
    memory = MemoryReplay(50, clock=clock)
    for number in range(1000):
        assert memory.remember(f"key-{number}", clock.now + 40 + number % 7)
        clock.advance(1)
    assert len(memory) <= 50
    assert len(memory._ends) == len(memory)


def test_a_time_that_has_passed_is_not_remembered_and_so_refused(clock: FakeClock) -> None:
    memory = MemoryReplay(clock=clock)
    assert memory.remember("key", clock.now - 1) is False
    assert len(memory) == 0


class Answers:
    """A store that answers what it is told to."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, float]] = []

    def remember(self, key: str, until: float) -> bool:
        self.asked.append((key, until))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # type: ignore[no-any-return] # what a store written without types may do


def test_a_store_is_asked_with_a_short_key_and_the_time_until_which_the_proof_could_be_used_again(
    prove: Prove, clock: FakeClock
) -> None:
    store = Answers(True)
    for age in (0, 10, -20):
        assert proofs.check(DPoP(replay=store, clock=clock), prove(jti="j" * 4000, iat=clock.now - age))
    assert [until - clock.now for _, until in store.asked] == [60 + 30, 50 + 30, 80 + 30]
    for key, _ in store.asked:
        assert len(key) == 43
        assert key.isascii()


def test_a_nonce_that_ends_first_ends_what_is_remembered(prove: Prove, clock: FakeClock) -> None:
    store, nonces = Answers(True), Nonces("s" * 32, period=10)
    clock.now = 1_790_000_000.0
    for max_age in (60, 15, None):
        dpop = DPoP(replay=store, nonces=nonces, max_age=max_age, clock=clock)
        assert proofs.check(dpop, prove(nonce=dpop.fresh_nonce()))
    assert [until - clock.now for _, until in store.asked] == [20 + 30, 15 + 30, 20 + 30]


@pytest.mark.parametrize("answer", [False, None, 0, 1, "OK", object()])
def test_only_true_counts_as_an_unused_proof(prove: Prove, clock: FakeClock, answer: object) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(DPoP(replay=Answers(answer), clock=clock), prove())


@pytest.mark.parametrize("error", [ConnectionError("redis://user:secret@host"), ValueError(), KeyError("x")])
def test_a_store_that_fails_lets_nobody_in(prove: Prove, clock: FakeClock, error: Exception) -> None:
    with pytest.raises(StatusUnavailableError) as refused:
        proofs.check(DPoP(replay=Answers(error), clock=clock), prove())
    assert refused.value.__cause__ is error
    assert "secret" not in f"{refused.value!r} {refused.value.reason}"


def test_a_store_may_say_itself_how_it_refuses(prove: Prove, clock: FakeClock) -> None:
    with pytest.raises(RevokedTokenError):
        proofs.check(DPoP(replay=Answers(RevokedTokenError()), clock=clock), prove())


def test_a_store_blocks_unless_it_says_otherwise() -> None:
    store = Answers(True)
    assert DPoP(replay=store).blocking
    store.blocking = False  # type: ignore[attr-defined] # the attribute is for the store to have or not
    assert not DPoP(replay=store).blocking
    assert not DPoP().blocking

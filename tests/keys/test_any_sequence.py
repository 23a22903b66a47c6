"""Whatever operators do to a ring, and whenever: one key of each line signs, and what it signed can be verified."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.strategies import booleans, integers, sampled_from

from gatepass import Key
from gatepass_server.domain.errors import GatepassError, NotFound
from gatepass_server.domain.signing_keys import LONGEST_TOKEN, KeyRecord, KeyState
from gatepass_server.keys.ring import REFRESH_SECONDS
from gatepass_server.keys.schedule import AFTERLIFE
from gatepass_server.store.sql import SqlStore
from tests.support.clock import FakeClock
from tests.support.key_house import LEAD, MASTER, KeyHouse, published
from tests.support.ready_tables import empty_tables

_USUAL = "ES256"
_ALGORITHMS = (_USUAL, "Ed25519")
_SPANS = (0.5, 1, REFRESH_SECONDS, 60, LEAD / 2, LEAD, LONGEST_TOKEN, AFTERLIFE)


class RingMachine(RuleBasedStateMachine):
    """Two processes on one database: one that operators use, and one that nobody tells anything."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(mkdtemp(prefix="gatepass-ring-"))
        file = self.folder / "gatepass.db"
        file.write_bytes(empty_tables())
        self.store = SqlStore(f"sqlite:///{file}")
        self.clock = FakeClock()
        self.here = KeyHouse(self.store, self.clock, MASTER)
        self.there = KeyHouse(self.store, self.clock, MASTER)
        self.here.keeper.ensure_first(_USUAL)

        self.planned_at: dict[str, float] = {}
        self.gone: set[str] = set()
        self.tokens: list[tuple[str, float]] = []
        self.emergency_at = float("-inf")

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(alg=sampled_from(_ALGORITHMS), activate=booleans())
    def generate(self, alg: str, activate: bool) -> None:
        waits = alg in self._signing() and not activate
        self._note(self.here.keeper.generate(alg, activate=activate), planned=waits)

    @rule(alg=sampled_from(_ALGORITHMS), activate=booleans())
    def adopt(self, alg: str, activate: bool) -> None:
        waits = alg in self._signing() and not activate
        key = Key.generate(alg)
        self._note(self.here.keeper.adopt(key, algorithm=alg, activate=activate), planned=waits)

    @rule(alg=sampled_from(_ALGORITHMS))
    def ensure(self, alg: str) -> None:
        before = self.here.keeper.list()
        self.here.keeper.ensure(alg)
        assert len(self.here.keeper.list()) == len(before) + (alg not in self._signing_of(before))

    @rule(alg=sampled_from((None, *_ALGORITHMS)))
    def rotate(self, alg: str | None) -> None:
        with suppress(NotFound):
            for record in self.here.keeper.rotate(alg):
                self._note(record, planned=True)

    @rule(alg=sampled_from((None, *_ALGORITHMS)), really=sampled_from((False, False, False, True)))
    def rotate_now(self, alg: str | None, really: bool) -> None:
        if not really:  # an emergency starts all anew, so too many would leave nothing to go wrong
            return
        old = [record for record, _ in self.here.keeper.list() if alg in {None, record.alg}]
        try:
            self.here.keeper.rotate(alg, now=True)
        except NotFound:
            return
        assert all(self.here.states()[record.kid] is KeyState.GONE for record in old)
        dropped = {record.kid for record in old}
        self.tokens = [(kid, expires_at) for kid, expires_at in self.tokens if kid not in dropped]
        self.emergency_at = self.clock.now

    @rule(number=integers(0, 63))
    def retire(self, number: int) -> None:
        # By its number: key ids are random, and a choice among them would be another one when it is tried again.
        kids = [record.kid for record, state in self.here.keeper.list() if state is not KeyState.GONE]
        with suppress(GatepassError):
            self.here.keeper.retire(kids[number % len(kids)])

    @rule(span=sampled_from(_SPANS))
    def wait(self, span: float) -> None:
        self.clock.advance(span)

    @rule(alone=booleans(), alg=sampled_from(("", *_ALGORITHMS)))
    def sign(self, alone: bool, alg: str) -> None:
        if alg and alg not in self._signing():
            return
        signer = (self.there.ring if alone else self.here.ring).signer(alg)
        assert not alg or signer.algorithm == alg
        assert alg or _USUAL not in self._signing() or signer.algorithm == _USUAL
        kid = signer.kid
        if kid in published(self.here.ring):
            self.tokens.append((kid, self.clock.now + LONGEST_TOKEN))
        else:
            assert alone, "this process knows what it did"
            assert self.clock.now < self.emergency_at + REFRESH_SECONDS

    @invariant()
    def one_key_of_each_line_signs_now_and_at_every_moment_to_come(self) -> None:
        now = int(self.clock.now)
        records = [record for record, _ in self.here.keeper.list()]
        assert self._signing()
        for alg in _ALGORITHMS:
            line = [record for record in records if record.alg == alg]
            alive = any(record.is_in_line(now) for record in line)
            for moment in _moments(line, now):
                signing = [record.kid for record in line if record.state(moment) is KeyState.ACTIVE]
                assert len(signing) == alive

    @invariant()
    def who_signs_is_published_and_was_long_enough(self) -> None:
        for ring in (self.here.ring, self.there.ring):
            for alg in self._signing():
                kid = ring.signer(alg).kid
                assert kid in published(ring)
                assert self.clock.now >= int(self.planned_at.get(kid, 0)) + LEAD * (kid in self.planned_at)

    @invariant()
    def no_living_token_loses_its_key(self) -> None:
        known = published(self.here.ring)
        assert {kid for kid, expires_at in self.tokens if expires_at > self.clock.now} <= known

    @invariant()
    def what_is_gone_stays_gone(self) -> None:
        states = self.here.states()
        self.gone |= {kid for kid, state in states.items() if state is KeyState.GONE}
        assert self.gone == {kid for kid, state in states.items() if state is KeyState.GONE}
        assert self.gone.isdisjoint(published(self.here.ring))

    def _note(self, record: KeyRecord, *, planned: bool) -> None:
        if planned:
            self.planned_at[record.kid] = self.clock.now

    def _signing(self) -> set[str]:
        return self._signing_of(self.here.keeper.list())

    @staticmethod
    def _signing_of(keys: Sequence[tuple[KeyRecord, KeyState]]) -> set[str]:
        return {record.alg for record, state in keys if state is KeyState.ACTIVE}


def _moments(records: list[KeyRecord], now: int) -> set[int]:
    """Now, and every second at which something changes later."""
    times = {
        time
        for record in records
        for time in (record.activates_at, record.retires_at, record.gone_at)
        if time
    }
    return {now} | {moment for time in times for moment in (time - 1, time) if moment > now}


RingMachine.TestCase.settings = settings(
    max_examples=50, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestAnySequence: Callable[[], object] = RingMachine.TestCase

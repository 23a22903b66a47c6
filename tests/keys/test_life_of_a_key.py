"""The states of a key over time, and what they mean for signing and for the JWK set."""

import pytest

from gatepass import KeyFormatError, TokenError
from gatepass_server.domain.clients import Client, ClientMetadata
from gatepass_server.domain.errors import InvalidInput, NotFound, OperatorError
from gatepass_server.domain.signing_keys import LONGEST_TOKEN, KeyState
from gatepass_server.keys.keeper import KeyKeeper
from gatepass_server.keys.ring import REFRESH_SECONDS, KeyRing
from gatepass_server.keys.schedule import AFTERLIFE, STRAGGLERS
from gatepass_server.store.sql import SqlStore
from tests.support.clock import FakeClock
from tests.support.key_house import LEAD, MASTER, KeyHouse, published

ALG = "ES256"


def test_an_empty_ring_says_how_to_make_a_key(ring: KeyRing, keeper: KeyKeeper) -> None:
    with pytest.raises(OperatorError, match="gatepass keys generate --activate"):
        ring.signer()
    assert ring.jwks() == {"keys": []}
    with pytest.raises(NotFound, match="gatepass keys generate --activate"):
        keeper.rotate()


def test_the_first_key_signs_at_once_also_where_the_clock_is_behind(
    house: KeyHouse, clock: FakeClock
) -> None:
    house.keeper.ensure_first(ALG)
    clock.advance(-STRAGGLERS)
    assert house.ring.signer().algorithm == ALG
    house.keeper.ensure_first(ALG)
    assert len(house.keeper.list()) == 1


def test_a_key_is_next_then_active_then_retiring_then_gone(house: KeyHouse, clock: FakeClock) -> None:
    first = house.keeper.generate(ALG)
    second = house.rotate()
    assert house.states() == {first.kid: KeyState.ACTIVE, second.kid: KeyState.NEXT}
    clock.advance(LEAD - 1)
    assert house.states() == {first.kid: KeyState.ACTIVE, second.kid: KeyState.NEXT}
    clock.advance(1)
    assert house.states() == {first.kid: KeyState.RETIRING, second.kid: KeyState.ACTIVE}
    clock.advance(AFTERLIFE - 1)
    assert house.states() == {first.kid: KeyState.RETIRING, second.kid: KeyState.ACTIVE}
    clock.advance(1)
    assert house.states() == {first.kid: KeyState.GONE, second.kid: KeyState.ACTIVE}


def test_the_signer_changes_at_one_second_in_every_process(
    house: KeyHouse, other_ring: KeyRing, clock: FakeClock
) -> None:
    first = house.keeper.generate(ALG)
    second = house.rotate()
    clock.advance(LEAD - 0.001)
    assert (house.ring.signer().kid, other_ring.signer().kid) == (first.kid, first.kid)
    clock.advance(0.001)  # both copies of the ring are fresh: nothing is reread at this moment
    assert (house.ring.signer().kid, other_ring.signer().kid) == (second.kid, second.kid)


@pytest.mark.compliance("RFC 7517", "5", "the set has next, active and retiring keys")
def test_a_key_is_published_from_next_to_retiring(
    house: KeyHouse, other_ring: KeyRing, clock: FakeClock
) -> None:
    first = house.keeper.generate(ALG)
    assert published(other_ring) == {first.kid}
    second = house.rotate()
    assert published(house.ring) == {first.kid, second.kid}  # this process at once
    clock.advance(REFRESH_SECONDS)
    assert published(other_ring) == {first.kid, second.kid}  # the others within seconds
    clock.advance(LEAD + AFTERLIFE - REFRESH_SECONDS - 1)
    assert published(other_ring) == {first.kid, second.kid}
    clock.advance(1)
    assert published(house.ring) == published(other_ring) == {second.kid}


@pytest.mark.compliance("RFC 7517", "9.2", "private members are never published")
def test_the_set_has_public_members_only(keeper: KeyKeeper, ring: KeyRing) -> None:
    for alg in ("RS256", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"):
        keeper.generate(alg)
        newest = next(key for key in ring.jwks()["keys"] if key["alg"] == alg)
        public = {"RSA": {"n", "e"}, "EC": {"crv", "x", "y"}, "OKP": {"crv", "x"}}[newest["kty"]]
        assert newest.keys() == {"kty", "kid", "use", "alg"} | public
        assert (newest["alg"], newest["use"]) == (alg, "sig")
    with pytest.raises(KeyFormatError, match="HS256"):
        keeper.generate("HS256")


def test_the_longest_token_lives_through_a_rotation(house: KeyHouse, clock: FakeClock) -> None:
    house.keeper.generate(ALG)
    house.keeper.rotate()
    clock.advance(LEAD - 1)
    token = house.ring.signer().issue("ada", expires_in=LONGEST_TOKEN)
    clock.advance(LONGEST_TOKEN - 1)
    assert house.verifier.verify(token).subject == "ada"
    clock.advance(1)
    with pytest.raises(TokenError) as caught:
        house.verifier.verify(token)
    assert caught.value.code == "expired"


def test_rotating_twice_makes_a_chain(house: KeyHouse, clock: FakeClock) -> None:
    kids = [house.keeper.generate(ALG).kid]
    for _ in range(2):
        kids.append(house.rotate().kid)
        clock.advance(LEAD / 2)
    for kid in (kids[1], kids[2], kids[2]):
        assert house.ring.signer().kid == kid
        clock.advance(LEAD / 2)


def test_rotation_keeps_algorithm_and_size(keeper: KeyKeeper, ring: KeyRing) -> None:
    keeper.generate("RS384", bits=3072)
    assert [record.alg for record in keeper.rotate()] == ["RS384"]
    assert len(ring.jwks()["keys"][1]["n"]) == 512  # 3072 bits in base64url


def test_a_key_that_is_to_sign_at_once_takes_over_and_calls_off_those_that_wait(house: KeyHouse) -> None:
    first = house.keeper.generate(ALG)
    waiting = house.rotate()
    urgent = house.keeper.generate(ALG, activate=True)
    assert house.ring.signer().kid == urgent.kid
    assert house.states() == {
        first.kid: KeyState.RETIRING,
        waiting.kid: KeyState.GONE,
        urgent.kid: KeyState.ACTIVE,
    }


def test_the_emergency_takes_every_older_key_away_at_once_and_everywhere_within_seconds(
    house: KeyHouse, other_ring: KeyRing, clock: FakeClock
) -> None:
    old = [house.keeper.generate(ALG).kid]
    clock.advance(1)
    old.append(house.keeper.generate(ALG, activate=True).kid)
    clock.advance(1)
    old.append(house.rotate().kid)
    stolen = house.ring.signer().issue("thief")
    assert published(other_ring) == set(old)
    new = house.rotate(now=True)
    assert house.ring.signer().kid == new.kid
    assert published(house.ring) == {new.kid}
    with pytest.raises(TokenError) as caught:
        house.verifier.verify(stolen)
    assert caught.value.code == "unknown_key"
    clock.advance(REFRESH_SECONDS)
    assert published(other_ring) == {new.kid}
    assert other_ring.signer().kid == new.kid


def test_the_emergency_does_not_rewrite_what_was(keeper: KeyKeeper, clock: FakeClock) -> None:
    first = keeper.generate(ALG)
    clock.advance(10)
    keeper.generate(ALG, activate=True)
    retired_at = clock.now
    clock.advance(10)
    keeper.rotate(now=True)
    record = next(record for record, _ in keeper.list() if record.kid == first.kid)
    assert (record.activates_at, record.retires_at) == (first.activates_at, retired_at)
    assert record.gone_at == clock.now


def test_a_token_of_a_key_that_another_process_just_made_is_taken_after_a_second(
    house: KeyHouse, other_ring: KeyRing, clock: FakeClock
) -> None:
    house.keeper.generate(ALG)
    assert len(published(other_ring)) == 1
    new = house.keeper.generate(ALG, activate=True)
    assert other_ring.find(new.kid, ALG) == []  # asked again only when the copy is a second old
    clock.advance(1)
    assert [key.kid for key in other_ring.find(new.kid, ALG)] == [new.kid]
    assert other_ring.find("made up", ALG) == []


def test_a_key_is_found_for_its_own_algorithm_alone(keeper: KeyKeeper, ring: KeyRing) -> None:
    kid = keeper.generate("RS256").kid
    assert [key.kid for key in ring.find(kid, "RS256")] == [kid]
    assert ring.find(kid, "PS256") == ring.find(kid, "HS256") == ring.find(None, "ES256") == []
    assert len(ring.find(None, "RS256")) == 1


class TestLines:
    """Keys of several algorithms side by side."""

    def test_a_key_of_another_algorithm_signs_for_who_asks_and_retires_nobody(self, house: KeyHouse) -> None:
        usual = house.keeper.generate(ALG)
        other = house.keeper.generate("Ed25519", activate=True)
        assert set(house.states().values()) == {KeyState.ACTIVE}
        assert house.ring.signer().kid == house.ring.signer(ALG).kid == usual.kid
        assert house.ring.signer("Ed25519").kid == other.kid
        assert set(house.ring.algorithms()) == {ALG, "Ed25519"}  # in the order of kids, activated at once

    def test_while_the_usual_algorithm_has_no_key_the_one_activated_last_signs(
        self, store: SqlStore, clock: FakeClock
    ) -> None:
        house = KeyHouse(store, clock, MASTER, usual="ES512")
        house.keeper.generate(ALG)
        clock.advance(1)
        last = house.keeper.generate("Ed25519")
        assert house.ring.signer().kid == last.kid

    def test_rotating_replaces_the_key_of_each_line_or_of_the_one_named(
        self, house: KeyHouse, clock: FakeClock
    ) -> None:
        usual, other = house.keeper.generate(ALG), house.keeper.generate("Ed25519")
        assert house.rotate("Ed25519").alg == "Ed25519"
        clock.advance(LEAD)
        assert house.states()[usual.kid] is KeyState.ACTIVE
        assert house.states()[other.kid] is KeyState.RETIRING
        assert [record.alg for record in house.keeper.rotate()] == [ALG, "Ed25519"]
        with pytest.raises(NotFound, match="gatepass keys generate --alg RS256 --activate"):
            house.keeper.rotate("RS256")

    def test_the_emergency_withdraws_every_line_also_one_that_has_ended(
        self, house: KeyHouse, clock: FakeClock
    ) -> None:
        house.keeper.generate(ALG)
        house.keeper.retire(house.keeper.generate("Ed25519").kid)
        house.keeper.generate("ES384")
        clock.advance(1)
        new = house.keeper.rotate(now=True)
        assert sorted(record.alg for record in new) == [ALG, "ES384"]
        assert published(house.ring) == {record.kid for record in new}

    def test_the_emergency_of_one_line_leaves_the_others_alone(self, house: KeyHouse) -> None:
        usual = house.keeper.generate(ALG)
        house.keeper.generate("Ed25519")
        new = house.rotate("Ed25519", now=True)
        assert published(house.ring) == {usual.kid, new.kid}

    def test_a_line_may_end_when_another_signs_and_no_program_needs_it(
        self, house: KeyHouse, store: SqlStore, clock: FakeClock
    ) -> None:
        house.keeper.generate(ALG)
        other = house.keeper.generate("Ed25519")
        wants = ClientMetadata(id_token_signed_response_alg="Ed25519")
        with store.write() as uow:
            uow.clients.add(Client(id="wiki", name="Wiki", created_at=0, metadata=wants))
        with pytest.raises(InvalidInput, match="gatepass keys rotate"):
            house.keeper.retire(other.kid)
        with store.write() as uow:
            uow.clients.delete("wiki")
        assert house.keeper.retire(other.kid).state(int(clock.now)) is KeyState.RETIRING
        with pytest.raises(OperatorError, match="gatepass keys generate --alg Ed25519 --activate"):
            house.ring.signer("Ed25519")

    def test_the_first_key_of_a_line_is_made_once_and_seen_at_once_by_every_process(
        self, house: KeyHouse, other_ring: KeyRing
    ) -> None:
        house.keeper.generate(ALG)
        assert other_ring.signer().algorithm == ALG
        for _ in range(2):
            house.keeper.ensure("Ed25519")
        assert len(house.keeper.list()) == 2
        assert other_ring.signer("Ed25519").algorithm == "Ed25519"


class TestRetire:
    def test_the_only_key_that_signs_cannot_be_retired(self, house: KeyHouse) -> None:
        kid = house.keeper.generate(ALG).kid
        with pytest.raises(InvalidInput, match="gatepass keys rotate"):
            house.keeper.retire(kid)
        house.keeper.rotate()
        with pytest.raises(InvalidInput, match="no other can take over before it was published"):
            house.keeper.retire(kid)
        assert house.ring.signer().kid == kid

    def test_a_key_that_waits_gives_the_one_before_it_its_future_back(
        self, house: KeyHouse, clock: FakeClock
    ) -> None:
        first = house.keeper.generate(ALG)
        second = house.rotate()
        assert house.keeper.retire(second.kid).state(int(clock.now)) is KeyState.GONE
        clock.advance(10 * LEAD)
        assert house.ring.signer().kid == first.kid
        assert published(house.ring) == {first.kid}

    @pytest.mark.parametrize("called_off", [1, 2])
    def test_of_several_that_wait_each_can_be_called_off(
        self, house: KeyHouse, clock: FakeClock, called_off: int
    ) -> None:
        kids = [house.keeper.generate(ALG).kid]
        for _ in range(2):
            clock.advance(10)
            kids.append(house.rotate().kid)
        house.keeper.retire(kids.pop(called_off))
        assert house.ring.signer().kid == kids[0]
        clock.advance(LEAD)
        assert house.ring.signer().kid == kids[1]
        assert house.states()[kids[0]] is KeyState.RETIRING
        clock.advance(100 * LEAD)
        assert published(house.ring) == {kids[1]}

    def test_a_key_that_is_retiring_keeps_its_times(self, keeper: KeyKeeper, clock: FakeClock) -> None:
        first = keeper.generate(ALG)
        keeper.generate(ALG, activate=True)
        before = keeper.list()
        clock.advance(10)
        keeper.retire(first.kid)
        assert [record for record, _ in keeper.list()] == [record for record, _ in before]

    @pytest.mark.parametrize("kid", ["", "none", "\0", "\udfff", "x" * 100_000], ids=ascii)
    def test_a_key_that_is_not_there_cannot_be_retired(self, keeper: KeyKeeper, kid: str) -> None:
        keeper.generate(ALG)
        with pytest.raises(NotFound, match="gatepass keys list"):
            keeper.retire(kid)

    def test_a_key_that_is_gone_cannot_be_retired(self, keeper: KeyKeeper) -> None:
        kid = keeper.generate(ALG).kid
        keeper.rotate(now=True)
        with pytest.raises(NotFound, match="gatepass keys list"):
            keeper.retire(kid)

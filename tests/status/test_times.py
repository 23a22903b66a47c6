"""When lists are fetched, when nobody waits, and how long an old one is believed."""

import math

import pytest

from gatepass import RevokedTokenError, StatusUnavailableError
from gatepass.status.answer import ListAnswer
from tests.status.conftest import MakeWorld
from tests.status.lists import URI, WhenTheTestLikes, World

DRAFT = "draft-ietf-oauth-status-list-21"


def fetches(world: World) -> int:
    return len(world.site.asked)


def test_the_first_token_fetches_its_list_and_the_others_do_not(world: World) -> None:
    assert world.waits()
    for _ in range(1000):
        world.ask()
    assert fetches(world) == 1
    assert not world.waits()


@pytest.mark.compliance(DRAFT, "13.7", "ttl counts from the time of fetching")
@pytest.mark.parametrize("ttl", [1, 10, 60])
def test_a_revocation_is_seen_within_the_ttl_and_nobody_waits_for_it(world: World, ttl: int) -> None:
    world.site.changes = {"ttl": ttl}
    world.ask(7)
    world.site.statuses = {7: 1}
    world.pass_time(ttl * 0.4)
    world.ask(7)
    assert fetches(world) == 1
    world.pass_time(ttl * 0.2)
    assert not world.waits(7)
    with pytest.raises(RevokedTokenError):
        world.ask(7)
    world.ask(8)
    assert fetches(world) == 2


def test_a_list_in_use_is_fetched_twice_in_its_ttl(world: World) -> None:
    for _ in range(1000):
        world.ask()
        world.pass_time(0.1)
    assert 19 <= fetches(world) <= 21


def test_a_list_that_nobody_asks_for_is_left_alone_after_a_while(world: World) -> None:
    world.ask()
    world.pass_time(1000)
    assert fetches(world) <= 7, "three times its ttl, and twice in each"
    assert not world.kept()


def test_who_asks_after_a_long_pause_waits_for_a_new_list(world: World) -> None:
    world.ask(7)
    world.pass_time(100)
    world.site.statuses = {7: 1}
    before = fetches(world)
    assert world.waits(7)
    with pytest.raises(RevokedTokenError):
        world.ask(7)
    assert fetches(world) == before + 1


def test_who_asks_after_a_short_pause_wakes_the_keeper_and_does_not_wait(world: World) -> None:
    world.site.changes = {"ttl": 100}
    world.ask()
    world.pass_time(360)
    before = fetches(world)
    assert not world.kept()
    assert not world.waits(), "the list was fetched less than its ttl ago"
    assert world.kept()
    world.pass_time(1)
    assert fetches(world) == before + 1


@pytest.mark.parametrize(("ttl", "kept"), [(0.01, 5), (7, 7), (3600, 20), (10**400, 20), (..., 20)])
def test_a_ttl_is_taken_within_bounds(make_world: MakeWorld, ttl: object, kept: float) -> None:
    world = make_world(min_ttl=5, max_ttl=20)
    world.site.changes = {"ttl": ttl}
    world.ask()
    world.pass_time(kept - 0.1, tended=False)
    assert not world.waits()
    world.pass_time(0.2, tended=False)
    assert world.waits()


@pytest.mark.compliance(DRAFT, "13.7", "a list must not be relied upon after its exp")
def test_an_expired_list_is_not_believed_however_stale_a_list_may_be(make_world: MakeWorld) -> None:
    world = make_world(max_stale=math.inf)
    world.site.changes = {"exp": world.clock.now + 20}
    world.ask()
    world.site.up = False
    world.pass_time(19)
    world.ask()
    world.pass_time(1)
    with pytest.raises(StatusUnavailableError):
        world.ask()


@pytest.mark.compliance(DRAFT, "13.7", "a list must not be relied upon after its exp")
def test_an_expired_list_is_not_believed_even_if_the_other_clock_stood_still(world: World) -> None:
    world.site.changes = {"exp": world.clock.now + 60}
    world.ask()
    world.clock.advance(7200)
    with pytest.raises(StatusUnavailableError):
        world.ask()
    world.site.changes = {}
    world.ticks.advance(1)
    world.ask()


def test_an_index_beyond_the_list_does_not_cost_a_fetch_each_time(world: World) -> None:
    world.site.changes = {"ttl": 60}
    world.ask()
    for _ in range(25):
        world.pass_time(1)
        with pytest.raises(StatusUnavailableError):
            world.ask(5000)
    assert fetches(world) == 2


def test_a_list_that_expires_before_its_ttl_is_renewed_before_that(world: World) -> None:
    world.site.changes = {"exp": world.clock.now + 4}
    world.ask()
    world.pass_time(1.9)
    assert fetches(world) == 1
    world.site.changes = {}
    world.pass_time(0.2)
    assert fetches(world) == 2


@pytest.mark.parametrize("max_stale", [0, 300])
def test_in_an_outage_nobody_waits_and_the_list_is_believed_for_as_long_as_the_policy_says(
    make_world: MakeWorld, max_stale: float
) -> None:
    world = make_world(max_stale=max_stale)
    world.site.statuses = {7: 1}
    world.ask()
    world.site.up = False
    end = world.ticks.now + 10 + max_stale
    while world.ticks.now + 1 < end:
        world.pass_time(1)
        with world.feed._stock._lock:
            assert not world.waits(), "and no request takes a lock"
        world.ask()
        with pytest.raises(RevokedTokenError):
            world.ask(7)
    world.pass_time(1)
    for index in (0, 7):
        assert not world.waits(index)
        with pytest.raises(StatusUnavailableError) as caught:
            world.ask(index)
        assert 1 <= caught.value.retry_after <= 10
        assert "the site is down" in caught.value.reason


def test_attempts_that_fail_are_spaced(world: World) -> None:
    world.ask()
    world.site.up = False
    for _ in range(600):
        world.pass_time(0.5)
        world.waits()
    assert fetches(world) <= 1 + 300 / 5
    assert set(world.counted) == {"status.fetched", "status.failed"}


def test_the_first_list_is_tried_for_every_second_while_it_is_asked_for(world: World) -> None:
    world.site.up = False
    for _ in range(100):
        with pytest.raises(StatusUnavailableError):
            world.ask()
        world.pass_time(0.1)
    assert 9 <= fetches(world) <= 11


def test_after_an_outage_everything_is_as_before(world: World) -> None:
    world.ask(7)
    world.site.up = False
    for _ in range(400):
        world.pass_time(1)
        world.waits()
    world.site.up, world.site.statuses = True, {7: 1}
    world.pass_time(5)
    with pytest.raises(RevokedTokenError):
        world.ask(7)
    world.ask(8)


def test_an_old_failure_is_no_reason_not_to_wait(world: World) -> None:
    world.site.up = False
    with pytest.raises(StatusUnavailableError):
        world.ask()
    world.pass_time(1000)
    world.site.up = True
    assert world.waits()
    world.ask()


@pytest.mark.compliance(DRAFT, "13.4", "a list may grow")
def test_an_index_beyond_the_list_is_looked_for_in_a_newer_one(world: World) -> None:
    world.ask()
    world.pass_time(2)
    assert world.waits(5000)
    with pytest.raises(StatusUnavailableError) as caught:
        world.ask(5000)
    assert "beyond" in caught.value.reason
    assert fetches(world) == 2
    for _ in range(100):
        with pytest.raises(StatusUnavailableError):
            world.ask(5000)
    assert fetches(world) == 2, "and not for every such token"


def test_an_index_beyond_the_list_does_not_wait_in_an_outage(world: World) -> None:
    world.ask()
    world.site.up = False
    world.pass_time(6)
    assert not world.waits(5000)
    with pytest.raises(StatusUnavailableError):
        world.ask(5000)


def test_a_list_older_than_the_known_one_is_not_taken(world: World) -> None:
    world.site.statuses = {7: 1}
    world.ask()
    world.site.statuses, world.site.changes = {}, {"iat": world.clock.now - 1}
    for _ in range(30):
        world.pass_time(10)
        with pytest.raises(RevokedTokenError):
            world.ask(7)
    world.pass_time(11)
    with pytest.raises(StatusUnavailableError) as caught:
        world.ask(7)
    assert "older by" in caught.value.reason
    world.site.changes = {}
    world.pass_time(10)
    world.ask(7)


def test_two_lists_of_the_same_second_follow_each_other(world: World) -> None:
    world.site.changes = {"iat": world.clock.now}
    world.ask(7)
    world.site.statuses = {7: 1}
    world.pass_time(6)
    with pytest.raises(RevokedTokenError):
        world.ask(7)


@pytest.mark.compliance("RFC 9110", "13.1.2", "a list is asked for under the condition that it changed")
def test_a_list_that_is_unchanged_lives_on(world: World) -> None:
    world.site.tagged = True
    for _ in range(60):
        world.ask()
        world.pass_time(1)
    assert world.counted[:3] == ["status.fetched", "status.unchanged", "status.unchanged"]
    assert [etag for _, etag in world.site.asked][:2] == [None, '"[]"']
    world.site.statuses = {7: 1}
    world.pass_time(6)
    with pytest.raises(RevokedTokenError):
        world.ask(7)
    assert world.counted[-1] == "status.fetched"


def test_an_expired_list_does_not_live_on_unchanged(world: World) -> None:
    world.site.tagged, world.site.changes = True, {"exp": world.clock.now + 12}
    world.ask()
    world.pass_time(13)
    with pytest.raises(StatusUnavailableError):
        world.ask()
    assert world.site.asked[-1] == (URI, None), "an expired one is not asked for under a condition"


def test_a_list_that_expires_while_it_is_asked_for_does_not_live_on_unchanged(world: World) -> None:
    world.site.tagged, world.site.changes = True, {"exp": world.clock.now + 12}
    world.ask()
    world.pass_time(11, tended=False)

    def slow(_uri: str, etag: str | None) -> None:
        assert etag
        world.clock.advance(2)

    world.feed._stock._renewal._fetch = slow
    assert world.keeper is not None
    world.keeper.look()
    assert world.counted == ["status.fetched", "status.failed"]


def test_a_fetch_that_was_given_up_for_lost_does_not_replace_a_newer_list(world: World) -> None:
    world.ask()
    crew = WhenTheTestLikes()
    world.feed._stock._crew = crew
    assert world.keeper is not None
    for _ in range(2):
        world.pass_time(61, tended=False)
        world.waits()
        world.keeper.look()
    lost, second = crew.given
    world.site.statuses = {7: 1}
    second()
    world.site.statuses = {}
    lost()
    with pytest.raises(RevokedTokenError):
        world.ask(7)


def test_a_list_whose_key_was_withdrawn_does_not_live_on_unchanged(world: World, key: object) -> None:
    class Withdrawn:
        keys: tuple[object, ...] = (key,)

        def find(self, _kid: str | None, _alg: str) -> tuple[object, ...]:
            return self.keys

    source = Withdrawn()
    world.feed._stock._renewal._reader._keys = source  # type: ignore[assignment] # - a source that changes
    world.site.tagged = True
    world.ask()
    source.keys = ()
    world.pass_time(6)
    assert world.site.asked[-1] == (URI, None)
    assert world.counted[-1] == "status.failed"


def test_an_answer_that_says_unchanged_unasked_is_none(world: World) -> None:
    world.feed._stock._renewal._fetch = lambda _uri, _etag: None
    with pytest.raises(StatusUnavailableError) as caught:
        world.ask()
    assert "unchanged" in caught.value.reason


@pytest.mark.parametrize(
    "broken", [RuntimeError("x"), KeyError("x"), OSError("x"), RecursionError()], ids=repr
)
def test_whatever_goes_wrong_in_a_fetch_it_is_one_that_failed(world: World, broken: Exception) -> None:
    def fetch(_uri: str, _etag: str | None) -> ListAnswer | None:
        raise broken

    world.feed._stock._renewal._fetch = fetch
    with pytest.raises(StatusUnavailableError) as caught:
        world.ask()
    assert type(broken).__name__ in caught.value.reason


def test_a_clock_that_fails_does_not_stop_the_feed(world: World) -> None:
    world.clock.now = math.nan
    with pytest.raises(StatusUnavailableError):
        world.ask()
    world.clock.now = 1_790_000_000.0
    world.pass_time(2)
    world.ask()


def test_an_observer_that_fails_keeps_nobody_out(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_event: str, _seconds: float | None = None) -> None:
        raise RuntimeError

    world.feed._stock._observer._observer.count = fail  # type: ignore[attr-defined] # - this one fails
    world.ask()
    assert "observer" in caplog.text

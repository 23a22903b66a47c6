"""Programs are told of log-outs behind the browser, each once if it can be helped, and not for ever."""

import time
from threading import Barrier, Thread

import pytest

from gatepass import Verifier, WrongTypeError, jose
from gatepass.sources import NamedKeys
from gatepass_server.audit.trail import AuditTrail
from gatepass_server.domain.audit import EventKind
from gatepass_server.protocol.log_out import deliveries
from gatepass_server.protocol.log_out.logout_tokens import EVENT
from tests.log_out.conftest import ISSUER, Town

URI = "https://rp.example/logout"
TRIES = [0, 5, 20, 65, 200, 605, 1805, 3005]
"""Seconds after the log-out at which a program is told that does not take it."""


@pytest.fixture(autouse=True)
def _program(town: Town) -> None:
    town.add_client("rp", backchannel_logout_uri=URI)
    town.sign_in_to("rp", "grant")


def leave(town: Town) -> None:
    town.leaving(town.live)


@pytest.mark.compliance(
    "Back-Channel Logout 1.0", "2.4", "iss, sub, aud, iat, exp, jti, events, sid; no nonce"
)
def test_the_token_says_who_left_which_session_and_nothing_else(town: Town) -> None:
    leave(town)
    assert town.deliveries.deliver_due() == 1
    ((url, token),) = town.programs.got
    claims = jose.unproven_claims(token)
    now = int(town.clock.now)
    assert url == URI
    assert claims.pop("jti")
    assert claims == {
        "iss": ISSUER,
        "sub": "u1",
        "aud": "rp",
        "iat": now,
        "exp": now + 120,
        "events": {EVENT: {}},
        "sid": "grant",
    }


@pytest.mark.compliance("Back-Channel Logout 1.0", "2.6", "validated as an ID token is, typ logout+jwt")
def test_the_token_is_signed_with_the_house_key_and_passes_for_no_access_token(town: Town) -> None:
    leave(town)
    town.deliveries.deliver_due()
    token = town.programs.got[0][1]
    keys = NamedKeys([town.keys["RS256"].public()])
    Verifier(ISSUER, audience="rp", keys=keys, clock=town.clock, types=["logout+jwt"]).verify(token)
    for types in (["at+jwt"], ["JWT"], ["dpop+jwt"]):
        with pytest.raises(WrongTypeError):
            Verifier(ISSUER, audience="rp", keys=keys, clock=town.clock, types=types).verify(token)


@pytest.mark.compliance(
    "Back-Channel Logout 1.0", "2.4", "signed with the algorithm of the client's ID tokens"
)
def test_the_algorithm_is_that_of_the_programs_id_tokens(town: Town) -> None:
    town.add_client("es", backchannel_logout_uri=URI + "/es", id_token_signed_response_alg="ES256")
    town.sign_in_to("es", "other")
    leave(town)
    town.deliveries.deliver_due()
    headers = {
        url: jose.decode_json(jose.decode_segment(jose.split(token)[1], "h"), "h")
        for url, token in town.programs.got
    }
    assert headers[URI + "/es"] == {"alg": "ES256", "kid": "ES256", "typ": "logout+jwt"}
    assert headers[URI]["alg"] == "RS256"


@pytest.mark.parametrize("status", [200, 204])
@pytest.mark.compliance("Back-Channel Logout 1.0", "2.8", "200, and 204 where a framework makes it of 200")
def test_a_program_that_took_it_is_not_told_again(town: Town, status: int) -> None:
    town.programs.answers[URI] = status
    leave(town)
    assert town.deliveries.deliver_due() == 1
    town.clock.advance(7200)
    assert town.deliveries.deliver_due() == 0
    assert len(town.programs.got) == 1


@pytest.mark.parametrize("status", [None, 201, 302, 400, 404, 500, 501])
def test_a_program_that_did_not_is_told_again_later_and_later_until_an_hour_is_over(
    town: Town, status: int | None
) -> None:
    town.programs.answers[URI] = status
    leave(town)
    began = town.clock.now
    for tries, moment in enumerate(TRIES):
        if moment:
            town.clock.now = began + moment - 1
            assert town.deliveries.deliver_due() == 0
        town.clock.now = began + moment
        assert town.deliveries.deliver_due() == 1
        assert town.deliveries.deliver_due() == 0
        assert len(town.programs.got) == tries + 1
    it_is_given_up(town)


def test_it_is_not_told_in_any_other_second(town: Town) -> None:
    town.programs.answers[URI] = 500
    leave(town)
    began = town.clock.now
    moments = []
    for _ in range(4000):
        if town.deliveries.deliver_due():
            moments.append(int(town.clock.now - began))
        town.clock.advance(1)
    assert moments == TRIES
    it_is_given_up(town)


def it_is_given_up(town: Town) -> None:
    with town.store.read() as uow:
        assert not uow.logout_notices.are_due(int(town.clock.now) + 100_000)
    rows = AuditTrail(town.store, lambda _: b"k" * 32).after(0, limit=100)
    (event,) = [row for row in rows if row.kind == EventKind.LOG_OUT_NOTICE_GIVEN_UP]
    assert (event.user_id, event.session_id, event.actor) == ("u1", "grant", "system")


def test_each_try_is_a_token_of_its_own_that_has_not_expired(town: Town) -> None:
    town.programs.answers[URI] = 500
    leave(town)
    town.deliveries.deliver_due()
    town.clock.advance(600)
    town.deliveries.deliver_due()
    one, other = (jose.unproven_claims(token) for _, token in town.programs.got)
    assert one["jti"] != other["jti"]
    assert other["exp"] == int(town.clock.now) + 120


def test_pauses_are_spread(town: Town) -> None:
    town.programs.answers[URI] = 500
    town.deliveries._jitter = lambda: 0.8
    leave(town)
    town.deliveries.deliver_due()
    town.clock.advance(3)
    assert town.deliveries.deliver_due() == 0
    town.clock.advance(1)
    assert town.deliveries.deliver_due() == 1


def test_a_program_that_is_gone_or_wants_no_more_to_know_is_not_told(town: Town) -> None:
    leave(town)
    with town.store.write() as uow:
        uow.clients.delete("rp")
    assert town.deliveries.deliver_due() == 1
    town.clock.advance(7200)
    assert town.deliveries.deliver_due() == 0
    assert town.programs.got == []


def test_a_process_that_died_with_a_notice_in_its_hand_leaves_it_to_the_next(town: Town) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    leave(town)
    town.programs.meanwhile = die
    with pytest.raises(KeyboardInterrupt):
        town.deliveries.deliver_due()
    town.programs.meanwhile = lambda: None
    town.clock.advance(deliveries.LEASE - 1)
    assert town.deliveries.deliver_due() == 0
    town.clock.advance(1)
    assert town.deliveries.deliver_due() == 1
    assert len(town.programs.got) == 2


def test_while_one_process_delivers_no_other_does(town: Town) -> None:
    leave(town)
    seen: list[int] = []
    town.programs.meanwhile = lambda: seen.append(town.deliveries.deliver_due()) if not seen else None
    assert town.deliveries.deliver_due() == 1
    assert seen == [0]


def test_many_processes_deliver_each_notice_once(town: Town) -> None:
    for number in range(30):
        town.sign_in_to("rp", f"grant {number}")
    leave(town)
    barrier = Barrier(3)

    def work() -> None:
        barrier.wait(30)
        while town.deliveries.deliver_due():
            pass

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    sids = [jose.unproven_claims(token)["sid"] for _, token in town.programs.got]
    assert sorted(sids) == sorted(["grant", *(f"grant {number}" for number in range(30))])


def test_a_slow_program_does_not_hold_up_the_others_of_its_batch(town: Town) -> None:
    for number in range(5):
        town.sign_in_to("rp", f"grant {number}")
    leave(town)
    town.programs.meanwhile = lambda: time.sleep(0.2)  # six in a row would take 1.2 s
    began = time.monotonic()
    assert town.deliveries.deliver_due() == 6
    assert time.monotonic() - began < 1.1


def test_logs_tell_the_status_and_never_the_token_or_the_query(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "https://rp2.example/logout?key=very-secret"
    town.add_client("rp2", backchannel_logout_uri=secret)
    town.sign_in_to("rp2", "grant 2")
    town.programs.answers = {secret: 503}
    with caplog.at_level("DEBUG", logger="gatepass_server"):
        leave(town)
        town.deliveries.deliver_due()
    assert "status 503" in caplog.text
    assert "status=200" in caplog.text
    assert "very-secret" not in caplog.text
    for _, token in town.programs.got:
        assert token not in caplog.text
        assert token.rpartition(".")[2] not in caplog.text


def test_the_replay_of_a_refresh_token_is_told_as_any_end_of_a_session(town: Town) -> None:
    with town.store.write() as uow:
        uow.sessions.end("grant", int(town.clock.now))
    assert town.deliveries.deliver_due() == 1
    assert jose.unproven_claims(town.programs.got[0][1])["sid"] == "grant"

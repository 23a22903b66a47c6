"""What people and operators do is in the log, with who, whose, which session, from where and by which request."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gatepass import Key
from gatepass_server.bootstrap import Gatepass, build, user_import
from gatepass_server.crypto.sealing import CannotUnseal
from gatepass_server.domain.audit import AuditRow
from gatepass_server.domain.errors import InvalidInput, NotFound
from gatepass_server.domain.secret import Secret
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, ISSUER, PASSWORD, House


def events(house: House, *, after: int = 1) -> list[AuditRow]:
    """All events; the first of a house is that of its first key."""
    found = list(house.gatepass.audit_trail.after(after, limit=1000))
    assert house.gatepass.audit_trail.verify().fault is None
    return found


def kinds(house: House, *, after: int = 1) -> list[str]:
    return [row.kind for row in events(house, after=after)]


def details(row: AuditRow) -> dict[str, str]:
    found: dict[str, str] = json.loads(row.details)
    return found


def user_id(house: House, email: str = EMAIL) -> str:
    return house.gatepass.administration.find(email).id


def claims(house: House, token: str) -> dict[str, Any]:
    return dict(house.gatepass.verifier.verify(token).claims)


def test_the_first_key_is_made_by_the_system(house: House) -> None:
    (row,) = events(house, after=0)
    assert (row.kind, row.actor, row.address) == ("key.created", "system", "")
    ring = house.gatepass.ring
    assert ring is not None
    assert details(row) == {"kid": ring.jwks()["keys"][0]["kid"], "alg": "ES256"}


def test_a_sign_up_and_a_log_in_name_the_person_the_session_and_the_request(house: House) -> None:
    signed_up = house.sign_up()
    answer = house.try_log_in(
        headers={"X-Request-Id": "my-request"}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    created, logged_in = events(house)
    owner = user_id(house)
    assert (created.kind, created.actor, created.user_id) == ("account.created", f"user:{owner}", owner)
    assert created.request_id == signed_up.headers["X-Request-Id"]
    assert created.address == "127.0.0.1"
    assert details(created) == {"role": "user"}
    assert (logged_in.kind, logged_in.actor, logged_in.user_id) == (
        "log_in.succeeded",
        f"user:{owner}",
        owner,
    )
    assert logged_in.session_id == claims(house, answer.get_json()["token"])["sid"]
    assert (logged_in.address, logged_in.request_id) == ("192.0.2.7", "my-request")


def test_a_failure_tells_its_class_and_not_what_was_typed(house: House) -> None:
    house.sign_up()
    house.try_log_in(password="a wrong one")
    house.try_log_in("a password typed into the wrong field", PASSWORD)
    house.gatepass.administration.disable(EMAIL)
    house.try_log_in()
    failures = [row for row in events(house) if row.kind == "log_in.failed"]
    owner = user_id(house)
    assert [(row.actor, row.user_id, details(row)) for row in failures] == [
        ("anonymous", owner, {"reason": "wrong_password"}),
        ("anonymous", None, {"reason": "unknown_email"}),
        ("anonymous", owner, {"reason": "disabled"}),
    ]


def test_ten_failures_are_ten_events_and_one_that_tells_of_the_limit(house: House) -> None:
    house.sign_up()
    for _ in range(10):
        assert house.try_log_in(password="wrong").status_code == 403
    for password in ("wrong", PASSWORD) * 5:
        assert house.try_log_in(password=password).status_code == 429
    assert kinds(house, after=2) == ["log_in.failed"] * 10 + ["attempts.limited"]
    (limited,) = [row for row in events(house) if row.kind == "attempts.limited"]
    assert (limited.user_id, details(limited)) == (user_id(house), {"limit": "account"})


def test_a_limit_that_is_reached_again_in_the_next_window_is_told_again(
    open_house: Callable[..., House], clock: FakeClock
) -> None:
    house = open_house(login_failures_per_account=2, login_window=60)
    house.sign_up()
    for _ in range(2):
        for _ in range(3):
            house.try_log_in(password="wrong")
        clock.advance(61)
    assert kinds(house, after=2) == ["log_in.failed", "log_in.failed", "attempts.limited"] * 2


def test_an_address_that_reaches_its_limit_is_told_once_also_at_sign_up(
    open_house: Callable[..., House],
) -> None:
    house = open_house(login_failures_per_address=3)
    house.sign_up()
    for number in range(5):
        house.try_log_in(f"nobody{number}@example.com")
    assert kinds(house, after=2) == ["log_in.failed"] * 3 + ["attempts.limited"]
    other = open_house(login_failures_per_address=3)
    for _ in range(5):
        other.client.post(
            "/signup",
            data={"name": "Ann", "email": EMAIL, "password": PASSWORD},
            environ_base={"REMOTE_ADDR": "192.0.2.8"},
        )
    assert [(row.kind, row.address, row.user_id) for row in events(house, after=6)] == [
        ("attempts.limited", "192.0.2.8", None)
    ]


def test_a_replayed_refresh_token_and_the_end_of_its_session_are_told(
    open_house: Callable[..., House], clock: FakeClock
) -> None:
    house = open_house(refresh_reuse_window=10)
    house.sign_up()
    pair = house.log_in()
    assert house.refresh(pair["refresh_token"]).status_code == 200
    assert house.refresh(pair["refresh_token"]).status_code == 200  # a second tab
    assert kinds(house, after=3) == []
    clock.advance(11)
    assert house.refresh(pair["refresh_token"]).status_code == 400
    session = claims(house, pair["token"])["sid"]
    replayed, ended = events(house, after=3)
    for row in (replayed, ended):
        assert (row.actor, row.user_id, row.session_id) == ("anonymous", user_id(house), session)
        assert row.address == "127.0.0.1"
        assert row.request_id
    assert (replayed.kind, ended.kind, details(ended)) == (
        "refresh.replayed",
        "session.ended",
        {"cause": "replay"},
    )
    assert house.refresh(pair["refresh_token"]).status_code == 400
    assert len(events(house, after=3)) == 2  # the session is over: nothing more happens to it


def test_what_the_operator_does_to_an_account_is_told(house: House) -> None:
    house.token("kay@example.com", is_admin=True)
    administration = house.gatepass.administration
    administration.issue_token("kay@example.com", expires_in=60)
    for _ in range(2):
        administration.disable("kay@example.com")
    told = [(row.kind, row.actor, details(row)) for row in events(house) if row.kind != "log_in.succeeded"]
    assert told == [
        ("account.created", "operator", {"role": "admin"}),
        ("token.issued", "operator", {"expires_in": "60"}),
        ("account.disabled", "operator", {}),
        ("sessions.ended", "operator", {"count": "2", "cause": "account.disabled"}),
    ]
    assert {row.user_id for row in events(house)} == {user_id(house, "kay@example.com")}


def test_enabling_a_new_password_and_a_new_role_are_told_once_they_change_anything(house: House) -> None:
    house.sign_up()
    administration = house.gatepass.administration
    administration.disable(EMAIL)
    for _ in range(2):
        administration.enable(EMAIL)
        administration.set_role(EMAIL, is_admin=True)
    house.log_in()
    administration.set_password(EMAIL, Secret("another fine long one"))
    told = [(row.kind, row.actor, details(row)) for row in events(house, after=2)]
    assert [told[0], *told[1:3], *told[4:]] == [
        ("account.disabled", "operator", {}),
        ("account.enabled", "operator", {}),
        ("role.changed", "operator", {"role": "admin"}),
        ("password.changed", "operator", {}),
        ("sessions.ended", "operator", {"count": "1", "cause": "password.changed"}),
    ]
    administration.set_role(EMAIL, is_admin=False)
    assert (kinds(house)[-1], details(events(house)[-1])) == ("role.changed", {"role": "user"})


def bearer(token: str, request_id: str = "r-1") -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "X-Request-Id": request_id}


def test_a_log_out_by_either_token_is_told_once(house: House) -> None:
    house.sign_up()
    first, second = house.log_in(), house.log_in()
    ids = [claims(house, pair["token"])["sid"] for pair in (first, second)]
    for _ in range(2):
        house.client.post("/logout", headers=bearer(first["token"]))
        house.client.post(
            "/logout",
            json={"refresh_token": second["refresh_token"]},
            headers={"X-Request-Id": "r-1"},
        )
    house.client.post("/logout", json={"refresh_token": "unknown"})
    told = events(house, after=4)
    assert [(row.kind, row.session_id, details(row)) for row in told] == [
        ("session.ended", session, {"cause": "log_out"}) for session in ids
    ]
    owner = user_id(house)
    assert {(row.actor, row.user_id, row.address, row.request_id) for row in told} == {
        (f"user:{owner}", owner, "127.0.0.1", "r-1")
    }


def test_sessions_that_are_taken_back_tell_whose_they_were_and_who_did_it(house: House) -> None:
    house.sign_up()
    pairs = [house.log_in() for _ in range(3)]
    session = claims(house, pairs[0]["token"])["sid"]
    admin = house.token("admin@example.com", is_admin=True)
    reached = len(events(house, after=0))
    for _ in range(2):
        house.client.delete(f"/sessions/{session}", headers=bearer(admin))
    house.client.delete("/sessions", headers=bearer(pairs[1]["token"]))
    house.client.delete("/sessions", headers=bearer(pairs[1]["token"]))
    told = [
        (row.kind, row.actor, row.user_id, row.session_id, details(row))
        for row in events(house, after=reached)
    ]
    owner, boss = user_id(house), user_id(house, "admin@example.com")
    assert told == [
        ("session.ended", f"user:{boss}", owner, session, {"cause": "taken_back"}),
        ("sessions.ended", f"user:{owner}", owner, None, {"count": "1", "cause": "taken_back"}),
    ]


def test_a_change_of_password_and_guesses_at_the_old_one_are_told(open_house: Callable[..., House]) -> None:
    house = open_house(login_failures_per_account=2)
    house.sign_up()
    house.log_in()
    token = house.log_in()["token"]
    reached = len(events(house, after=0))

    def change(current: str) -> int:
        body = {"current_password": current, "new_password": "another fine long one"}
        return house.client.post("/me/password", json=body, headers=bearer(token)).status_code

    assert [change("a wrong one"), change(PASSWORD), change("wrong"), change("wrong")] == [403, 200, 403, 429]
    told = events(house, after=reached)
    assert [(row.kind, details(row)) for row in told] == [
        ("password_change.failed", {}),
        ("password.changed", {}),
        ("sessions.ended", {"count": "1", "cause": "password.changed"}),
        ("password_change.failed", {}),
        ("attempts.limited", {"limit": "account"}),
    ]
    owner, session = user_id(house), claims(house, token)["sid"]
    assert {(row.actor, row.user_id, row.session_id, row.request_id) for row in told} == {
        (f"user:{owner}", owner, session, "r-1")
    }


def test_what_the_operator_does_to_keys_is_told(house: House) -> None:
    keeper = house.gatepass.keeper
    assert keeper is not None
    first = keeper.list()[0][0].kid
    second = keeper.generate("ES256", activate=True).kid
    third = keeper.adopt(Key.generate("ES256")).kid
    keeper.retire(third)  # it waited to sign: it is gone
    fourth = keeper.rotate()[0].kid
    fifth = keeper.rotate(now=True)[0].kid
    assert keeper.reseal() == 0
    told = [(row.kind, row.actor, details(row)["kid"]) for row in events(house)]
    assert told == [
        ("key.created", "operator", second),
        ("key.imported", "operator", third),
        ("key.retired", "operator", third),
        ("key.rotated", "operator", fourth),
        ("key.rotated", "operator", fifth),
    ]
    assert set(details(events(house)[-1])["withdrawn"].split()) == {first, second, fourth}
    with pytest.raises(InvalidInput):
        keeper.retire(fifth)
    assert len(events(house)) == 5


def test_programs_that_are_made_known_and_forgotten_are_told_without_their_secret(house: House) -> None:
    client, secret = house.gatepass.clients.create("Orders API")
    house.gatepass.clients.delete(client.id)
    with pytest.raises(NotFound):
        house.gatepass.clients.delete(client.id)
    told = [(row.kind, row.actor, details(row)) for row in events(house)]
    assert told == [
        ("client.created", "operator", {"client_id": client.id}),
        ("client.deleted", "operator", {"client_id": client.id}),
    ]
    assert secret is not None
    assert secret.reveal() not in str(events(house))


def test_a_log_in_that_takes_the_place_of_another_cookie_ends_its_session(house: House) -> None:
    house.sign_up()
    body = {"email": EMAIL, "password": PASSWORD, "mode": "cookie"}
    first = house.client.post("/login", json=body, base_url=ISSUER).get_json()["session"]["id"]
    house.client.post("/login", json=body, base_url=ISSUER)
    ended = [row for row in events(house) if row.kind == "session.ended"]
    assert [(row.session_id, details(row)) for row in ended] == [(first, {"cause": "replaced"})]


def test_an_import_is_one_event_with_its_count(house: House, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"name,email,password\nA,a@example.com,{PASSWORD}\nB,b@example.com,{PASSWORD}\n")
    service = user_import(house.gatepass)
    for _ in range(2):  # the second brings nobody
        service.apply(service.plan(file, passwords="plain"))
    (row,) = events(house)
    assert (row.kind, row.actor, details(row)) == ("users.imported", "operator", {"count": "2"})


def test_an_id_that_was_imported_cannot_pass_for_the_operator(house: House, tmp_path: Path) -> None:
    file = tmp_path / "people.jsonl"
    file.write_text(json.dumps({"public_id": "operator", "name": "O", "email": EMAIL, "password": PASSWORD}))
    service = user_import(house.gatepass)
    service.apply(service.plan(file, passwords="plain"))
    house.log_in()
    assert (events(house)[-1].user_id, events(house)[-1].actor) == ("operator", "user:operator")


def test_what_cannot_be_recorded_is_not_done(house: House, open_house: Callable[..., House]) -> None:
    house.sign_up()
    gatepass: Gatepass = house.gatepass
    other = build(gatepass.settings, clock=gatepass.clock)  # it has not read the key of the chain yet
    with gatepass.store.write() as uow:
        uow.sealed_secrets.reseal("audit", b"sealed under another master key")
    with pytest.raises(CannotUnseal):
        other.administration.disable(EMAIL)
    with pytest.raises(CannotUnseal):
        open_house()
    other.close()
    assert house.gatepass.administration.find(EMAIL).is_enabled

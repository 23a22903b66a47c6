"""The revocation feed over HTTP, as an API sees it."""

import gzip
import json
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from gatepass import StatusPolicy, TokenError, Verifier, base64url
from gatepass.status.answer import ListAnswer, NoListError
from gatepass_server.domain.sessions import SessionMode
from gatepass_server.status.published_list import LIFETIME
from gatepass_server.status.reading import WHOLE_EVERY
from gatepass_server.store.sql.status_lists import SqlStatusLists
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, ISSUER, PASSWORD, House

DRAFT = "draft-ietf-oauth-status-list-21"
LIST = "/status-lists/1"
DAY = 86_400


def parts(token: str | bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    text = token if isinstance(token, str) else token.decode()
    header, payload, _ = text.split(".")
    return json.loads(base64url.decode(header.encode())), json.loads(base64url.decode(payload.encode()))


def status_of(token: str) -> dict[str, Any]:
    return dict(parts(token)[1]["status"]["status_list"])


def get(house: House, **headers: str) -> TestResponse:
    return house.get(LIST, **{name.replace("_", "-"): value for name, value in headers.items()})


def is_set(house: House, index: int) -> bool:
    listed = parts(get(house).data)[1]["status_list"]
    data = zlib.decompress(base64url.decode(listed["lst"].encode()))
    assert len(data) == 2**20 // 8
    return bool(data[index >> 3] >> (index & 7) & 1)


@pytest.fixture
def token(house: House) -> str:
    return house.token()


@pytest.mark.compliance(DRAFT, "6.2", "a token names its list and its place in it")
def test_a_token_names_its_place_in_a_list(house: House, token: str) -> None:
    status = status_of(token)
    assert set(status) == {"idx", "uri"}
    assert status["uri"] == ISSUER + LIST
    assert 0 <= status["idx"] < 256
    assert status_of(house.log_in()["token"])["idx"] != status["idx"]


@pytest.mark.usefixtures("token")
def test_a_refreshed_token_keeps_its_place(house: House) -> None:
    pair = house.log_in()
    refreshed = house.refresh(pair["refresh_token"]).get_json()["token"]
    assert status_of(refreshed) == status_of(pair["token"])


@pytest.mark.compliance(DRAFT, "5.1", "header and claims of a status list token")
def test_a_list_says_what_it_is_and_for_how_long(house: House, token: str, clock: FakeClock) -> None:
    answer = get(house)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/statuslist+jwt")
    header, claims = parts(answer.data)
    assert header["typ"] == "statuslist+jwt"
    assert header["kid"] == parts(token)[0]["kid"]
    assert set(claims) == {"iss", "sub", "iat", "exp", "ttl", "status_list"}
    assert (claims["iss"], claims["sub"], claims["ttl"]) == (ISSUER, ISSUER + LIST, 10)
    assert (claims["iat"], claims["exp"]) == (int(clock.now), int(clock.now) + LIFETIME)
    assert claims["status_list"]["bits"] == 1


@pytest.mark.compliance(DRAFT, "7.1", "0 is valid, 1 is invalid for good")
def test_ending_a_session_sets_its_bit_and_no_other(house: House, token: str, clock: FakeClock) -> None:
    other = house.token("bob@example.com")
    assert not is_set(house, status_of(token)["idx"])
    house.gatepass.administration.disable(EMAIL)
    clock.advance(1)
    assert is_set(house, status_of(token)["idx"])
    assert not is_set(house, status_of(other)["idx"])


def test_the_present_is_at_most_a_tenth_of_the_ttl_old(
    open_house: Callable[..., House], clock: FakeClock
) -> None:
    house = open_house(status_ttl=1)
    index = status_of(house.token())["idx"]
    assert not is_set(house, index)
    house.gatepass.administration.disable(EMAIL)
    assert not is_set(house, index)
    clock.advance(0.11)
    assert is_set(house, index)


@pytest.mark.usefixtures("token")
@pytest.mark.compliance("RFC 9110", "13.1.2", "who has the newest list is told so in few bytes")
def test_who_has_the_newest_list_is_told_so(house: House, clock: FakeClock) -> None:
    first = get(house)
    etag = first.headers["ETag"]
    assert etag.startswith('W/"')
    clock.advance(30)
    for condition in (etag, f'"other", {etag}', etag.removeprefix("W/"), "*"):
        unchanged = get(house, If_None_Match=condition)
        assert (unchanged.status_code, unchanged.data) == (304, b"")
        assert unchanged.headers["ETag"] == etag
        assert "Content-Type" not in unchanged.headers
        assert unchanged.headers["Cache-Control"] == "public, no-cache"
        assert unchanged.headers["Vary"] == "Accept-Encoding"
    house.gatepass.administration.disable(EMAIL)
    clock.advance(1)
    changed = get(house, If_None_Match=etag)
    assert (changed.status_code, changed.headers["ETag"] != etag) == (200, True)


@pytest.mark.usefixtures("token")
def test_nothing_is_signed_for_who_has_the_newest_list(
    house: House, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    etag = get(house).headers["ETag"]
    monkeypatch.setattr("gatepass.signer.jose.sign", None)
    clock.advance(100)
    assert get(house, If_None_Match=etag).status_code == 304


def test_all_processes_tag_the_same_list_alike(open_house: Callable[..., House], clock: FakeClock) -> None:
    house = open_house()
    house.token()
    etag = get(house).headers["ETag"]
    clock.advance(20)
    other = open_house()
    assert get(other).headers["ETag"] == etag
    assert get(open_house(status_ttl=11)).headers["ETag"] != etag
    house.gatepass.administration.disable(EMAIL)
    clock.advance(1)
    assert get(other).headers["ETag"] == get(house).headers["ETag"] != etag


@pytest.mark.usefixtures("token")
def test_a_list_is_signed_anew_every_hour_so_that_it_never_runs_out(house: House, clock: FakeClock) -> None:
    clock.advance(3600 - clock.now % 3600)
    tags = set()
    for _ in range(6):
        answer = get(house)
        tags.add(answer.headers["ETag"])
        assert parts(answer.data)[1]["exp"] - clock.now >= LIFETIME // 2
        clock.advance(1799)
    assert len(tags) == 3


@pytest.mark.usefixtures("token")
def test_what_is_handed_out_was_signed_when_it_was_read(house: House, clock: FakeClock) -> None:
    first, again = get(house), get(house)
    assert first.data == again.data
    clock.advance(60)
    later = get(house)
    assert parts(later.data)[1]["iat"] == parts(first.data)[1]["iat"] + 60
    assert later.headers["ETag"] == first.headers["ETag"]


@pytest.mark.usefixtures("token")
def test_iat_waits_for_a_clock_that_was_set_back_a_little(house: House, clock: FakeClock) -> None:
    clock.advance(DAY)  # the key signs from before the clock is set back to
    iat = parts(get(house).data)[1]["iat"]
    clock.advance(-30)
    assert parts(get(house).data)[1]["iat"] == iat
    clock.advance(-3600)  # nobody believed a list from so far ahead
    assert parts(get(house).data)[1]["iat"] == iat - 3630


@pytest.mark.usefixtures("token")
@pytest.mark.compliance(DRAFT, "8.2", "a list is packed with gzip where that is liked")
def test_a_list_is_packed_for_who_likes_it(house: House) -> None:
    plain = get(house, Accept_Encoding="identity")
    assert "Content-Encoding" not in plain.headers
    for liked in ("gzip", "br, gzip;q=0.5", "*"):
        packed = get(house, Accept_Encoding=liked)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
    for answer in (plain, get(house, Accept_Encoding="gzip")):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert "Content-Encoding" not in get(house, Accept_Encoding="gzip;q=0").headers


@pytest.mark.compliance(DRAFT, "9.3", "all lists are found through the metadata")
@pytest.mark.parametrize(
    "document", ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]
)
def test_the_metadata_leads_to_all_lists(
    open_house: Callable[..., House], clock: FakeClock, document: str
) -> None:
    house = open_house(issuer="https://example.com/auth/")
    place = house.get(document).get_json()["status_list_aggregation_endpoint"]
    assert place == "https://example.com/auth/status-lists"
    assert house.get("/status-lists").get_json() == {"status_lists": []}
    house.token()
    clock.advance(31 * DAY)
    token = house.log_in()["token"]
    answer = house.get("/status-lists")
    assert answer.get_json() == {"status_lists": [f"{place}/1", f"{place}/2"]}
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert status_of(token)["uri"] == f"{place}/2"


@pytest.mark.usefixtures("token")
def test_a_list_is_gone_when_its_last_token_is(house: House, clock: FakeClock) -> None:
    clock.advance(121 * DAY)
    assert get(house).status_code == 200
    clock.advance(61)
    gone = get(house)
    assert (gone.status_code, gone.get_json()["code"]) == (404, "not_found")


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999", "-1", "x", "1.0", ""])
def test_a_list_that_is_not_there_is_not_found(house: House, number: str) -> None:
    answer = house.get(f"/status-lists/{number}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_a_list_that_another_process_has_just_opened_is_found_at_once(
    open_house: Callable[..., House],
) -> None:
    asked, other = open_house(), open_house()
    assert get(asked).status_code == 404
    other.token()
    assert get(asked).status_code == 200


@pytest.mark.usefixtures("token")
def test_to_learn_that_a_list_is_gone_asks_no_database(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert get(house).status_code == 200
    monkeypatch.setattr(SqlStatusLists, "live", None)
    assert house.get("/status-lists/0").status_code == 404


@pytest.mark.usefixtures("token")
@pytest.mark.compliance(DRAFT, "8.4", "who keeps no lists of the past says so")
def test_a_list_of_the_past_is_not_to_be_had(house: House) -> None:
    assert house.get(f"{LIST}?time=1790000000").status_code == 406


@pytest.mark.usefixtures("token")
def test_requests_within_a_moment_and_at_once_read_the_database_once(
    house: House, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    reads: list[int] = []
    ended = SqlStatusLists.ended
    gather = threading.Barrier(8, timeout=20)

    def noted(self: SqlStatusLists, number: int, **arguments: Any) -> Any:
        reads.append(number)
        return ended(self, number, **arguments)

    def ask(_: int) -> bytes:
        gather.wait()
        return bytes(house.app.test_client().get(LIST).data)

    monkeypatch.setattr(SqlStatusLists, "ended", noted)
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(8)))) == 1
        clock.advance(1)
        assert len(set(threads.map(ask, range(8)))) == 1
    get(house)
    assert reads == [1, 1]


@pytest.mark.usefixtures("token")
def test_who_waits_too_long_for_the_reader_is_told_to_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepass_server.status.published_list._PATIENCE", 0.01)
    reading, go_on = threading.Event(), threading.Event()
    ended = SqlStatusLists.ended

    def slow(self: SqlStatusLists, number: int, **arguments: Any) -> Any:
        reading.set()
        assert go_on.wait(20)
        return ended(self, number, **arguments)

    monkeypatch.setattr(SqlStatusLists, "ended", slow)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(lambda: house.app.test_client().get(LIST).status_code)
        assert reading.wait(20)
        refused = get(house)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        go_on.set()
        assert first.result(20) == 200


def test_a_mounted_server_publishes_its_lists_under_its_prefix(mounted: Flask) -> None:
    client = mounted.test_client()
    person = {"name": "Ann", "email": EMAIL, "password": PASSWORD}
    assert client.post("/auth/signup", json=person).status_code == 201
    token = client.post("/auth/login", json=person).get_json()["token"]
    issuer = parts(token)[1]["iss"]
    assert status_of(token)["uri"] == f"{issuer}{LIST}"
    assert issuer.endswith("/auth")
    listed = client.get(f"/auth{LIST}")
    assert parts(listed.data)[1]["sub"] == f"{issuer}{LIST}"
    assert client.get("/auth/status-lists").get_json() == {"status_lists": [f"{issuer}{LIST}"]}


def test_where_a_secret_signs_there_is_no_feed(open_house: Callable[..., House]) -> None:
    house = open_house(signing_secret="k5mq0cXw8vRz2Jt7yBnL4sFh9aPd3GeU")
    assert "status" not in parts(house.token())[1]
    assert house.gatepass.status_lists is None
    for path in ("/status-lists", LIST):
        assert house.get(path).status_code == 404


@pytest.mark.usefixtures("token")
def test_a_session_without_signed_tokens_takes_no_place(house: House) -> None:
    user = house.gatepass.administration.find(EMAIL)
    for mode in (SessionMode.COOKIE, SessionMode.OPAQUE):
        session = house.gatepass.sessions.new(user, method="pwd", address="", device="", mode=mode)
        assert session.status is None


class Api:
    """An API in this process that follows the feed of a house, with a clock in the test's hand."""

    def __init__(self, house: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.house = house
        self.answers: list[int] = []
        monkeypatch.setattr("gatepass.status.feed._over_http", lambda _: self._fetch)
        self.verifier = Verifier(
            ISSUER,
            audience=ISSUER,
            keys=house.gatepass.ring,
            clock=clock,
            status=StatusPolicy(min_ttl=0.1),
        )

    def _fetch(self, uri: str, etag: str | None) -> ListAnswer | None:
        headers = {} if etag is None else {"If-None-Match": etag}
        answer = self.house.get(uri.removeprefix(ISSUER), **headers)
        self.answers.append(answer.status_code)
        if answer.status_code == 304:
            return None
        if answer.status_code != 200:
            raise NoListError(f"status {answer.status_code}")
        return ListAnswer(answer.data, answer.headers["ETag"])

    def ask(self, token: str) -> str:
        try:
            return self.verifier.verify(token).subject
        except TokenError as error:
            return error.code

    def forget(self) -> None:
        """Have the next token fetch the list anew, as the end of the ttl would."""
        feed: Any = self.verifier._status
        feed._stock._lists.clear()


def test_the_library_takes_the_lists_and_refuses_who_was_ended(
    house: House, token: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api(house, clock, monkeypatch)
    bob = house.token("bob@example.com")
    assert api.ask(token) == parts(token)[1]["sub"]
    house.gatepass.administration.disable(EMAIL)
    clock.advance(1)
    api.forget()
    assert api.ask(token) == "revoked"
    assert api.ask(bob) == parts(bob)[1]["sub"]


def test_after_an_emergency_rotation_lists_are_signed_by_the_new_key_at_once(
    house: House, token: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = get(house)
    keeper = house.gatepass.keeper
    assert keeper is not None
    (new,) = keeper.rotate(now=True)
    after = get(house, If_None_Match=before.headers["ETag"])
    assert after.status_code == 200
    assert parts(after.data)[0]["kid"] == new.kid
    again = house.log_in()["token"]
    api = Api(house, clock, monkeypatch)
    assert (api.ask(token), api.ask(again)) == ("unknown_key", parts(again)[1]["sub"])


def test_the_server_itself_follows_no_feed_because_it_asks_its_database(
    house: House, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert house.get("/me", token).status_code == 200
    house.gatepass.administration.disable(EMAIL)
    assert house.get("/me", token).status_code == 401
    assert "can be revoked" not in caplog.text


def test_ends_that_a_clock_far_behind_wrote_are_found_in_the_end(
    house: House, token: str, clock: FakeClock
) -> None:
    assert not is_set(house, status_of(token)["idx"])
    clock.advance(-1000)
    house.gatepass.administration.disable(EMAIL)
    clock.advance(1000 + WHOLE_EVERY)
    assert is_set(house, status_of(token)["idx"])

"""Requests that are not what was signed, not of now, or not for the first time."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gatepass_server.protocol.oauth1.signed_requests import LONGEST_NONCE, WINDOW
from tests.oauth1.conftest import OpenHouse
from tests.support.clock import FakeClock
from tests.support.house import House
from tests.support.old_program import CALLBACK, Credentials, OldProgram, header, problem

RFC = "RFC 5849"
WHO = "/oauth1/userinfo"
WRONG = (401, "signature_invalid")


@pytest.fixture(scope="module")
def known(house: House) -> tuple[OldProgram, Credentials]:
    """A program, and what it was given."""
    program = OldProgram.of(house)
    return program, program.credentials()


@pytest.fixture
def program(known: tuple[OldProgram, Credentials]) -> OldProgram:
    """One that a test may change."""
    return replace(known[0])


@pytest.fixture
def credentials(known: tuple[OldProgram, Credentials]) -> Credentials:
    return known[1]


@pytest.mark.compliance(RFC, "3.3", "the same nonce, timestamp, client and token are taken once")
def test_a_replay_is_refused(program: OldProgram, credentials: Credentials) -> None:
    own = program.signed("GET", WHO, credentials)
    assert program.send("GET", WHO, own).status_code == 200
    assert problem(program.send("GET", WHO, own)) == (401, "nonce_used")


@pytest.mark.advisory("carlos-emr/carlos#3000")
@pytest.mark.compliance(RFC, "3.3", "a nonce is the same however its characters are written")
def test_a_replay_with_the_nonce_written_otherwise_is_refused(
    program: OldProgram, credentials: Credentials, house: House
) -> None:
    own = program.signed("GET", WHO, credentials, oauth_nonce="abc~1")
    assert program.send("GET", WHO, own).status_code == 200
    written = header(list(own.items())).replace("abc~1", "%61bc%7E1")
    answer = house.client.get(WHO, headers={"Authorization": written})
    assert problem(answer) == (401, "nonce_used")


@pytest.mark.compliance(RFC, "3.3", "others may use the same nonce")
def test_a_nonce_is_a_programs_and_a_timestamps_own(program: OldProgram, house: House) -> None:
    other = OldProgram.of(house)
    now = int(house.gatepass.clock())
    for one, moment in ((program, now), (other, now), (program, now + 1)):
        answer = one.call(
            "POST",
            "/oauth1/initiate",
            oauth_callback=CALLBACK,
            oauth_nonce="same",
            oauth_timestamp=str(moment),
        )
        assert answer.status_code == 200, answer.text


@pytest.mark.compliance(RFC, "3.3", "who cannot sign uses up nobody's nonce")
@pytest.mark.compliance(RFC, "4.10", "and fills nothing")
def test_a_wrong_signature_spends_no_nonce(
    program: OldProgram, credentials: Credentials, house: House
) -> None:
    own = program.signed("GET", WHO, credentials)
    before = spent(house)
    assert problem(program.send("GET", WHO, {**own, "oauth_signature": "AAAA"})) == WRONG
    assert spent(house) == before
    assert program.send("GET", WHO, own).status_code == 200


@pytest.mark.compliance(RFC, "3.3", "timestamps far from now are refused, before and after")
@pytest.mark.parametrize("seconds", [-WINDOW - 1, WINDOW + 1, -(10**9), 10**10])
def test_an_old_or_future_timestamp_is_refused(
    program: OldProgram, credentials: Credentials, house: House, seconds: int
) -> None:
    moment = str(int(house.gatepass.clock()) + seconds)
    answer = program.call("GET", WHO, credentials, oauth_timestamp=moment)
    assert answer.status_code in {400, 401}
    assert problem(answer)[1] in {"timestamp_refused", "parameter_rejected"}


@pytest.mark.parametrize("seconds", [-WINDOW, WINDOW])
def test_a_timestamp_at_the_edge_is_taken_once(
    program: OldProgram, credentials: Credentials, clock: FakeClock, seconds: int
) -> None:
    own = program.signed("GET", WHO, credentials, oauth_timestamp=str(int(clock()) + seconds))
    assert program.send("GET", WHO, own).status_code == 200
    assert problem(program.send("GET", WHO, own)) == (401, "nonce_used")


def test_a_replay_at_the_end_of_the_window_is_refused(
    program: OldProgram, credentials: Credentials, clock: FakeClock
) -> None:
    own = program.signed("GET", WHO, credentials)
    assert program.send("GET", WHO, own).status_code == 200
    clock.advance(WINDOW)
    program.call("GET", WHO, credentials)  # which clears away what is over
    assert problem(program.send("GET", WHO, own)) == (401, "nonce_used")
    clock.advance(1)
    assert problem(program.send("GET", WHO, own)) == (401, "timestamp_refused")


def test_spent_nonces_are_cleared_away(program: OldProgram, house: House, clock: FakeClock) -> None:
    credentials = program.credentials()
    for _ in range(5):
        program.call("GET", WHO, credentials)
    before = spent(house)
    clock.advance(2 * WINDOW + 61)
    for _ in range(5):
        program.call("GET", WHO, credentials)
    assert spent(house) <= max(5, before)


def spent(house: House) -> int:
    import sqlite3  # noqa: PLC0415 - for this look alone

    path = house.gatepass.settings.database.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        return int(connection.execute("SELECT count(*) FROM gatepass_spent_identifiers").fetchone()[0])


@pytest.mark.compliance(RFC, "3.3", "a timestamp is a positive number")
@pytest.mark.parametrize(
    "text", ["-1", "+1790000000", "1_790_000_000", "1790000000.0", "١٧٩", "now", " 1790000000"]
)
def test_a_timestamp_that_is_no_number_is_refused(
    program: OldProgram, credentials: Credentials, text: str
) -> None:
    answer = program.call("GET", WHO, credentials, oauth_timestamp=text)
    assert problem(answer) == (400, "parameter_rejected")


def test_a_nonce_is_bounded(program: OldProgram, credentials: Credentials) -> None:
    assert program.call("GET", WHO, credentials, oauth_nonce="ü" * LONGEST_NONCE).status_code == 200
    answer = program.call("GET", WHO, credentials, oauth_nonce="n" * (LONGEST_NONCE + 1))
    assert problem(answer) == (400, "parameter_rejected")


@pytest.mark.compliance(RFC, "3.2", "a parameter of the protocol that is missing")
@pytest.mark.parametrize(
    "name",
    ["consumer_key", "signature_method", "signature", "timestamp", "nonce", "token"],
)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_parameter_is_named(
    program: OldProgram, credentials: Credentials, name: str, value: str | None
) -> None:
    own = program.signed("GET", WHO, credentials)
    del own[f"oauth_{name}"]
    if value is not None:
        own[f"oauth_{name}"] = value
    assert problem(program.send("GET", WHO, own)) == (400, "parameter_absent")


@pytest.mark.compliance(RFC, "3.1", "parameters of the protocol are sent once, in one place (3.5)")
@pytest.mark.parametrize("place", ["header", "body", "query"])
@pytest.mark.parametrize("name", ["oauth_token", "oauth_nonce", "oauth_signature", "oauth_other"])
def test_a_parameter_sent_twice_is_refused(
    program: OldProgram, credentials: Credentials, name: str, place: str
) -> None:
    program.place = place
    own = program.signed("POST", WHO, credentials, oauth_other="x")
    answer = program.send("POST", WHO, [*own.items(), (name, own[name])])
    assert problem(answer) == (400, "parameter_rejected")


@pytest.mark.compliance(RFC, "3.5", "one place of the three")
@pytest.mark.parametrize("place", ["query", "form"])
def test_parameters_in_two_places_are_refused(
    program: OldProgram, credentials: Credentials, place: str
) -> None:
    own = program.signed("POST", WHO, credentials)
    more = [("oauth_version", "1.0")]
    query, form = (more, []) if place == "query" else ([], more)
    answer = program.send("POST", WHO, own, query=query, form=form)
    assert problem(answer) == (400, "parameter_rejected")


@pytest.mark.compliance(RFC, "3.1", "oauth_version is 1.0 or is left out")
def test_only_version_1_0_is_spoken(program: OldProgram, credentials: Credentials) -> None:
    assert program.call("GET", WHO, credentials, oauth_version="1.0").status_code == 200
    assert problem(program.call("GET", WHO, credentials, oauth_version="2.0")) == (400, "version_rejected")


@pytest.mark.compliance(RFC, "3.2", "a signature method that is not supported")
@pytest.mark.parametrize("method", ["HMAC-MD5", "hmac-sha1", "none", "HMAC-SHA512"])
def test_other_signature_methods_are_refused(
    program: OldProgram, credentials: Credentials, method: str
) -> None:
    own = program.signed("GET", WHO, credentials)
    answer = program.send("GET", WHO, {**own, "oauth_signature_method": method})
    assert problem(answer) == (400, "signature_method_rejected")


Pairs = Sequence[tuple[str, str]]


@pytest.mark.compliance(
    RFC, "3.4.1", "method, address, query, form and parameters of the protocol are signed"
)
@pytest.mark.parametrize(
    ("method", "path", "query", "form"),
    [
        ("GET", WHO, [("a", "1")], []),
        ("POST", WHO, [("a", "2")], [("b", "1")]),
        ("POST", WHO, [("a", "1")], [("b", "2")]),
        ("POST", WHO, [("a", "1"), ("a", "1")], [("b", "1")]),
        ("POST", WHO, [("a", "1")], []),
        ("POST", WHO, [("a", "1"), ("realm", "x")], [("b", "1")]),
        ("POST", WHO, [("a", "1"), ("b", "1")], [("A", "1")]),
        ("POST", "/oauth1/jwt", [("a", "1")], [("b", "1")]),
    ],
)
def test_what_was_changed_on_the_way_is_refused(
    program: OldProgram, credentials: Credentials, method: str, path: str, query: Pairs, form: Pairs
) -> None:
    own = program.signed("POST", WHO, credentials, query=[("a", "1")], form=[("b", "1")])
    assert problem(program.send(method, path, own, query=query, form=form)) == WRONG
    assert program.send("POST", WHO, own, query=[("a", "1")], form=[("b", "1")]).status_code == 200


@pytest.mark.parametrize("name", ["oauth_timestamp", "oauth_nonce", "oauth_token", "oauth_version"])
def test_a_changed_parameter_of_the_protocol_is_refused(
    program: OldProgram, credentials: Credentials, name: str
) -> None:
    own = program.signed("GET", WHO, credentials, oauth_version="1.0")
    changed = {k: v for k, v in own.items() if k != name}
    if name != "oauth_version":
        changed[name] = own[name][:-1] + ("1" if own[name][-1] != "1" else "2")
    assert problem(program.send("GET", WHO, changed)) == WRONG


@pytest.mark.compliance(RFC, "3.4.1.2", "the address is that of the issuer, whatever Host a proxy sends")
def test_the_host_header_plays_no_part(program: OldProgram, credentials: Credentials) -> None:
    own = program.signed("GET", WHO, credentials)
    answer = program.send("GET", WHO, own, headers={"Host": "inner:8000", "X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200
    other = program.signed("GET", WHO, credentials, issuer="https://evil.example")
    assert problem(program.send("GET", WHO, other, headers={"Host": "evil.example"})) == WRONG


@pytest.mark.compliance(RFC, "3.2", "no oracle: who proves nothing gets one answer")
@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "RSA-SHA256", "PLAINTEXT"])
def test_unknown_program_unknown_token_and_wrong_signature_are_one_answer(
    program: OldProgram, credentials: Credentials, house: House, method: str
) -> None:
    other = OldProgram.of(house).credentials()
    own = {**program.signed("GET", WHO, credentials), "oauth_signature_method": method}
    tries = [
        {**own, "oauth_consumer_key": "nobody"},
        {**own, "oauth_consumer_key": "no\0body"},
        {**own, "oauth_token": "nothing"},
        {**own, "oauth_token": other.token},
        {**own, "oauth_signature": "d3Jvbmc="},
    ]
    answers = [program.send("GET", WHO, one) for one in tries]
    assert {problem(answer) for answer in answers} == {WRONG}
    assert len({(answer.data, answer.headers["WWW-Authenticate"]) for answer in answers}) == 1
    assert answers[0].headers["WWW-Authenticate"].startswith('OAuth realm="https://auth.example.com"')


@pytest.mark.compliance(RFC, "3.4.4", "PLAINTEXT is for encrypted connections alone")
def test_plaintext_is_not_taken_over_http(open_house: OpenHouse) -> None:
    program = OldProgram.of(open_house(issuer="http://127.0.0.1:8000"), method="PLAINTEXT")
    answer = program.call("POST", "/oauth1/initiate", oauth_callback=CALLBACK)
    assert problem(answer) == (400, "signature_method_rejected")
    loosened = open_house(issuer="http://10.0.0.1:8000", insecure_http=True)
    program = OldProgram.of(loosened, method="PLAINTEXT")
    assert program.call("POST", "/oauth1/initiate", oauth_callback=CALLBACK).status_code == 200


@pytest.mark.compliance(RFC, "3.3", "with PLAINTEXT, timestamp and nonce may be left out, both")
def test_plaintext_needs_no_nonce(program: OldProgram) -> None:
    program.method = "PLAINTEXT"
    bare = program.call(
        "POST", "/oauth1/initiate", oauth_callback=CALLBACK, oauth_timestamp=None, oauth_nonce=None
    )
    assert bare.status_code == 200
    half = program.call("POST", "/oauth1/initiate", oauth_callback=CALLBACK, oauth_nonce=None)
    assert problem(half) == (400, "parameter_absent")

"""The person's part: callbacks, verifiers, and who may approve what (RFC 5849 section 2.2)."""

from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
import pytest

from gatepass_server.protocol.oauth1.exchange import MOST_MISSES
from gatepass_server.protocol.oauth1.initiate import LIFETIME
from tests.support.clock import FakeClock
from tests.support.house import House
from tests.support.old_program import CALLBACK, USUAL, Credentials, OldProgram, credentials_in, problem
from tests.support.relying_party import answered, flow_of, sign_in

RFC = "RFC 5849"
OUT_OF_BAND = msgspec.structs.replace(USUAL, redirect_uris=())
BOB = "bob@example.com"


@pytest.fixture
def typed(house: House) -> OldProgram:
    """A program to which no browser can be sent."""
    return OldProgram.of(house, OUT_OF_BAND)


def code_on(page: str) -> str:
    return page.split('class="user-code">')[1].split("<", maxsplit=1)[0]


@pytest.mark.compliance(RFC, "2.1", "a callback is one of those that are registered, character by character")
@pytest.mark.parametrize(
    "callback",
    [
        CALLBACK + "/",
        CALLBACK + "?a=1",
        CALLBACK + "#a",
        "https://printer.example.com.evil.example/ready",
        "https://printer.example.com@evil.example/ready",
        "https://PRINTER.example.com/ready",
        "http://printer.example.com/ready",
        "https://printer.example.com/%72eady",
        "https://evil.example/",
        "javascript:alert(1)",
        "oob",
        "OOB",
        "a\0b",
    ],
)
def test_another_callback_is_refused(program: OldProgram, callback: str) -> None:
    answer = program.call("POST", "/oauth1/initiate", oauth_callback=callback)
    assert problem(answer) == (400, "parameter_rejected")


@pytest.mark.compliance(RFC, "2.1", "a callback is needed")
@pytest.mark.parametrize("callback", [None, ""])
def test_a_callback_is_needed(program: OldProgram, callback: str | None) -> None:
    assert problem(program.call("POST", "/oauth1/initiate", oauth_callback=callback)) == (
        400,
        "parameter_absent",
    )


@pytest.mark.compliance(
    RFC, "2.2", "the browser carries token and verifier to the callback, whose query is kept"
)
def test_the_query_of_a_callback_is_kept(house: House) -> None:
    callback = "https://printer.example.com/ready?keep=%20this"
    program = OldProgram.of(house, msgspec.structs.replace(USUAL, redirect_uris=(callback,)))
    temporary = program.initiate(callback)
    location = program.visit(temporary).headers["Location"]
    assert location.startswith(callback + "&oauth_token=")
    assert set(parse_qs(urlsplit(location).query)) == {"keep", "oauth_token", "oauth_verifier"}


@pytest.mark.compliance(RFC, "2.3", "the verifier is needed, so that nobody fixes another's session (1.0a)")
def test_no_verifier_is_not_enough(program: OldProgram) -> None:
    temporary = program.initiate()
    program.verifier(temporary)
    assert problem(program.exchange(temporary, None)) == (400, "parameter_absent")
    assert problem(program.exchange(temporary, "")) == (400, "parameter_absent")


@pytest.mark.compliance(RFC, "2.3", "temporary credentials that nobody approved")
def test_what_nobody_approved_is_not_exchanged(program: OldProgram) -> None:
    assert problem(program.exchange(program.initiate(), "guess")) == (401, "permission_unknown")


@pytest.mark.compliance(RFC, "2.3", "temporary credentials are used once")
def test_a_verifier_is_used_once(program: OldProgram) -> None:
    temporary = program.initiate()
    verifier = program.verifier(temporary)
    credentials = credentials_in(program.exchange(temporary, verifier))
    assert problem(program.exchange(temporary, verifier)) == (401, "token_rejected")
    assert program.call("GET", "/oauth1/userinfo", credentials).status_code == 200


@pytest.mark.parametrize("verifier", [None, "guess"])
def test_what_is_used_up_keeps_nobody_signed_in(
    program: OldProgram, house: House, clock: FakeClock, verifier: str | None
) -> None:
    temporary = program.initiate()
    right = program.verifier(temporary)
    for _ in range(MOST_MISSES if verifier else 0):
        program.exchange(temporary, verifier)
    if verifier is None:
        assert program.exchange(temporary, right).status_code == 200
    before = house.browser().current
    assert before is not None
    clock.advance(30)
    assert problem(program.exchange(temporary, verifier or right)) == (401, "token_rejected")
    after = house.browser().current
    assert after is not None
    assert after.session.last_seen_at == before.session.last_seen_at


@pytest.mark.compliance(RFC, "2.3", "a verifier belongs to its temporary credentials")
def test_anothers_verifier_is_worth_nothing(program: OldProgram) -> None:
    one, other = program.initiate(), program.initiate()
    verifier = program.verifier(one)
    program.verifier(other)
    assert problem(program.exchange(other, verifier)) == (401, "token_rejected")


@pytest.mark.compliance(RFC, "2.3", "temporary credentials are bound to their program")
def test_another_program_cannot_exchange(program: OldProgram, house: House) -> None:
    temporary = program.initiate()
    verifier = program.verifier(temporary)
    thief = OldProgram.of(house)
    assert problem(thief.exchange(temporary, verifier)) == (401, "signature_invalid")
    assert program.exchange(temporary, verifier).status_code == 200


@pytest.mark.compliance(
    RFC, "2.3", "a mistake that somebody makes with temporary credentials uses nothing up"
)
def test_a_wrong_try_does_not_end_them(program: OldProgram) -> None:
    temporary = program.initiate()
    verifier = program.verifier(temporary)
    own = program.signed("POST", "/oauth1/token", temporary, oauth_verifier=verifier)
    forged = {**own, "oauth_signature": "AAAA"}
    assert problem(program.send("POST", "/oauth1/token", forged)) == (401, "signature_invalid")
    assert problem(program.exchange(temporary, "wrong")) == (401, "token_rejected")
    assert program.exchange(temporary, verifier).status_code == 200


@pytest.mark.parametrize("when", ["before", "after"])
def test_temporary_credentials_last_minutes(program: OldProgram, clock: FakeClock, when: str) -> None:
    temporary = program.initiate()
    verifier = program.verifier(temporary) if when == "after" else "x"
    clock.advance(LIFETIME)
    assert problem(program.exchange(temporary, verifier)) == (401, "token_rejected")
    if when == "before":
        assert program.visit(temporary).status_code == 400


@pytest.mark.compliance(
    RFC, "4.9", "a short verifier: wrong ones are counted, and the right one does not help any more"
)
def test_a_typed_verifier_is_guessed_a_few_times_only(typed: OldProgram, house: House) -> None:
    temporary = typed.initiate("oob")
    verifier = code_on(typed.visit(temporary).text)
    for _ in range(MOST_MISSES):
        assert problem(typed.exchange(temporary, "BBBB-BBBB")) == (401, "token_rejected")
    assert problem(typed.exchange(temporary, verifier)) == (401, "token_rejected")
    limited = house.gatepass.audit_trail.newest(limit=1)[0]
    assert (limited.kind, limited.actor) == ("attempts.limited", f"client:{typed.client.id}")


@pytest.mark.compliance(RFC, "2.1", "oob: the person types the verifier")
@pytest.mark.compliance(RFC, "4.14", "no page of the approval is shown in a frame")
def test_who_cannot_be_sent_back_types_the_verifier(typed: OldProgram) -> None:
    temporary = typed.initiate("oob")
    page = typed.visit(temporary)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    typed_so = code_on(page.text).lower().replace("-", " ")
    assert typed.exchange(temporary, typed_so).status_code == 200


@pytest.mark.compliance(RFC, "4.15", "who shows a verifier asks each time: somebody may be on the telephone")
def test_a_consent_is_remembered_but_not_out_of_band(program: OldProgram, house: House) -> None:
    program.credentials()
    again = house.client.get(f"/oauth1/authorize?oauth_token={program.initiate().token}")
    assert again.headers["Location"].startswith(CALLBACK)
    for metadata in (OUT_OF_BAND, msgspec.structs.replace(OUT_OF_BAND, trusted=True)):
        shy = OldProgram.of(house, metadata)
        shy.visit(shy.initiate("oob"))
        again = house.client.get(f"/oauth1/authorize?oauth_token={shy.initiate('oob').token}")
        assert "/consent?flow=" in again.headers["Location"]


@pytest.mark.compliance(
    RFC, "4.6", "whoever has copied a native program's secret gets nothing without a person's word"
)
@pytest.mark.parametrize("callback", ["http://127.0.0.1:7000/cb", "com.example.printer:/cb"])
def test_a_program_on_the_device_asks_each_time(house: House, callback: str) -> None:
    program = OldProgram.of(house, msgspec.structs.replace(USUAL, redirect_uris=(callback,)))
    program.visit(program.initiate(callback))
    again = house.client.get(f"/oauth1/authorize?oauth_token={program.initiate(callback).token}")
    assert "/consent?flow=" in again.headers["Location"]


@pytest.mark.parametrize(
    "token", ["", "oauth_token=", "oauth_token=nothing", "oauth_token=%00", "flow=gp_of_x", "flow=x"]
)
def test_a_person_is_told_of_a_request_that_is_not_known(house: House, token: str) -> None:
    answer = house.client.get(f"/oauth1/authorize?{token}")
    assert answer.status_code == 400
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize("done", ["nothing", "consented", "denied"])
def test_a_callback_that_is_registered_no_more_gets_nothing(
    program: OldProgram, house: House, done: str
) -> None:
    temporary = program.initiate()
    address = f"/oauth1/authorize?oauth_token={temporary.token}"
    if done != "nothing":
        handle = flow_of(house.client.get(address))
        address = f"/oauth1/authorize?flow={handle}"
        live = house.browser().current
        assert live is not None
        if done == "denied":
            house.provider.flows.note_denied(handle)
        else:
            house.provider.flows.note_consented(handle, live)
    moved = msgspec.structs.replace(USUAL, redirect_uris=("https://printer.example.com/elsewhere",))
    house.gatepass.clients.change(program.client.id, metadata=moved)
    answer = house.client.get(address)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_approved_credentials_are_not_approved_again(program: OldProgram) -> None:
    temporary = program.initiate()
    program.verifier(temporary)
    assert program.visit(temporary).status_code == 400


@pytest.mark.compliance(RFC, "2.2", "a refusal is told to the program, and ends the request")
def test_a_refusal_goes_to_the_callback(program: OldProgram, house: House) -> None:
    temporary = program.initiate()
    flow = flow_of(house.client.get(f"/oauth1/authorize?oauth_token={temporary.token}"))
    house.provider.flows.note_denied(flow)
    told = answered(house.client.get(f"/oauth1/authorize?flow={flow}"))
    assert told == {"oauth_token": temporary.token, "oauth_problem": "user_refused"}
    assert program.visit(temporary).status_code == 400
    assert problem(program.exchange(temporary, "x")) == (401, "token_rejected")


def test_a_refusal_out_of_band_is_a_page(typed: OldProgram, house: House) -> None:
    flow = flow_of(house.client.get(f"/oauth1/authorize?oauth_token={typed.initiate('oob').token}"))
    house.provider.flows.note_denied(flow)
    page = house.client.get(f"/oauth1/authorize?flow={flow}")
    assert page.status_code == 200
    assert "user-code" not in page.text


@pytest.mark.compliance(RFC, "4.13", "a form of another site approves nothing")
@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_sites_form_is_refused(program: OldProgram, house: House, headers: dict[str, str]) -> None:
    program.credentials()
    form = {"oauth_token": program.initiate().token}
    assert house.client.post("/oauth1/authorize", data=form, headers=headers).status_code == 403
    own = house.client.post("/oauth1/authorize", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert own.headers["Location"].startswith(CALLBACK)


@pytest.mark.compliance(RFC, "4.13", "what one person did in a request counts for no other")
def test_a_flow_that_another_began_asks_anew(program: OldProgram, house: House) -> None:
    temporary = program.initiate()
    flow = flow_of(house.client.get(f"/oauth1/authorize?oauth_token={temporary.token}"))
    browser = house.browser()
    assert browser.current is not None
    house.provider.flows.note_consented(flow, browser.current)
    another = replace_client(house)
    sign_in(another, BOB)
    asked = another.client.get(f"/oauth1/authorize?flow={flow}")
    assert "/consent?flow=" in asked.headers["Location"]


def replace_client(house: House) -> House:
    """The same house, in another browser."""
    other = object.__new__(House)
    other.gatepass, other.app = house.gatepass, house.app
    other.client = house.app.test_client()
    return other


def test_flows_of_both_protocols_go_on_at_their_own_endpoint(program: OldProgram, house: House) -> None:
    flow = flow_of(house.client.get(f"/oauth1/authorize?oauth_token={program.initiate().token}"))
    assert house.client.get(f"/oauth2/authorize?flow={flow}").status_code == 400
    query = {
        "client_id": program.client.id,
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": "openid",
    }
    told = answered(house.client.get(f"/oauth2/authorize?{urlencode(query)}"))
    assert told["error"] == "unauthorized_client"


def test_pages_lead_back_to_the_endpoint_of_oauth1(program: OldProgram, house: House) -> None:
    stranger = replace_client(house)
    temporary = program.initiate()
    asked = stranger.client.get(f"/oauth1/authorize?oauth_token={temporary.token}")
    assert "/sign-in?flow=gp_of_" in asked.headers["Location"]
    page = stranger.client.get(asked.headers["Location"])
    assert page.status_code == 200
    form = {"email": "ann@example.com", "password": "one fine long password", "flow": flow_of(asked)}
    entered = stranger.client.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert "/oauth1/authorize?flow=" in entered.headers["Location"]
    consent = stranger.client.get(entered.headers["Location"])
    assert "/consent?flow=" in consent.headers["Location"] or consent.headers["Location"].startswith(CALLBACK)
    shown = stranger.client.get(f"/consent?flow={flow_of(asked)}")
    assert "printer.example.com" in shown.text


def test_a_sign_in_that_ended_before_the_exchange_ends_the_approval(
    program: OldProgram, house: House
) -> None:
    another = replace_client(house)
    sign_in(another, BOB)
    theirs = replace(program, house=another)
    temporary = theirs.initiate()
    verifier = theirs.verifier(temporary)
    live = another.browser().current
    assert live is not None
    house.gatepass.log_out.current(live)
    assert problem(theirs.exchange(temporary, verifier)) == (401, "token_rejected")


def test_credentials_are_texts_of_their_own(program: OldProgram) -> None:
    temporary = program.initiate()
    credentials = credentials_in(program.exchange(temporary, program.verifier(temporary)))
    assert len({temporary.token, temporary.secret, credentials.token, credentials.secret}) == 4
    assert problem(program.call("GET", "/oauth1/userinfo", temporary)) == (401, "signature_invalid")
    wrong = Credentials(credentials.token, temporary.secret)
    assert problem(program.call("GET", "/oauth1/userinfo", wrong)) == (401, "signature_invalid")

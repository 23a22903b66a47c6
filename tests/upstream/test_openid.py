"""Signing in through an OpenID Connect provider: what is sent, what is believed, and what comes of it."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from gatepass import Signer
from gatepass.keys import Key
from gatepass.testing import forgery
from gatepass_server.protocol.id_tokens import half_hash
from tests.support.clock import FakeClock
from tests.support.other_house import CLIENT_ID, OtherHouse, openid_settings, other_house
from tests.support.through import OURS, Traveller, code_on, path_of
from tests.upstream.conftest import Build


def refused(traveller: Traveller, query: str = "") -> tuple[int, str]:
    """Status and code of the page, to whoever comes back and is not let in."""
    answer = traveller.come_back(query)
    assert traveller.me() is None
    return answer.status_code, code_on(answer.text)


def test_whoever_comes_for_the_first_time_gets_an_account_and_the_next_time_the_same(ann: Traveller) -> None:
    answer = ann.come_back()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    me = ann.me()
    assert me is not None
    assert (me["name"], me["email"]) == ("Ann Other", "Ann@example.com")
    ann.house.client.delete_cookie("__Host-gatepass", domain="auth.example.com")
    ann.house.client = ann.house.app.test_client()
    assert ann.come_back().status_code == 303
    again = ann.me()
    assert again is not None
    assert again["public_id"] == me["public_id"]


@pytest.mark.compliance("RFC 9700", "2.1.1", "PKCE, a nonce and a state, each new for every attempt")
@pytest.mark.compliance("RFC 7636", "4.3", "the challenge goes with the authorization request")
def test_what_is_sent_is_new_every_time_and_holds_no_secret(ann: Traveller) -> None:
    first, second = (dict(parse_qsl(urlsplit(ann.leave()).query)) for _ in range(2))
    assert first["response_type"] == "code"
    assert first["redirect_uri"] == "https://auth.example.com/sign-in/through/corp/callback"
    assert first["code_challenge_method"] == "S256"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != second[name]
    ann.come_back()
    verifier = ann.other.redeemed[-1]["code_verifier"]
    assert verifier not in str(ann.other.asked)


@pytest.mark.parametrize("method", ["basic", "post"])
def test_the_secret_goes_where_the_settings_say(build: Build, method: str) -> None:
    traveller = build(client_auth=method)
    traveller.come_back()
    form = traveller.other.redeemed[-1]
    assert ("client_secret" in form) == (method == "post")
    assert bool(form["authorization"]) == (method == "basic")


def test_the_sign_in_and_sign_up_pages_have_the_button(ann: Traveller) -> None:
    for path in ("/sign-in", "/sign-up"):
        page = ann.house.client.get(f"{path}?next=/account/sessions").text
        assert 'href="/sign-in/through/corp?next=%2Faccount%2Fsessions"' in page
        assert "Continue with Corp" in page


def test_whoever_comes_back_goes_to_where_they_wanted_to_go_on_this_host_alone(ann: Traveller) -> None:
    assert ann.come_back("?next=/account/sessions").headers["Location"] == "/account/sessions"
    for evil in ("https://evil.example", "//evil.example", "/\\evil.example"):
        assert ann.come_back("?" + urlencode({"next": evil})).headers["Location"] == "/account"


def test_another_site_cannot_send_people_away_from_here(ann: Traveller) -> None:
    answer = ann.house.client.get("/sign-in/through/corp", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.headers["Location"] == "/sign-in"
    assert ann.house.client.get("/sign-in/through/other", headers=OURS).status_code == 404


def test_the_session_says_how_and_when_the_person_proved_who_they_are(
    ann: Traveller, clock: FakeClock
) -> None:
    ann.other.person |= {"auth_time": int(clock()) - 500, "amr": ["pwd", "otp", "<b>"]}
    ann.come_back()
    live = ann.house.browser().current
    assert live is not None
    assert live.session.methods == ("fed", "pwd", "otp")
    assert live.session.authenticated_at == int(clock()) - 500
    assert live.session.upstream_sid == "their-session"


# ---- answers that are not believed ----


@pytest.mark.compliance(
    "OpenID Connect Core 1.0", "3.1.3.7", "issuer, audience, azp, nonce, times are checked"
)
@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another program"},
        {"aud": None},
        {"aud": [CLIENT_ID, "another"]},
        {"azp": "another program"},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": 1},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": None},
        {"iat": 2_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=str,
)
def test_an_id_token_that_is_not_for_this_attempt_proves_nothing(
    ann: Traveller, claims: dict[str, Any]
) -> None:
    ann.other.spoil = lambda found: found.update(claims)
    assert refused(ann) == (403, "upstream_untrusted")


@pytest.mark.compliance("RFC 8725", "3.1", "neither none, nor a public key for a shared secret")
def test_an_id_token_with_another_algorithm_proves_nothing(ann: Traveller) -> None:
    key = ann.other.key

    def spoiled(claims: dict[str, Any], alg: str | None, **header: str) -> str:
        return forgery.changed(ann.other.signed(claims), key, header=header, claims={}, without=(), alg=alg)

    for sign in (
        lambda claims: spoiled(claims, "none"),
        lambda claims: spoiled(claims, "HS256"),
        lambda claims: Signer(Key.generate("ES256").named(key.kid), issuer="x", audience="x").sign(
            claims, typ="JWT"
        ),
        lambda claims: spoiled(claims, None, typ="at+jwt"),
        lambda claims: ann.other.signed(claims, typ="logout+jwt"),
        lambda _: "no token",
        lambda _: "",
    ):
        ann.other.sign = sign
        assert refused(ann) == (403, "upstream_untrusted")


def test_a_right_at_hash_and_a_list_of_one_audience_are_taken(ann: Traveller) -> None:
    ann.other.spoil = lambda found: found.update(
        aud=[CLIENT_ID], azp=CLIENT_ID, at_hash=half_hash("their-access-token", "ES256")
    )
    assert ann.come_back().status_code == 303
    assert ann.me() is not None


@pytest.mark.compliance("RFC 9207", "2.4", "who answers must be who was asked")
@pytest.mark.parametrize("iss", [None, "https://evil.example", ""])
def test_an_answer_of_another_issuer_or_of_none_is_refused_before_the_code_goes_anywhere(
    ann: Traveller, iss: str | None
) -> None:
    def change(answer: dict[str, str]) -> None:
        answer.pop("iss")
        if iss is not None:
            answer["iss"] = iss

    ann.other.answer = change
    assert refused(ann) == (403, "upstream_untrusted")
    assert ann.other.redeemed == []


@pytest.mark.compliance("RFC 9207", "2.4", "a house that never names itself is not asked to")
def test_a_house_that_does_not_name_itself_may_leave_it_out(ann: Traveller) -> None:
    ann.other.published = lambda document: document.pop("authorization_response_iss_parameter_supported")
    ann.other.answer = lambda answer: answer.pop("iss")
    assert ann.come_back().status_code == 303


@pytest.mark.compliance(
    "RFC 9700", "4.4.2", "each house has a callback of its own, and an answer fits one alone"
)
def test_the_code_of_one_house_is_not_taken_at_the_callback_of_another(
    build: Build, other: OtherHouse, clock: FakeClock
) -> None:
    with other_house(clock) as evil:
        tables = {"corp": openid_settings(other), "evil": openid_settings(evil)}
        traveller = build(tables)
        came = traveller.allow()
        answer = traveller.house.client.get(came.replace("/corp/", "/evil/"))
        assert (answer.status_code, code_on(answer.text)) == (400, "unknown_attempt")
        assert (evil.redeemed, other.redeemed) == ([], [])
        assert traveller.house.client.get(came).status_code == 303


@pytest.mark.compliance("OpenID Connect Core 1.0", "5.7", "another issuer's sub is another person")
def test_the_same_sub_of_another_issuer_is_another_person(
    build: Build, other: OtherHouse, clock: FakeClock
) -> None:
    with other_house(clock) as second:
        traveller = build({"corp": openid_settings(other), "second": openid_settings(second)})
        traveller.come_back()
        first = traveller.me()
        traveller.house.client = traveller.house.app.test_client()
        second.person |= {"email": "eve@example.com"}
        there = replace(traveller, other=second, name="second")
        assert there.come_back().status_code == 303
        found = there.me()
        assert first is not None
        assert found is not None
        assert found["public_id"] != first["public_id"]


@pytest.mark.parametrize(
    ("published", "iss", "tid", "allowed", "status"),
    [
        ("{tenantid}", "t-1", "t-1", [], 303),
        ("{tenantid}", "t-1", "t-1", ["t-1"], 303),
        ("{tenantid}", "t-2", "t-2", ["t-1"], 403),
        ("{tenantid}", "t-1", "t-2", [], 403),
        ("{tenantid}", "t-2", "t-1", ["t-1"], 403),
        ("{tenantid}", "{tenantid}", "{tenantid}", [], 403),
        ("{tenantid}", "t-1", None, [], 403),
        ("t-1", "t-1", "t-1", [], 303),
        ("t-1", "t-2", "t-2", [], 403),
        ("t/1", "t/1", "t/1", [], 502),
    ],
)
def test_where_one_address_serves_several_tenants_the_issuer_is_that_of_the_tenant(
    build: Build,
    other: OtherHouse,
    published: str,
    iss: str,
    tid: str | None,
    allowed: list[str],
    status: int,
) -> None:
    traveller = build(issuer_template=f"{other.url}/{{tid}}/v2.0", tenants=allowed)
    other.published = lambda document: document.update(
        issuer=f"{other.url}/{published}/v2.0", authorization_response_iss_parameter_supported=False
    )
    other.answer = lambda answer: answer.pop("iss")
    other.spoil = lambda claims: claims.update(iss=f"{other.url}/{iss}/v2.0", tid=tid)
    if status == 502:
        assert traveller.house.client.get("/sign-in/through/corp", headers=OURS).status_code == status
    else:
        assert traveller.come_back().status_code == status


@pytest.mark.compliance("OpenID Connect Core 1.0", "2", "sub has at most 255 characters")
@pytest.mark.parametrize("sub", ["a" * 256, "a\0b", "a\nb", " "], ids=ascii)
def test_a_subject_that_could_name_nobody_for_good_proves_nothing(ann: Traveller, sub: str) -> None:
    ann.other.person["sub"] = sub
    answer = ann.come_back()
    assert (answer.status_code, code_on(answer.text)) == (403, "upstream_untrusted")
    assert ann.me() is None


# ---- the state ----


@pytest.mark.compliance("RFC 6749", "10.12", "the answer is bound to the browser that asked")
def test_the_answer_is_taken_in_the_browser_that_began_it_alone(ann: Traveller) -> None:
    came = ann.allow()
    ours, ann.house.client = ann.house.client, ann.house.app.test_client()
    answer = ann.house.client.get(came)
    assert (answer.status_code, code_on(answer.text)) == (400, "unknown_attempt")
    ann.leave()  # now it has a cookie of its own
    assert code_on(ann.house.client.get(came).text) == "unknown_attempt"
    assert ann.me() is None
    assert ann.other.redeemed == []
    ann.house.client = ours
    assert ann.house.client.get(came).status_code == 303


def test_the_answer_is_taken_once(ann: Traveller) -> None:
    came = ann.allow()
    assert ann.house.client.get(came).status_code == 303
    again = ann.house.client.get(came)
    assert (again.status_code, code_on(again.text)) == (400, "unknown_attempt")
    assert len(ann.other.redeemed) == 1


@pytest.mark.parametrize("state", ["", "forged", None])
def test_a_forged_state_is_refused(ann: Traveller, state: str | None) -> None:
    def change(answer: dict[str, str]) -> None:
        answer.pop("state")
        if state is not None:
            answer["state"] = state

    ann.other.answer = change
    assert refused(ann) == (400, "unknown_attempt")
    assert ann.other.redeemed == []


def test_a_state_that_is_there_twice_is_refused(ann: Traveller) -> None:
    came = ann.allow()
    state = parse_qs(urlsplit(came).query)["state"][0]
    assert code_on(ann.house.client.get(f"{came}&state={state}").text) == "unknown_attempt"


def test_a_state_is_good_for_a_quarter_of_an_hour(ann: Traveller, clock: FakeClock) -> None:
    came = ann.allow()
    clock.advance(900)
    assert code_on(ann.house.client.get(came).text) == "unknown_attempt"


def test_an_error_of_the_other_house_is_told_on_a_page_with_a_way_back(ann: Traveller) -> None:
    def change(answer: dict[str, str]) -> None:
        answer.pop("code")
        answer |= {"error": "access_denied", "error_description": "<script>alert(1)</script>"}

    ann.other.answer = change
    answer = ann.come_back("?next=/account/sessions")
    assert (answer.status_code, code_on(answer.text)) == (403, "upstream_denied")
    assert "<script>alert" not in answer.text
    assert 'href="/sign-in?next=%2Faccount%2Fsessions"' in answer.text


def test_a_house_that_cannot_be_reached_is_told_on_a_page(ann: Traveller) -> None:
    ann.other.published = lambda document: document.update(issuer="https://evil.example")
    answer = ann.house.client.get("/sign-in/through/corp", headers=OURS)
    assert (answer.status_code, code_on(answer.text)) == (502, "upstream_unavailable")


@pytest.mark.compliance(
    "OAuth 2.0 Form Post Response Mode",
    "2",
    "the answer may come in a form of the other site, without our cookies",
)
def test_an_answer_that_comes_as_a_form_is_read_without_the_cookies_that_it_lacks(build: Build) -> None:
    ann = build(response_mode="form_post")
    came = ann.allow()
    assert ann.other.asked["response_mode"] == "form_post"
    stranger = ann.house.app.test_client()  # as a browser does that keeps Lax cookies back
    form = dict(parse_qsl(urlsplit(came).query))
    answer = stranger.post(
        urlsplit(came).path, data=form, headers={"Origin": ann.other.url, "Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 303
    assert ann.house.client.get(path_of(answer.headers["Location"])).status_code == 303
    assert ann.me() is not None


@pytest.mark.parametrize("name", ["%0a", "a%0d%0aSet-Cookie:%20b", "corp%3fa", "..", "nobody"])
def test_a_form_for_a_house_that_is_not_there_leads_nowhere(ann: Traveller, name: str) -> None:
    answer = ann.house.client.post(f"/sign-in/through/{name}/callback", data={"code": "a", "state": "b"})
    assert (answer.status_code, answer.headers.get("Location")) == (404, None)


def test_no_code_token_or_secret_reaches_the_log(ann: Traveller, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    came = ann.allow()
    asked = dict(parse_qsl(urlsplit(came).query))
    ann.house.client.get(came)
    ann.house.client.get(came)
    ann.other.spoil = lambda claims: claims.update(nonce="another")
    ann.come_back()
    secrets = {"their-access-token", "a secret between two houses", asked["code"], asked["state"]}
    secrets |= {form["code_verifier"] for form in ann.other.redeemed}
    assert [secret for secret in secrets if secret in caplog.text] == []
    assert "the nonce is not that of this attempt" in caplog.text


def test_strange_answers_are_told_on_a_page(ann: Traveller) -> None:
    ann.leave()
    for query in (
        "",
        "?path=a&name=b&state=x",
        "?state=%ff%fe",
        "?state=" + "a" * 5000,
        "?state=a%00b&code=c",
    ):
        answer = ann.house.client.get(f"/sign-in/through/corp/callback{query}")
        assert (answer.status_code, code_on(answer.text)) == (400, "unknown_attempt")
        form = ann.house.client.post(
            f"/sign-in/through/corp/callback{query}", data={"path": "a", "state": "s"}
        )
        assert form.status_code == 303


def test_an_outage_is_not_asked_after_again_and_again(ann: Traveller) -> None:
    asked: list[int] = []

    def fail(document: dict[str, Any]) -> None:
        asked.append(1)
        document.clear()

    ann.other.published = fail
    for _ in range(3):
        assert ann.house.client.get("/sign-in/through/corp", headers=OURS).status_code == 502
    assert len(asked) == 1

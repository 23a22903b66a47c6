"""Signing out for a program: over HTTP, from a code to the last frame."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from msgspec import structs
from werkzeug.test import TestResponse

from gatepass import jose
from tests.support.house import House
from tests.support.relying_party import USUAL, RelyingParty, sign_in

BYE = "https://app.example.com/bye"
LEAVING = structs.replace(
    USUAL, post_logout_redirect_uris=(BYE,), backchannel_logout_uri="https://app.example.com/back"
)


@pytest.fixture
def wiki(house: House) -> RelyingParty:
    """A program that wants to hear of log-outs."""
    return RelyingParty.of(house, LEAVING)


def leave(house: House, method: str = "GET", **parameters: str) -> TestResponse:
    """What the browser gets when a program sends it to the endpoint."""
    if method == "POST":
        return house.client.post("/oauth2/logout", data=parameters)
    return house.client.get(f"/oauth2/logout?{urlencode(parameters)}")


def is_signed_in(house: House) -> bool:
    return house.browser().current is not None


def confirm(house: House, page: TestResponse) -> TestResponse:
    """Press the button of the page that asks."""
    assert page.status_code == 200
    assert "<form" in page.text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    return house.client.post(
        "/oauth2/logout",
        data={name: unescape(value) for name, value in fields.items()},
        headers={"Origin": "https://auth.example.com"},
    )


@pytest.mark.compliance("RP-Initiated Logout 1.0", "2", "with a hint of this session nobody need be asked")
@pytest.mark.compliance(
    "RP-Initiated Logout 1.0", "2.1", "end_session_endpoint in the metadata, GET and POST"
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_program_signs_its_person_out_and_gets_them_back(
    house: House, wiki: RelyingParty, method: str
) -> None:
    tokens = wiki.tokens()
    metadata = house.get("/.well-known/openid-configuration").get_json()
    assert metadata["end_session_endpoint"] == "https://auth.example.com/oauth2/logout"
    answer = leave(
        house, method, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BYE, state="a state"
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{BYE}?state=a+state")
    assert not is_signed_in(house)
    silent = wiki.authorize(prompt="none")
    assert parse_qs(urlsplit(silent.headers["Location"]).query)["error"] == ["login_required"]
    assert house.get("/oauth2/userinfo", tokens["access_token"]).status_code == 401


@pytest.mark.compliance("Back-Channel Logout 1.0", "2.5", "the log-out token reaches the program")
def test_the_program_is_told_behind_the_browser(
    house: House, wiki: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted: list[tuple[str, dict[str, str]]] = []

    def post_form(_: object, url: str, form: dict[str, str]) -> int:
        posted.append((url, form))
        return 200

    monkeypatch.setattr("gatepass_server.outbound.client.Outbound.post_form", post_form)
    tokens = wiki.tokens()
    told = jose.unproven_claims(tokens["id_token"])
    leave(house, id_token_hint=tokens["id_token"])
    assert house.provider.deliveries.deliver_due() == 1
    ((url, form),) = posted
    claims = jose.unproven_claims(form["logout_token"])
    assert url == "https://app.example.com/back"
    assert {name: claims[name] for name in ("iss", "sub", "aud", "sid")} == {
        name: told[name] for name in ("iss", "sub", "aud", "sid")
    }


def test_what_passes_for_a_log_out_token_passes_for_no_other_and_the_other_way(
    house: House, wiki: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms: list[dict[str, str]] = []

    def post_form(_: object, _url: str, form: dict[str, str]) -> int:
        forms.append(form)
        return 200

    monkeypatch.setattr("gatepass_server.outbound.client.Outbound.post_form", post_form)
    tokens = wiki.tokens()
    leave(house, id_token_hint=tokens["id_token"])
    house.provider.deliveries.deliver_due()
    token = forms[0]["logout_token"]
    sign_in(house)
    assert house.get("/me", token).status_code == 401
    assert house.get("/oauth2/userinfo", token).status_code == 401
    page = leave(house, id_token_hint=token, client_id=wiki.id, post_logout_redirect_uri=BYE)
    assert "Sign out?" in page.text  # it is no hint: the person is asked
    page = leave(house, id_token_hint=tokens["access_token"], client_id=wiki.id)
    assert "Sign out?" in page.text


def test_an_address_that_was_taken_back_while_the_person_was_asked_leads_nowhere(
    house: House, wiki: RelyingParty
) -> None:
    page = leave(house, client_id=wiki.id, post_logout_redirect_uri=BYE)
    metadata = structs.replace(wiki.client.metadata, post_logout_redirect_uris=())
    house.gatepass.clients.change(wiki.id, metadata=metadata)
    done = confirm(house, page)
    assert (done.status_code, "Location" in done.headers) == (400, False)


@pytest.mark.compliance("RP-Initiated Logout 1.0", "2", "without a hint the person must be asked")
@pytest.mark.parametrize("named", [True, False])
def test_without_a_hint_the_person_is_asked_and_may_agree(
    house: House, wiki: RelyingParty, named: bool
) -> None:
    parameters = {"client_id": wiki.id, "post_logout_redirect_uri": BYE, "state": "1"} if named else {}
    page = leave(house, **parameters)
    assert is_signed_in(house)
    done = confirm(house, page)
    assert not is_signed_in(house)
    if named:
        assert (done.status_code, done.headers["Location"]) == (303, f"{BYE}?state=1")
    else:
        assert "You are signed out" in done.text


def test_who_is_not_signed_in_goes_straight_back(house: House, wiki: RelyingParty) -> None:
    house.client.delete_cookie("__Host-gatepass")
    answer = leave(house, client_id=wiki.id, post_logout_redirect_uri=BYE)
    assert (answer.status_code, answer.headers["Location"]) == (303, BYE)
    assert "You are signed out" in leave(house).text


def test_a_hint_of_somebody_else_asks_who_is_here_now(house: House, wiki: RelyingParty) -> None:
    hint = wiki.tokens()["id_token"]
    house.client.delete_cookie("__Host-gatepass")
    sign_in(house, "ben@example.com")
    page = leave(house, id_token_hint=hint, post_logout_redirect_uri=BYE)
    assert "Sign out?" in page.text
    assert is_signed_in(house)


@pytest.mark.compliance(
    "RP-Initiated Logout 1.0", "2", "the endpoint takes POST, which other sites send without cookies"
)
def test_a_form_of_another_site_comes_back_with_its_cookie(house: House, wiki: RelyingParty) -> None:
    hint = wiki.tokens()["id_token"]
    cookie = house.client.get_cookie("__Host-gatepass")
    assert cookie is not None
    house.client.delete_cookie("__Host-gatepass")  # SameSite=Lax
    answer = leave(house, "POST", id_token_hint=hint, post_logout_redirect_uri=BYE, state="1")
    assert answer.status_code == 303
    location = answer.headers["Location"]
    assert location.startswith("https://auth.example.com/oauth2/logout?request=gp_lo_")
    assert hint not in location
    house.client.set_cookie("__Host-gatepass", cookie.value, secure=True)
    back = house.client.get(f"/oauth2/logout?{urlsplit(location).query}")
    assert (back.status_code, back.headers["Location"]) == (303, f"{BYE}?state=1")
    assert not is_signed_in(house)


@pytest.mark.parametrize("forged", ["no token", "wrong token", "other origin", "handle alone"])
def test_another_site_cannot_confirm_for_the_person(house: House, wiki: RelyingParty, forged: str) -> None:
    page = leave(house, client_id=wiki.id, post_logout_redirect_uri=BYE)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    headers = {"Origin": "https://auth.example.com"}
    if forged in {"no token", "handle alone"}:
        del fields["csrf_token"]
    if forged == "wrong token":
        fields["csrf_token"] = "x" * 43
    if forged == "other origin":
        headers = {"Origin": "https://evil.example"}
    if forged == "handle alone":
        headers = {"Sec-Fetch-Site": "cross-site"}
    answer = house.client.post("/oauth2/logout", data=fields, headers=headers)
    assert "csrf_failed" in answer.text
    assert is_signed_in(house)


def test_nothing_is_gone_to_that_is_not_registered(house: House, wiki: RelyingParty) -> None:
    hint = wiki.tokens()["id_token"]
    for uri in ("https://evil.example", f"{BYE}?foo=bar", "javascript:alert(1)", "//evil.example"):
        answer = leave(house, id_token_hint=hint, post_logout_redirect_uri=uri)
        assert answer.status_code == 400
        assert "Location" not in answer.headers
    assert is_signed_in(house)


@pytest.mark.compliance(
    "Front-Channel Logout 1.0", "2", "frames of the page; its policy names their origins alone"
)
def test_frames_are_loaded_before_the_browser_goes_on(house: House) -> None:
    chat = RelyingParty.of(
        house, structs.replace(LEAVING, frontchannel_logout_uri="https://chat.example.com/bye?x=1")
    )
    tokens = chat.tokens()
    sid = jose.unproven_claims(tokens["id_token"])["sid"]
    page = leave(house, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BYE)
    assert page.status_code == 200
    frame = f"https://chat.example.com/bye?x=1&iss=https%3A%2F%2Fauth.example.com&sid={sid}"
    assert re.findall(r'<iframe src="([^"]*)"', page.text) == [frame.replace("&", "&amp;")]
    assert "frame-src https://chat.example.com;" in page.headers["Content-Security-Policy"]
    assert f'href="{BYE}" data-onward' in page.text
    assert not is_signed_in(house)


def test_a_grant_that_outlives_the_sign_in_goes_on(house: House, wiki: RelyingParty) -> None:
    tokens = wiki.tokens(scope="openid offline_access", prompt="consent")
    leave(house, id_token_hint=tokens["id_token"])
    assert not is_signed_in(house)
    answer = wiki.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert answer.status_code == 200


def test_a_code_that_is_replayed_ends_the_grant_that_outlived_its_sign_in(
    house: House, wiki: RelyingParty
) -> None:
    code = wiki.code(scope="openid offline_access", prompt="consent")
    tokens = wiki.redeem(code).get_json()
    leave(house, id_token_hint=tokens["id_token"])
    assert wiki.redeem(code).status_code == 400
    answer = wiki.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "junk", ["a=b&a=c", "id_token_hint=%ff", "request=x", "client_id=x&client_id=y", "%00=1"]
)
def test_junk_is_answered_with_a_page_and_never_an_error_of_ours(house: House, junk: str) -> None:
    for answer in (
        house.client.get(f"/oauth2/logout?{junk}"),
        house.client.post("/oauth2/logout", data=junk, content_type="application/x-www-form-urlencoded"),
    ):
        assert answer.status_code in {200, 303, 400, 403, 404}


def test_the_metadata_tell_what_log_outs_there_are(open_house: Callable[..., House]) -> None:
    metadata = open_house().get("/.well-known/oauth-authorization-server").get_json()
    for name in ("backchannel", "frontchannel"):
        assert metadata[f"{name}_logout_supported"] is True
        assert metadata[f"{name}_logout_session_supported"] is True

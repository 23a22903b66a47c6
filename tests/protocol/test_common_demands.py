"""What common relying parties send and expect, whatever the standards would let us refuse."""

import base64
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from msgspec import structs

from gatepass import jose
from gatepass_server import mount
from gatepass_server.domain.secret import Secret
from tests.support.clock import FakeClock
from tests.support.hosts import host_app, mount_settings
from tests.support.house import EMAIL, ISSUER, House
from tests.support.one_database import ready_database_url  # noqa: F401 - a fixture, which pytest finds here
from tests.support.relying_party import USUAL, RelyingParty, answered, flow_of, sign_in

JUNK = {"data": "None", "foo": "bar", "nonsense[]": "1", "timeout": "", "unknown": "é"}
PUBLIC = structs.replace(USUAL, token_endpoint_auth_method="none")


@pytest.mark.compliance(
    "RFC 6749", "3.1", "the authorization endpoint ignores parameters that it does not know"
)
def test_junk_at_the_authorization_endpoint_is_ignored(app: RelyingParty) -> None:
    assert app.tokens(**JUNK)["access_token"]


@pytest.mark.compliance("RFC 6749", "3.1", "a parameter without a value counts as not sent")
def test_empty_parameters_count_as_not_sent(app: RelyingParty) -> None:
    empty = dict.fromkeys(("prompt", "max_age", "login_hint", "claims", "ui_locales", "acr_values"), "")
    answer = answered(app.consent_to(app.authorize(**empty, nonce="", state="")))
    assert "state" not in answer
    tokens = app.redeem(answer["code"]).get_json()
    assert "nonce" not in jose.unproven_claims(tokens["id_token"])


@pytest.mark.compliance("RFC 6749", "3.2", "the token endpoint ignores parameters that it does not know")
def test_junk_at_the_token_endpoint_is_ignored(app: RelyingParty) -> None:
    beside = {"state": "a state", "scope": "openid", "response_type": "code", "username": ""}
    first = app.redeem(app.code(), **JUNK, **beside)
    assert first.status_code == 200, first.text
    form = {
        "grant_type": "refresh_token",
        "refresh_token": first.get_json()["refresh_token"],
        **beside,
        **JUNK,
    }
    again = app.token(auth=True, **form)
    assert again.status_code == 200, again.text


@pytest.mark.compliance("RFC 6749", "3.3", "a request without scope is served by default scopes")
def test_who_names_no_scope_gets_those_that_it_is_registered_with(app: RelyingParty) -> None:
    tokens = app.tokens(scope=None)
    assert set(tokens["scope"].split()) == {"openid", "profile", "email"}
    assert tokens["id_token"]


@pytest.mark.compliance("OIDC Core", "3.1.2.1", "nonce is optional for a code")
def test_who_sends_a_challenge_needs_no_nonce(app: RelyingParty) -> None:
    assert "nonce" not in jose.unproven_claims(app.tokens(nonce=None)["id_token"])


@pytest.mark.compliance("RFC 9700", "2.1.1", "who may do without PKCE must send a nonce")
def test_who_may_do_without_a_challenge_needs_a_nonce(house: House) -> None:
    app = RelyingParty.of(house, structs.replace(USUAL, require_pkce=False))
    bare: dict[str, str | None] = {"code_challenge": None, "code_challenge_method": None}
    assert app.redeem(app.code(**bare), code_verifier=None).status_code == 200
    assert answered(app.authorize(**bare, nonce=None))["error"] == "invalid_request"


def test_a_request_that_a_server_fetches_first_is_still_good_for_the_browser(
    house: House, app: RelyingParty
) -> None:
    query = urlencode(app.parameters())
    for _ in range(3):
        fetched = house.app.test_client().get(f"/oauth2/authorize?{query}")
        assert fetched.headers["Location"].startswith(f"{ISSUER}/sign-in?flow=")
    assert app.redeem(app.code()).status_code == 200


def test_a_page_that_is_visited_twice_uses_nothing_up(house: House, app: RelyingParty) -> None:
    waiting = app.authorize()
    for _ in range(3):
        again = house.client.get(f"/oauth2/authorize?flow={flow_of(waiting)}")
        assert flow_of(again) == flow_of(waiting)
    assert "code" in answered(app.consent_to(waiting))


class TestClientAuthentication:
    """Both ways of sending a secret are taken, whichever the client was registered with."""

    @pytest.mark.parametrize("registered", ["client_secret_basic", "client_secret_post"])
    @pytest.mark.parametrize("used", ["header", "body"])
    @pytest.mark.compliance("RFC 6749", "2.3.1", "a secret in the header, or in the body")
    def test_a_secret_is_taken_in_both_ways(self, house: House, registered: str, used: str) -> None:
        app = RelyingParty.of(house, structs.replace(USUAL, token_endpoint_auth_method=registered))
        assert app.secret is not None
        in_body = {"client_id": app.id, "client_secret": app.secret.reveal()} if used == "body" else {}
        answer = app.redeem(app.code(), auth=used == "header", **in_body)
        assert answer.status_code == 200, answer.text

    @pytest.mark.compliance("RFC 6749", "2.3.1", "an empty secret may be left out")
    def test_a_public_client_may_send_a_basic_header_with_an_empty_password(self, house: House) -> None:
        app = RelyingParty.of(house, PUBLIC)
        pair = base64.b64encode(f"{app.id}:".encode()).decode()
        form = {"grant_type": "authorization_code", "code": app.code(), "code_verifier": app.verifier}
        form["redirect_uri"] = USUAL.redirect_uris[0]
        answer = house.client.post("/oauth2/token", data=form, headers={"Authorization": f"Basic {pair}"})
        assert answer.status_code == 200, answer.text

    def test_a_public_client_may_send_an_empty_secret_in_the_body(self, house: House) -> None:
        app = RelyingParty.of(house, PUBLIC)
        answer = app.redeem(app.code(), client_secret="")
        assert answer.status_code == 200, answer.text

    def test_a_confidential_client_gets_nothing_for_an_empty_password(
        self, house: House, app: RelyingParty
    ) -> None:
        code = app.code()
        nobody = RelyingParty(house, app.client, Secret(""), app.verifier)
        assert nobody.redeem(code).get_json()["error"] == "invalid_client"
        bare = app.redeem(code, auth=False, client_id=app.id, client_secret="")
        assert bare.get_json()["error"] == "invalid_client"

    @pytest.mark.compliance("RFC 6749", "2.3.1", "id and secret are written as in a form")
    def test_a_secret_may_be_percent_encoded(self, house: House, app: RelyingParty) -> None:
        assert app.secret is not None
        text = "".join(f"%{ord(character):02X}" for character in app.secret.reveal())
        assert (
            RelyingParty(house, app.client, Secret(text), app.verifier).redeem(app.code()).status_code == 200
        )


class TestUserinfo:
    """Three ways to send the token."""

    @pytest.mark.compliance("OIDC Core", "5.3.1", "GET and POST, the token in the header or in the body")
    def test_it_answers_all_three(self, house: House, app: RelyingParty) -> None:
        token = app.tokens()["access_token"]
        header = {"Authorization": f"Bearer {token}"}
        answers = [
            house.client.get("/oauth2/userinfo", headers=header),
            house.client.post("/oauth2/userinfo", headers=header),
            house.client.post("/oauth2/userinfo", data={"access_token": token}),
        ]
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert len({answer.text for answer in answers}) == 1

    @pytest.mark.compliance("RFC 6750", "2", "a client sends the token in one way only")
    def test_two_tokens_are_refused(self, house: House, app: RelyingParty) -> None:
        one, other = (app.tokens()["access_token"] for _ in range(2))
        header = {"Authorization": f"Bearer {one}"}
        answer = house.client.post("/oauth2/userinfo", data={"access_token": other}, headers=header)
        assert answer.status_code in {400, 401}

    @pytest.mark.compliance(
        "OIDC Core", "5.1", "email_verified says what is known, preferred_username is told"
    )
    def test_it_tells_the_truth_about_the_address(self, house: House, app: RelyingParty) -> None:
        told = house.get("/oauth2/userinfo", app.tokens()["access_token"]).get_json()
        assert (told["email"], told["preferred_username"], told["email_verified"]) == (EMAIL, EMAIL, False)


@pytest.mark.compliance("OIDC Core", "2", "without the scope openid there is no ID token")
def test_plain_oauth_gets_no_id_token(app: RelyingParty) -> None:
    assert "id_token" not in app.tokens(scope="email")


@pytest.mark.compliance(
    "RFC 6749", "4.1.3", "redirect_uri is needed at the token endpoint where it was sent before"
)
def test_an_address_that_was_left_out_is_left_out_again(app: RelyingParty) -> None:
    bare = answered(app.consent_to(app.authorize(scope="email", redirect_uri=None)))["code"]
    assert app.redeem(bare, redirect_uri=None).status_code == 200
    named = app.redeem(app.code(), redirect_uri=None)
    assert named.get_json()["error"] == "invalid_grant"


@pytest.mark.compliance("OIDC Discovery", "4.3", "the issuer is the same text everywhere")
@pytest.mark.parametrize("issuer", ["https://auth.example.com/", "https://auth.example.com/sso"])
def test_the_issuer_is_byte_identical_everywhere(open_house: Callable[..., House], issuer: str) -> None:
    house = open_house(issuer=issuer)
    sign_in(house)
    app = RelyingParty.of(house)
    answer = answered(app.consent_to(app.authorize()))
    tokens = app.redeem(answer["code"]).get_json()
    asked = house.client.post(
        "/oauth2/introspect", data={"token": tokens["access_token"]}, headers=app.basic()
    )
    told = [
        house.get("/.well-known/openid-configuration").get_json()["issuer"],
        house.get("/.well-known/oauth-authorization-server").get_json()["issuer"],
        answer["iss"],
        jose.unproven_claims(tokens["id_token"])["iss"],
        jose.unproven_claims(tokens["access_token"])["iss"],
        asked.get_json()["iss"],
    ]
    assert set(told) == {issuer}


@pytest.mark.compliance("RFC 8414", "3.1", "the path of a mounted issuer follows the well-known part")
def test_a_mounted_issuer_is_found_at_the_top_of_the_site(
    ready_sqlite_url: str, tmp_path_factory: pytest.TempPathFactory, clock: FakeClock
) -> None:
    app = host_app()
    settings = mount_settings(ready_sqlite_url, tmp_path_factory.mktemp("mounted"), auto_upgrade=False)
    mount(app, prefix="/auth", settings=settings, clock=clock)
    client = app.test_client()
    for title in ("oauth-authorization-server", "openid-configuration"):
        top = client.get(f"/.well-known/{title}/auth")
        assert top.status_code == 200
        assert top.data == client.get(f"/auth/.well-known/{title}").data
        assert top.headers["Access-Control-Allow-Origin"] == "*"
        assert client.get(f"/.well-known/{title}").text == "the host's own 404"
    app.extensions["gatepass"].close()

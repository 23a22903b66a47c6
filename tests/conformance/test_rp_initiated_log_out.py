"""RP-Initiated Logout OP (OpenID Connect RP-Initiated Logout 1.0)."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from msgspec import structs
from werkzeug.test import TestResponse

from gatepass import Key, Signer
from tests.conformance.suite import PLAIN, Program, Tokens, error_page
from tests.support.house import ISSUER, House

BYE = "https://suite.example.com/test/a/gatepass/post_logout_redirect"


@dataclass
class Leaving:
    """A program in front of a browser in which its person is signed in."""

    program: Program
    tokens: Tokens

    def ask(self, **parameters: str) -> TestResponse:
        """Take the browser to the ``end_session_endpoint``."""
        return self.program.person.get(f"/oauth2/logout?{urlencode(parameters)}")

    def is_signed_in(self) -> bool:
        """Whether a request with ``prompt=none`` finds the person signed in."""
        answer = self.program.walk(self.program.send(prompt="none"))
        if "code" in answer.parameters:
            return True
        self.program.check_error(answer, self.program.request(), "login_required", "interaction_required")
        return False

    def agree(self, page: TestResponse) -> TestResponse:
        """Press the button of the page that asks."""
        assert page.status_code == 200
        assert self.is_signed_in()
        return self.program.person.submit(page)


@pytest.fixture
def leaving(register: Callable[..., Program]) -> Leaving:
    """A normal authorization."""
    program = register(structs.replace(PLAIN, post_logout_redirect_uris=(BYE,)))
    return Leaving(program, program.sign_in())


@pytest.mark.oidf("oidcc-rp-initiated-logout-discovery-endpoint-verification")
def test_the_metadata_tell_where(house: House) -> None:
    told = house.get("/.well-known/openid-configuration").get_json()
    assert told["end_session_endpoint"] == f"{ISSUER}/oauth2/logout"


@pytest.mark.oidf("oidcc-rp-initiated-logout")
def test_the_person_is_signed_out_and_comes_back_with_the_state(leaving: Leaving) -> None:
    hint = str(leaving.tokens.body["id_token"])
    answer = leaving.ask(id_token_hint=hint, post_logout_redirect_uri=BYE, state="xyz123")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{BYE}?state=xyz123")
    assert not leaving.is_signed_in()


@pytest.mark.oidf("oidcc-rp-initiated-logout-no-state")
def test_who_sends_no_state_gets_none(leaving: Leaving) -> None:
    hint = str(leaving.tokens.body["id_token"])
    answer = leaving.ask(id_token_hint=hint, post_logout_redirect_uri=BYE)
    assert (answer.status_code, answer.headers["Location"]) == (303, BYE)
    assert not leaving.is_signed_in()


@pytest.mark.parametrize(
    "uri",
    [
        pytest.param(
            "https://suite.example.com/test/a/gatepass/other",
            marks=pytest.mark.oidf("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri"),
            id="another",
        ),
        pytest.param(
            f"{BYE}?foo=bar",
            marks=pytest.mark.oidf("oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri"),
            id="query added",
        ),
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(leaving: Leaving, uri: str) -> None:
    hint = str(leaving.tokens.body["id_token"])
    error_page(leaving.ask(id_token_hint=hint, post_logout_redirect_uri=uri, state="1"))
    assert leaving.is_signed_in()


@pytest.mark.oidf("oidcc-rp-initiated-logout-modified-id-token-hint")
def test_a_hint_made_unsigned_sends_nobody_back(leaving: Leaving) -> None:
    payload = str(leaving.tokens.body["id_token"]).split(".")[1]
    hint = f"eyJhbGciOiJub25lIn0.{payload}."
    error_page(leaving.ask(id_token_hint=hint, post_logout_redirect_uri=BYE, state="1"))
    assert leaving.is_signed_in()


@pytest.mark.oidf("oidcc-rp-initiated-logout-bad-id-token-hint")
def test_a_hint_signed_by_somebody_else_sends_nobody_back(leaving: Leaving) -> None:
    stranger = Signer(Key.generate("ES256"), issuer=ISSUER, audience=leaving.program.client.id)
    hint = stranger.sign(leaving.tokens.claims, typ="JWT")
    error_page(leaving.ask(id_token_hint=hint, post_logout_redirect_uri=BYE, state="1"))
    assert leaving.is_signed_in()


@pytest.mark.oidf("oidcc-rp-initiated-logout-no-id-token-hint")
def test_without_a_hint_nobody_is_sent_back(leaving: Leaving) -> None:
    error_page(leaving.ask(post_logout_redirect_uri=BYE, state="1"))
    assert leaving.is_signed_in()


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({}, marks=pytest.mark.oidf("oidcc-rp-initiated-logout-no-params"), id="no-params"),
        pytest.param(
            {"state": "1"}, marks=pytest.mark.oidf("oidcc-rp-initiated-logout-only-state"), id="only-state"
        ),
    ],
)
def test_who_agrees_is_signed_out_and_told_so(leaving: Leaving, parameters: dict[str, str]) -> None:
    page = leaving.agree(leaving.ask(**parameters))
    assert (page.status_code, "You are signed out" in page.text) == (200, True)
    assert not leaving.is_signed_in()


@pytest.mark.oidf("oidcc-rp-initiated-logout-no-post-logout-redirect-uri")
def test_who_names_no_address_stays_here(leaving: Leaving) -> None:
    page = leaving.ask(id_token_hint=str(leaving.tokens.body["id_token"]))
    assert (page.status_code, "You are signed out" in page.text) == (200, True)
    assert not leaving.is_signed_in()

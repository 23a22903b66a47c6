"""Back-Channel and Front-Channel RP-Initiated Logout OP: programs are told of a log-out."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from msgspec import structs

from tests.conformance.suite import PLAIN, Program
from tests.support.house import ISSUER, House
from tests.support.visitor import Reader

BYE = "https://suite.example.com/test/a/gatepass/post_logout_redirect"
TOLD = "https://suite.example.com/test/a/gatepass/told"
LEAVING = structs.replace(PLAIN, post_logout_redirect_uris=(BYE,))
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.mark.parametrize(
    "channel",
    [
        pytest.param(
            "backchannel",
            marks=pytest.mark.oidf("oidcc-backchannel-logout-discovery-endpoint-verification"),
            id="back",
        ),
        pytest.param(
            "frontchannel",
            marks=pytest.mark.oidf("oidcc-frontchannel-logout-discovery-endpoint-verification"),
            id="front",
        ),
    ],
)
def test_the_metadata_say_so(house: House, channel: str) -> None:
    told = house.get("/.well-known/openid-configuration").get_json()
    assert told[f"{channel}_logout_supported"] is True
    assert told[f"{channel}_logout_session_supported"] is True
    assert told["end_session_endpoint"]


@pytest.mark.oidf("oidcc-backchannel-rp-initiated-logout")
def test_a_log_out_token_reaches_the_program(
    house: House, register: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    posted: list[tuple[str, dict[str, str]]] = []

    def post_form(_: object, url: str, form: dict[str, str]) -> int:
        posted.append((url, form))
        return 200

    monkeypatch.setattr("gatepass_server.outbound.client.Outbound.post_form", post_form)
    program = register(
        structs.replace(LEAVING, backchannel_logout_uri=TOLD, backchannel_logout_session_required=True)
    )
    tokens = program.sign_in()
    asked = {"id_token_hint": tokens.body["id_token"], "post_logout_redirect_uri": BYE, "state": "xyz"}
    answer = program.person.get(f"/oauth2/logout?{urlencode(asked)}")
    assert answer.headers["Location"] == f"{BYE}?state=xyz"
    house.provider.deliveries.deliver_due()

    ((url, form),) = posted
    assert (url, list(form)) == (TOLD, ["logout_token"])
    header, claims = program.verify(form["logout_token"])
    assert header["alg"] == tokens.header["alg"]
    assert (claims["iss"], claims["aud"]) == (ISSUER, program.client.id)
    assert (claims["sub"], claims["sid"]) == (tokens.claims["sub"], tokens.claims["sid"])
    assert claims["events"] == {EVENT: {}}
    assert claims["jti"]
    assert "nonce" not in claims
    assert claims["iat"] <= house.gatepass.clock() < claims["exp"]
    program.refused("login_required", prompt="none")


@pytest.mark.oidf("oidcc-frontchannel-rp-initiated-logout")
def test_the_browser_tells_the_program_before_it_goes_back(register: Callable[..., Program]) -> None:
    program = register(
        structs.replace(LEAVING, frontchannel_logout_uri=TOLD, frontchannel_logout_session_required=True)
    )
    tokens = program.sign_in()
    asked = {"id_token_hint": tokens.body["id_token"], "post_logout_redirect_uri": BYE, "state": "xyz"}
    page = program.person.get(f"/oauth2/logout?{urlencode(asked)}")
    read = Reader(page.text)
    (frame,) = [found["src"] for tag, found in read.tags if tag == "iframe"]
    assert frame is not None
    assert frame.startswith(TOLD)
    assert parse_qs(urlsplit(frame).query) == {"iss": [ISSUER], "sid": [tokens.claims["sid"]]}
    assert f"{BYE}?state=xyz" in read.links
    program.refused("login_required", prompt="none")

"""Whatever a program and its person send or get, no log line has it, not even at the level debug."""

import logging

import pytest
from msgspec import structs

from tests.support.house import PASSWORD, House
from tests.support.relying_party import USUAL, RelyingParty

METADATA = structs.replace(
    USUAL, grant_types=(*USUAL.grant_types, "client_credentials"), scope="openid profile email notes"
)


def flow(house: House) -> set[str]:
    """Everything that goes well and everything that does not; the secrets of it."""
    app = RelyingParty.of(house, METADATA)
    assert app.secret is not None
    secret = app.secret.reveal()
    code = app.code()
    wrong = app.redeem(code, code_verifier="w" * 43)
    assert wrong.status_code == 400
    tokens = app.redeem(code).get_json()
    refreshed = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).get_json()
    own = app.token(grant_type="client_credentials", scope="notes").get_json()
    house.get("/oauth2/userinfo", tokens["access_token"])
    house.client.post("/oauth2/introspect", data={"token": own["access_token"]}, headers=app.basic())
    house.client.post("/oauth2/revoke", data={"token": refreshed["refresh_token"]}, headers=app.basic())
    house.client.post(
        "/oauth2/token",
        data={"grant_type": "client_credentials", "client_id": app.id, "client_secret": secret + "x"},
    )
    app.redeem(code)  # a replay
    app.redeem("an-unknown-code-that-somebody-guessed")
    app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    app.token(grant_type="authorization_code", client_assertion="an.assertion.of-somebody", auth=False)
    app.authorize(id_token_hint=tokens["id_token"] + "x", prompt="none")
    cookie = house.client.get_cookie("__Host-gatepass")
    assert cookie is not None
    return {
        secret,
        code,
        app.verifier,
        cookie.value,
        PASSWORD,
        "an-unknown-code-that-somebody-guessed",
        "an.assertion.of-somebody",
        *(
            answer[name]
            for answer in (tokens, refreshed)
            for name in ("access_token", "refresh_token", "id_token")
        ),
        own["access_token"],
    }


def test_no_secret_reaches_a_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("", "gatepass", "gatepass_server", "sqlalchemy", "werkzeug", "urllib3"):
        caplog.set_level(logging.DEBUG, name or None)
    secrets = flow(house)
    lines = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records]
    assert any("invalid_grant" in line for line in lines), "refusals are told"
    leaked = {secret for secret in secrets for line in lines if secret in line}
    assert leaked == set()

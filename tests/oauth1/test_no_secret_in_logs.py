"""Whatever programs of OAuth 1.0a send or get, no log line has it, not even at the level debug."""

import logging

import pytest

from tests.oauth1.test_approval import OUT_OF_BAND, code_on
from tests.support.house import House
from tests.support.old_program import Credentials, OldProgram, credentials_in


def test_no_secret_reaches_a_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("", "gatepass", "gatepass_server", "authlib", "sqlalchemy", "werkzeug"):
        caplog.set_level(logging.DEBUG, name or None)
    program, typed = OldProgram.of(house, method="PLAINTEXT"), OldProgram.of(house, OUT_OF_BAND)
    temporary = program.initiate()
    verifier = program.verifier(temporary)
    credentials = credentials_in(program.exchange(temporary, verifier))
    token = program.call("POST", "/oauth1/jwt", credentials).get_json()["access_token"]
    program.exchange(temporary, verifier)
    program.call("GET", "/oauth1/userinfo", Credentials("gp_oa_of-nobody-at-all", "nothing-that-is-known"))
    program.call("POST", "/oauth1/initiate", oauth_callback="https://elsewhere.example.com/")
    shown = typed.initiate("oob")
    read = code_on(typed.visit(shown).text)
    typed.exchange(shown, read)
    secrets = {program.secret, typed.secret, verifier, read, token, "nothing-that-is-known"}
    secrets |= {temporary.secret, shown.secret, credentials.token, credentials.secret}
    assert "refused" in caplog.text
    assert not [secret for secret in secrets if secret in caplog.text]

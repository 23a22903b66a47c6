"""Nothing that has the name or the shape of a secret passes."""

from typing import Any

import pytest

from gatepass import Signer
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.crypto.refresh_handles import RefreshHandle
from gatepass_server.domain.secret import Secret
from gatepass_server.observe.redaction import REDACTED, redact, redact_text

JWT = Signer.from_secret("x" * 32, issuer="https://a.example", audience="b").issue("u1", expires_in=60)
REFRESH_TOKEN = RefreshHandle.new().text.reveal()
HASH = PasswordHasher(64, 1, 1).hash("one fine long password")


def redacted(**event: Any) -> dict[str, Any]:
    return redact(None, "info", dict(event))


@pytest.mark.parametrize(
    "name",
    [
        *("password", "new_password", "Passwort", "passphrase", "token", "access_token", "refresh_token"),
        *("secret", "client_secret", "authorization", "Authorization", "cookie", "Set-Cookie", "api_key"),
        *("apikey", "private_key", "master_key", "database_url", "credentials"),
    ],
)
def test_a_field_is_hidden_by_its_name_whatever_it_holds(name: str) -> None:
    for value in ("x", 1, ["x"], {"a": "x"}, None, b"x"):
        assert redacted(**{name: value}) == {name: REDACTED}


def test_fields_that_only_sound_secret_are_shown() -> None:
    event = {"token_type": "Bearer", "status": 200, "route": "/login", "ready": True, "reason": None}
    assert redacted(**event) == event


@pytest.mark.parametrize(
    "inside", [lambda v: {"a": v}, lambda v: [v], lambda v: (v,), lambda v: {"a": [{"b": v}]}]
)
def test_secrets_are_found_at_any_depth(inside: Any) -> None:
    for secret in (JWT, Secret("hush"), b"hush", {"password": "hush"}):
        shown = repr(redacted(data=inside(secret)))
        assert "hush" not in shown
        assert JWT not in shown


SHAPES = [
    (f"token refused: {JWT}", JWT),
    (f"GET /user?access_token={JWT}&a=1", JWT),
    (f"cut off: {JWT[:60]}", JWT[:60]),
    (f"'{JWT}'", JWT.rpartition(".")[2]),
    (f"refresh token {REFRESH_TOKEN} unknown", REFRESH_TOKEN),
    (f"stored {HASH}", HASH),
    ("stored scrypt:32768:8:1$salt$aabbcc", "aabbcc"),
    ("stored pbkdf2:sha256:600000$salt$aabbcc", "aabbcc"),
    ("postgresql://ann:hush@db.example/x", "hush"),
    ("postgresql+psycopg://ann:hu%40sh@db.example/x", "hu%40sh"),
    ("postgresql://ann:p@hush@db.example/x", "hush"),
    ("postgresql:///x?host=/tmp&password=hush&user=ann", "hush"),
    ("host=db.example password='hush' dbname=x", "hush"),
    ("email=ann%40example.com&PASSWORD=hush", "hush"),
    ("https://:hush@example.com", "hush"),
    ("Authorization: Bearer abcdefghij", "abcdefghij"),
    ("authorization: BASIC YW5uOmh1c2g=", "YW5uOmh1c2g="),
    ("-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----", "hush"),
    ("-----BEGIN RSA PRIVATE KEY-----\nhush", "hush"),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\nhush\n-----END OPENSSH PRIVATE KEY----- and more", "hush"),
]


# Numbered, for some are made anew in each process, and all must give a test the same name.
@pytest.mark.parametrize(("text", "secret"), SHAPES, ids=range(len(SHAPES)))
def test_a_text_loses_whatever_has_the_shape_of_a_secret(text: str, secret: str) -> None:
    shown = redact_text(text)
    assert secret not in shown
    assert REDACTED in shown


def test_several_secrets_in_one_text_are_all_hidden() -> None:
    shown = redact_text(f"{JWT} then {REFRESH_TOKEN} then {JWT}")
    assert shown == f"{REDACTED} then {REDACTED} then {REDACTED}"


@pytest.mark.parametrize(
    "text",
    [
        *("wrong password", "the session has ended", "bearer of news", "12:30:05", "expired 12 s ago"),
        *("https://auth.example.com/login", "http://127.0.0.1:8000/a@b", "postgresql://ann@db.example/x"),
        "ann@example.com",
    ],
)
def test_plain_sentences_stay_as_they_are(text: str) -> None:
    assert redact_text(text) == text


def test_what_is_no_text_is_shown_by_its_words_and_those_are_redacted() -> None:
    assert redacted(error=ValueError(f"bad {JWT}")) == {"error": f"bad {REDACTED}"}


def test_the_event_itself_is_redacted_and_not_changed_in_place() -> None:
    event = {"event": f"refused {JWT}", "password": "hush"}
    assert redact(None, "info", event) == {"event": f"refused {REDACTED}", "password": REDACTED}
    assert event["password"] == "hush"

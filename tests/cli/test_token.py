"""``gatepass token issue, verify, explain``."""

import jwt
import pytest

from tests.support.command_line import Cli, Refused


def issue(cli: Cli, *arguments: str) -> str:
    return cli("token", "issue", *arguments).stdout.strip()


def test_a_token_is_issued_verified_and_explained(cli: Cli, ada: str) -> None:
    token = issue(cli, ada)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert cli("token", "verify", token).stdout == f"Valid for {claims['sub']}.\n"
    assert cli("token", "verify", "-", text=f"\n{token}\n").stdout == f"Valid for {claims['sub']}.\n"
    assert cli("token", "explain", "-", text=token).stdout.startswith("The token is accepted.")
    assert (claims["exp"] - claims["iat"], claims["scope"]) == (1800, "account")


def test_life_and_scope_can_be_chosen(cli: Cli, refused: Refused, ada: str) -> None:
    claims = jwt.decode(
        issue(cli, ada, "--expires-in", "60", "--scope", "a b"), options={"verify_signature": False}
    )
    assert (claims["exp"] - claims["iat"], claims["scope"]) == (60, "a b")
    expired = issue(cli, ada, "--expires-in", "0")
    assert refused("token", "verify", expired).startswith("expired: ")
    assert "is not a scope" in refused("token", "issue", ada, "--scope", 'a"b')
    cli("token", "issue", ada, "--expires-in", "86401", status=2)


@pytest.mark.parametrize(
    "options",
    [("--port", "9000"), ("--issuer", "https://auth.example.com"), ("--issuer", "http://localhost:1/")],
)
def test_the_issuer_is_the_one_that_the_server_was_told(
    cli: Cli, refused: Refused, ada: str, options: tuple[str, str]
) -> None:
    token = issue(cli, ada, *options)
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    assert issuer == {"9000": "http://127.0.0.1:9000"}.get(options[1], options[1])
    cli("token", "verify", token, *options)
    cli("token", "explain", token, *options)
    hint = (
        "Tokens are expected from http://127.0.0.1:8000; if the server was started with --port or --issuer, "
        "say the same here."
    )
    assert hint in refused("token", "verify", token)
    assert hint in refused("token", "explain", token)


@pytest.mark.parametrize(
    "text", [b"", b"x", b"\xff\x00", b"a.b.c", b"x" * 200_000, "ü.ü.ü".encode()], ids=ascii
)
def test_what_is_no_token_is_told_so(cli: Cli, refused: Refused, ada: str, text: bytes) -> None:
    issue(cli, ada)
    assert refused("token", "verify", "-", text=text).partition(":")[0] in {"malformed", "missing_token"}
    result = cli("token", "explain", "-", text=text, status=1)
    assert result.stdout.startswith("The token is refused: ")
    assert "Error: The token is refused: " in result.stderr


def test_nobody_without_an_account_gets_a_token(refused: Refused) -> None:
    assert refused("token", "issue", "bob@example.org").endswith("See: gatepass users list")

"""Whatever people send and operators do, no secret reaches a log, at the most talkative level."""

import base64
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess

import httpx
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from gatepass_server.store.sql import SqlStore
from tests.support.databases import new_database
from tests.support.server import EMAIL, PASSWORD, Server, log_in, serving, sign_up

WRONG = "a wrong Guess-8d1f"
TYPO = "Kw7-in-the-wrong-field"
DATABASE_PASSWORD = "db-Pa55-71c0"


@dataclass
class Flow:
    """What was written and what must not be in it: secrets by what they are."""

    written: str = ""
    secrets: dict[str, str] = field(default_factory=dict)

    def know(self, what: str, secret: str) -> str:
        """Remember a secret."""
        self.secrets[what] = secret
        return secret

    def know_token(self, what: str, token: str) -> str:
        """Remember a JWT, and its parts: the signature is what makes it work."""
        _, claims, signature = token.split(".")
        self.know(f"the claims of {what}", claims)
        self.know(f"the signature of {what}", signature)
        return self.know(what, token)


@pytest.mark.parametrize("style", ["json", "text"])
def test_no_secret_is_in_anything_that_was_written(postgres_server: str, tmp_path: Path, style: str) -> None:
    flow = live(postgres_server, tmp_path, style)
    for words in ("wrong password", "unknown e-mail", "replayed", "token refused", "not ready", "/login"):
        assert words in flow.written  # the log tells what happened
    assert "limit of failures by account reached" in flow.written
    assert "Traceback" not in flow.written
    assert len(flow.secrets) > 15
    leaked = [what for what, secret in flow.secrets.items() if secret in flow.written]
    assert leaked == []


def live(postgres_server: str, folder: Path, style: str) -> Flow:
    """A whole life of a server, with everything that it and the commands beside it wrote."""
    flow = Flow()
    master_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    with new_database(postgres_server) as url:
        settings = {
            "database_url": url.replace("postgres@", f"postgres:{DATABASE_PASSWORD}@"),
            "master_key": flow.know("the master key", master_key),
            "log_level": "debug",
            "log_format": style,
            "trusted_proxies": "1",
            "login_failures_per_account": "6",
        }
        assert DATABASE_PASSWORD in settings["database_url"]
        flow.know("the password of the database", DATABASE_PASSWORD)
        with serving(folder, port=None, **settings) as server:
            people(server, flow)
            nonsense(server, flow)
            if style == "json":  # commands write no log lines: once is enough
                operators(server, flow, folder)
            database_gone(server, url)
            server.stop()
            flow.written += server.log.read_text(errors="replace")
        flow.know("the stored hash", stored_hash(url))
    return flow


def people(server: Server, flow: Flow) -> None:
    """Sign up, log in, guess wrong, refresh, replay."""
    url = server.url
    assert sign_up(url, password=flow.know("the password", PASSWORD)).status_code == 201
    assert sign_up(url, password=flow.know("another password", "another one of 8f3c")).status_code == 202
    assert sign_up(url, "bob@example.com", flow.know("a short password", "x1-7b")).status_code == 400
    assert log_in(url, password=flow.know("a wrong password", WRONG)).status_code == 403
    assert log_in(url, flow.know("a password in the wrong field", TYPO), "x").status_code == 403
    first = log_in(url).json()
    second = httpx.post(f"{url}/refresh", json={"refresh_token": first["refresh_token"]}).json()
    for name, pair in (("the first token", first), ("the second token", second)):
        flow.know_token(name, pair["token"])
        flow.know(f"what refreshes {name}", pair["refresh_token"])
    third = httpx.post(f"{url}/refresh", json={"refresh_token": second["refresh_token"]}).json()
    flow.know_token("the third token", third["token"])
    flow.know("what refreshes the third token", third["refresh_token"])
    for token in (first["token"], second["token"], second["token"][:-9] + "AAAAAAAAA"):
        for headers in ({"Authorization": f"Bearer {token}"}, {"x-access-token": token}):
            httpx.get(f"{url}/user?after=!", headers=headers)
    assert httpx.post(f"{url}/refresh", json={"refresh_token": first["refresh_token"]}).status_code >= 400
    assert httpx.get(f"{url}/me", headers={"x-access-token": second["token"]}).status_code == 401
    assert [log_in(url, password=WRONG).status_code for _ in range(8)][-1] == 429


def nonsense(server: Server, flow: Flow) -> None:
    """Secrets where they do not belong: in broken bodies, addresses and headers."""
    url, token = server.url, flow.secrets["the first token"]
    basic = flow.know(
        "a password in a Basic header", base64.b64encode(f"{EMAIL}:{PASSWORD}".encode()).decode()
    )
    json_type = {"Content-Type": "application/json"}
    for body in (
        f'{{"email": "{EMAIL}", "password": "{PASSWORD}',
        f'{{"password": "{PASSWORD}", "password": "{WRONG}"}}',
        f'{{"email": 1, "password": ["{PASSWORD}"]}}',
        f'"{PASSWORD}"',
        "[" * 30_000 + PASSWORD,
    ):
        for path in ("/login", "/signup", "/refresh"):
            assert 400 <= httpx.post(url + path, content=body, headers=json_type).status_code < 500
    httpx.post(f"{url}/login", content=f"password={PASSWORD}", headers={"Content-Type": "text/plain"})
    httpx.post(f"{url}/login?password={PASSWORD}&token={token}", data={"email": EMAIL})
    httpx.get(f"{url}/user?access_token={token}&after={token}")
    httpx.get(f"{url}/{PASSWORD}/{token}")
    httpx.request("BREW", f"{url}/{token}")
    for headers in (
        {"Authorization": f"Basic {basic}"},
        {"Authorization": f"Bearer {token}, Bearer {token}x"},
        {"Authorization": f"Bearer {token}", "x-access-token": flow.secrets["the second token"]},
        {"Authorization": f"Bearer {flow.secrets['what refreshes the first token']}"},
        {"Cookie": f"session={token}", "Referer": f"https://a/?token={token}", "X-Forwarded-For": token},
        {"X-Request-Id": flow.secrets["what refreshes the first token"]},
        {"User-Agent": f"curl {token}"},
    ):
        httpx.get(f"{url}/me", headers=headers)


def operators(server: Server, flow: Flow, folder: Path) -> None:
    """Import a key with a passphrase, right and wrong, rotate, make and disable accounts."""
    pem = flow.know("a private key", sealed_pem(flow.know("a passphrase", "pass-phrase-5e2a")))
    for line in pem.splitlines()[1:-1]:
        flow.know(f"a line of a private key {line[:6]}", line)
    file = folder / "key.pem"
    file.write_text(pem)
    wrong = flow.know("a wrong passphrase", "wrong-phrase-33b1")
    commands = [
        (server.command("keys", "import", str(file)), False),
        (server.command("keys", "import", str(file), "--passphrase-file", "-", stdin=wrong), False),
        (
            server.command(
                "keys", "import", str(file), "--passphrase-file", "-", stdin=flow.secrets["a passphrase"]
            ),
            True,
        ),
        (server.command("keys", "rotate", "--now"), True),
        (server.command("keys", "list"), True),
        (create_user(server, flow.know("a password of the terminal", "terminal-Pa55-9c")), True),
        (create_user(server, flow.know("a bad password of the terminal", "t-5c1")), False),
        (server.command("token", "verify", flow.secrets["the first token"]), False),
        (server.command("token", "verify", "-", stdin=flow.secrets["the second token"]), False),
        (server.command("check"), None),
        (server.command("users", "list", "--json"), True),
        (server.command("users", "disable", "kay@example.com"), True),
    ]
    for ended, succeeds in commands:
        assert succeeds is None or (ended.returncode == 0) is succeeds, ended.stderr
        flow.written += ended.stdout + ended.stderr


def sealed_pem(passphrase: str) -> str:
    sealed = BestAvailableEncryption(passphrase.encode())
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed).decode()


def create_user(server: Server, password: str) -> CompletedProcess[str]:
    arguments = ("users", "create", "--email", "kay@example.com", "--name", "Kay", "--password-file", "-")
    return server.command(*arguments, stdin=password)


def database_gone(server: Server, url: str) -> None:
    """Nobody may connect any more, and whoever was is thrown out."""
    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(url.replace(f"/{name}", "/postgres"), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            assert httpx.get(f"{server.url}/readyz", timeout=30).status_code == 503
            assert log_in(server.url).status_code == 503
        finally:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())


def stored_hash(url: str) -> str:
    store = SqlStore(url)
    try:
        with store.read() as uow:
            user = uow.users.by_email(EMAIL)
            assert user is not None
            return user.password_hash
    finally:
        store.close()

"""Every example runs, in processes of its own, and does what its docstring says."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.support.server import Server, clean_environment, free_port, serving
from tests.support.warm_processes import WarmProcess

EXAMPLES = Path(__file__).parents[2] / "examples"
LINES_OF_THE_ORIGINAL = 130
"""The tutorial's own app (sign up, log in, list users behind a decorator), imports and blank lines included."""


def call(
    url: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    data = urlencode(form).encode() if form is not None else None
    try:
        with urlopen(Request(url, data=data, headers=headers or {}), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def _wait_for(url: str, process: WarmProcess, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if call(url)[0] < 500:
                return
        except OSError:
            time.sleep(0.02)  # a process is coming up; nothing tells when
    raise RuntimeError(f"no answer from {url}:\n{log.read_text(errors='replace')}")


@contextmanager
def running_example(
    path: Path, folder: Path, ready: str, port: int | None = None, **settings: str
) -> Iterator[str]:
    """Run a program of the examples in ``folder``, on a free port unless one is named; its address."""
    port = port or free_port()
    log = folder / f"{path.parent.name}.log"
    with log.open("wb") as out, Path(os.devnull).open("rb") as nothing:
        process = WarmProcess(
            [str(path)],
            environment={**clean_environment(), "PORT": str(port), **settings},
            folder=folder,
            files=(nothing, out, out),
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}{ready}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(15)


def test_the_articles_app_rebuilt_still_answers_its_three_endpoints(tmp_path: Path) -> None:
    ada = {"name": "Ada", "email": "ada@example.org", "password": "correct horse"}
    with running_example(EXAMPLES / "article_app/app.py", tmp_path, "/healthz") as app:
        assert call(f"{app}/signup", ada) == (201, "Successfully registered.")
        assert call(f"{app}/signup", ada) == (202, "User already exists. Please Log in.")
        status, body = call(f"{app}/login", ada)
        assert status == 201
        token = json.loads(body)["token"]
        status, body = call(f"{app}/user", headers={"x-access-token": token})
        assert status == 200
        assert [user["email"] for user in json.loads(body)["users"]] == ["ada@example.org"]
        assert call(f"{app}/user") == (401, '{"message":"Token is missing"}\n')
        status, body = call(f"{app}/hello", headers={"Authorization": f"Bearer {token}"})
        assert (status, list(json.loads(body))) == (200, ["hello"])
        assert call(f"{app}/hello")[0] == 401


def test_the_articles_app_has_fewer_lines_than_the_original() -> None:
    lines = (EXAMPLES / "article_app/app.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) < LINES_OF_THE_ORIGINAL / 3


def test_the_notes_api_knows_only_the_issuer_and_survives_it(tmp_path: Path) -> None:
    with (
        serving(tmp_path) as server,
        running_example(EXAMPLES / "notes_api/app.py", tmp_path, "/notes", ISSUER=server.url) as notes,
    ):
        told = subprocess.run(
            [sys.executable, EXAMPLES / "notes_api/client.py"],
            env={**clean_environment(), "ISSUER": server.url, "NOTES": notes},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert told.stdout.splitlines() == ["Successfully registered.", '{"notes":["Remember the milk."]}']
        form = {"name": "Bob", "email": "bob@example.org", "password": "a long password"}
        call(f"{server.url}/signup", form)
        token = json.loads(call(f"{server.url}/login", form)[1])["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        assert call(f"{notes}/notes", headers=bearer) == (200, '{"notes":[]}\n')
        assert call(f"{notes}/notes")[0] == 401
        assert server.stop()[0] == 0
        assert call(f"{notes}/notes", headers=bearer) == (200, '{"notes":[]}\n')


def log_in(server: Server, mode: str) -> str:
    """Sign up somebody; the access token of a log-in."""
    form = {"name": "Bob", "email": f"{mode}@example.org", "password": "a long password", "mode": mode}
    call(f"{server.url}/signup", form)
    return str(json.loads(call(f"{server.url}/login", form)[1])["token"])


def test_an_api_that_is_shown_opaque_tokens_asks_about_each(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        made = json.loads(server.command("clients", "create", "--name", "Orders API", "--json").stdout)
        names = {"CLIENT_ID": made["client_id"], "CLIENT_SECRET": made["client_secret"], "ISSUER": server.url}
        with running_example(EXAMPLES / "four_ways/opaque_api.py", tmp_path, "/orders", **names) as api:
            bearer = {"Authorization": f"Bearer {log_in(server, 'opaque')}"}
            status, body = call(f"{api}/orders", headers=bearer)
            assert (status, json.loads(body)["orders"]) == (200, ["A teapot"])
            assert call(f"{server.url}/logout", {}, bearer)[0] == 204
            assert call(f"{api}/orders", headers=bearer)[0] == 401
            assert server.stop()[0] == 0
            assert call(f"{api}/orders", headers=bearer)[0] == 503


def test_a_client_refreshes_when_its_token_no_longer_works(tmp_path: Path) -> None:
    with (
        serving(tmp_path) as server,
        running_example(EXAMPLES / "four_ways/jwt_api.py", tmp_path, "/orders", ISSUER=server.url) as api,
    ):
        told = subprocess.run(
            [sys.executable, EXAMPLES / "four_ways/refreshing_client.py"],
            env={**clean_environment(), "ISSUER": server.url, "ORDERS": f"{api}/orders"},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert told.stdout.splitlines() == ["['A teapot']", "['A teapot']", "refreshed"]


@pytest.mark.parametrize(
    "program", sorted(EXAMPLES.rglob("*.py")), ids=lambda path: path.parent.name + "/" + path.name
)
def test_every_example_says_what_it_is_and_how_to_run_it(program: Path) -> None:
    assert program.read_text(encoding="utf-8").startswith('"""')

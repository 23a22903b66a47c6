"""The programs of the tutorial: somebody signs in at Gatepass with a browser, and comes back known."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.examples.test_examples import EXAMPLES, call, running_example
from tests.support.person import Person
from tests.support.server import EMAIL, PASSWORD, Server, free_port, serving, sign_up

PROGRAMS = {"authlib-flask": "sign_in_flask", "authlib-starlette": "sign_in_fastapi"}


def registered(server: Server, preset: str, port: int) -> dict[str, str]:
    """Make the program known; the variables that its settings name."""
    arguments = (
        "--for",
        preset,
        "--url",
        f"http://127.0.0.1:{port}",
        "--issuer",
        server.url,
        "--file",
        ".env",
    )
    told = server.command("clients", "create", *arguments)
    assert told.returncode == 0, told.stderr
    lines = [line.partition("=") for line in told.stdout.splitlines() if line]
    return {name: value.strip('"') for name, _, value in lines}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("issuer"), signing_algorithm="RS256") as server:
        assert sign_up(server.url).status_code == 201
        yield server


@pytest.fixture(scope="module")
def programs(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of both programs, which run."""
    with ExitStack() as stack:
        urls = {}
        for preset, folder in PROGRAMS.items():
            port = free_port()
            settings = registered(server, preset, port)
            example = running_example(
                EXAMPLES / folder / "app.py", tmp_path_factory.mktemp(preset), "/", port, **settings
            )
            urls[preset] = stack.enter_context(example)
        yield urls


@pytest.fixture(params=PROGRAMS)
def app(request: pytest.FixtureRequest, programs: dict[str, str]) -> str:
    """The address of one of them."""
    return programs[request.param]


def test_somebody_signs_in_and_out_with_a_browser(app: str) -> None:
    with Person(EMAIL, PASSWORD) as ann:
        assert "Sign in with Gatepass" in ann.visit(app).text
        home = ann.sign_in_through(f"{app}/sign-in")
        assert str(home.url) == f"{app}/"
        assert "Hello Ann." in home.text
        assert "Hello Ann." in ann.visit(app).text
        left = ann.visit(f"{app}/sign-out")
        assert str(left.url).partition("?")[0] == f"{app}/"
        assert "Sign in with Gatepass" in left.text
        assert "/sign-in?flow=" in str(ann.visit(f"{app}/sign-in").url)  # at Gatepass, too


def test_who_is_signed_in_already_and_has_consented_sees_no_page(app: str) -> None:
    with Person(EMAIL, PASSWORD) as ann:
        ann.sign_in_through(f"{app}/sign-in")
        ann.forget("flask_session", "fastapi_session")
        assert "Sign in with Gatepass" in ann.visit(app).text
        assert "Hello Ann." in ann.visit(f"{app}/sign-in").text


def test_one_sign_in_opens_both_programs(programs: dict[str, str]) -> None:
    first, second = programs.values()
    with Person(EMAIL, PASSWORD) as ann:
        assert "Hello Ann." in ann.sign_in_through(f"{first}/sign-in").text
        asked = ann.visit(f"{second}/sign-in")
        assert "Hello Ann." in asked.text or "/consent?flow=" in str(asked.url)
        assert "Hello Ann." in ann.sign_in_through(f"{second}/sign-in").text
        assert "Hello Ann." in ann.visit(first).text


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=y", "?error=access_denied&state=y"])
def test_an_answer_that_nobody_asked_for_signs_nobody_in(app: str, query: str) -> None:
    status, told = call(f"{app}/callback{query}")
    assert status == 400
    assert told.startswith("Not signed in: ")

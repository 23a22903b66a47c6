"""The programs of the tutorial: somebody signs in at Gatepass with a browser, and comes back known."""

from collections.abc import Iterator

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


@pytest.fixture(scope="module", params=PROGRAMS)
def app(
    request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of the program, which runs."""
    preset, port = str(request.param), free_port()
    program = EXAMPLES / PROGRAMS[preset] / "app.py"
    settings = registered(server, preset, port)
    with running_example(program, tmp_path_factory.mktemp(preset), "/", port, **settings) as url:
        yield url


def test_somebody_signs_in_and_out_with_a_browser(app: str) -> None:
    with Person(EMAIL, PASSWORD) as ann:
        assert "Sign in with Gatepass" in ann.visit(app).text
        home = ann.sign_in_through(f"{app}/sign-in")
        assert str(home.url) == f"{app}/"
        assert "Hello Ann." in home.text
        assert "Hello Ann." in ann.visit(app).text
        assert "Sign in with Gatepass" in ann.visit(f"{app}/sign-out").text


def test_who_is_signed_in_already_and_has_consented_sees_no_page(app: str) -> None:
    with Person(EMAIL, PASSWORD) as ann:
        ann.sign_in_through(f"{app}/sign-in")
        ann.visit(f"{app}/sign-out")
        assert "Hello Ann." in ann.visit(f"{app}/sign-in").text


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=y", "?error=access_denied&state=y"])
def test_an_answer_that_nobody_asked_for_signs_nobody_in(app: str, query: str) -> None:
    status, told = call(f"{app}/callback{query}")
    assert status == 400
    assert told.startswith("Not signed in: ")

"""The tutorial's terminal sessions are run as they stand, and its code is that of the examples."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.test_readme_session import fits
from tests.examples.test_examples import EXAMPLES, running_example
from tests.support.server import Server, free_port, serving

PAGE = (Path(__file__).parents[2] / "docs/tutorial/sign-in-with-gatepass.md").read_text(encoding="utf-8")
ISSUER, PROGRAM = "http://127.0.0.1:8000", "http://127.0.0.1:5000"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("issuer"), signing_algorithm="RS256") as server:
        yield server


def session(number: int) -> list[tuple[str, str]]:
    """The commands of a console block, each with the output it is said to have."""
    block = re.search(rf"<!-- session {number}:.*?```console\n(.*?)```", PAGE, re.DOTALL)
    assert block, f"the tutorial has no session {number}"
    parts = [part.partition("\n") for part in re.split(r"^\$ ", block[1], flags=re.MULTILINE)[1:]]
    return [(command, output.strip()) for command, _, output in parts]


def run(number: int, server: Server, program: int, folder: Path) -> None:
    """Run a block, and compare."""
    local = {ISSUER: server.url, PROGRAM: f"http://127.0.0.1:{program}"}
    encoded = {url.replace(":", "%3A").replace("/", "%2F"): here for url, here in local.items()}
    for command, said in session(number):
        script = command.replace("curl ", "curl -s ").replace(
            ".venv/bin/gatepass", str(Path(sys.executable).with_name("gatepass"))
        )
        for url, here in local.items():
            script = script.replace(url, here)
        done = subprocess.run(
            ["bash", "-c", f"{{ {script}\n}} 2>&1"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=folder,
            env={**server.environment, "GATEPASS_PORT": str(server.port)},
        )
        seen = done.stdout.strip()
        for url, here in local.items():
            seen = seen.replace(here, url)
        for url, here in encoded.items():
            seen = seen.replace(here.replace(":", "%3A").replace("/", "%2F"), url)
        assert fits(said, seen), f"$ {command}\ntutorial: {said}\nseen:     {seen}"


def test_the_sessions_print_what_the_tutorial_says(issuer: Server, tmp_path: Path) -> None:
    port = free_port()
    run(1, issuer, port, tmp_path)
    run(2, issuer, port, tmp_path)
    lines = [line.partition("=") for line in (tmp_path / ".env").read_text().splitlines() if line]
    settings = {name: value.strip('"') for name, _, value in lines}
    with running_example(EXAMPLES / "sign_in_flask/app.py", tmp_path, "/", port, **settings):
        run(3, issuer, port, tmp_path)


@pytest.mark.parametrize("number", range(4))
def test_each_piece_of_code_is_that_of_an_example(number: int) -> None:
    pieces = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(pieces) == 4
    programs = [
        (EXAMPLES / name / "app.py").read_text(encoding="utf-8")
        for name in ("sign_in_flask", "sign_in_fastapi")
    ]
    assert any(pieces[number].strip() in program for program in programs)

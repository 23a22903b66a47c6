"""schemathesis, with all its default checks, finds nothing against a running server.

What no schema can say is that a password must not be common or one's own name: the document names the common ones that
a generator of samples finds first (``web/api/sign_up.py``), and the seed below makes the run the same each time.
"""

import re
import subprocess
import sys
from pathlib import Path

import httpx

from tests.support.server import Server, serving
from tests.support.thorough import times

SCHEMATHESIS = str(Path(sys.executable).with_name("schemathesis"))
NOT_GUESSED = ["POST /refresh"]
"""Nobody guesses a refresh token: RFC 6749 section 5.2 answers that with 400."""
_ELSEWHERE = r"^/(api/admin|oauth2)/"
"""What has a test of its own below."""
_PATHS = ("--phases", "coverage,fuzzing", "--exclude-path-regex", "/password$", "--include-path-regex")


def run(server: Server, folder: Path, *options: str, examples: int = times(4, thorough=12)) -> str:
    """The report, in which nothing failed."""
    found = subprocess.run(
        [
            SCHEMATHESIS,
            "run",
            f"{server.url}/openapi.json",
            f"--max-examples={examples}",
            "--seed=1",
            "--no-color",
            *options,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-5000:]
    assert "FAILURES" not in found.stdout
    assert '"level":"error"' not in server.log.read_text()
    return found.stdout


def warned_of(report: str) -> list[str]:
    """The operations that the warnings name."""
    warnings = report.partition("WARNINGS ===")[2].partition("SUMMARY ===")[0]
    return [line.removeprefix("  - ") for line in warnings.splitlines() if line.startswith("  - ")]


def token(server: Server) -> str:
    """Of somebody who has signed up."""
    fields = {"name": "Ann", "email": "ann@example.com", "password": "one fine long password"}
    httpx.post(f"{server.url}/signup", json=fields).raise_for_status()
    return str(httpx.post(f"{server.url}/login", json=fields).raise_for_status().json()["token"])


def test_schemathesis_finds_nothing_as_a_stranger(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        # A token of nobody: a made-up header may hold a comma, and then is rightly answered 400, as two headers in one.
        header = "Authorization: Bearer nobody"
        report = run(server, tmp_path, "--header", header, "--exclude-path-regex", _ELSEWHERE)
        document = httpx.get(f"{server.url}/openapi.json").json()
    closed = [
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if not re.match(_ELSEWHERE, path)
        if operation.get("security") in ([{"bearer": []}], [{"client": []}], [{"registration": []}])
    ]
    lists = "GET /status-lists/{number}"  # of which a stranger may guess one, or not
    assert set(warned_of(report)) - {lists} == {*closed, *NOT_GUESSED}, report


def test_schemathesis_finds_nothing_in_the_endpoints_for_programs(tmp_path: Path) -> None:
    """Nobody guesses a client, a code or a redirect URI: what the schema allows is refused all the same, by 400 or 401.

    And a program may prove who it is in the body, so a request without the header is not one without credentials.
    """
    without = "positive_data_acceptance,missing_required_header,ignored_auth"
    with serving(tmp_path) as server:
        run(server, tmp_path, "--include-path-regex", "^/oauth2/", "--exclude-checks", without)


def test_schemathesis_finds_nothing_with_a_token(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        header = f"Authorization: Bearer {token(server)}"
        report = run(server, tmp_path, "--header", header, "--include-path-regex", "^/(user|me|sessions)")
    assert set(warned_of(report)) <= {*NOT_GUESSED, "DELETE /sessions/{session_id}", "POST /me/password"}, (
        report
    )


def test_schemathesis_finds_nothing_in_the_admin_api(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        body = {"name": "Root", "email": "root@example.com", "password": "one fine long password"}
        httpx.post(f"{server.url}/signup", json=body).raise_for_status()
        assert server.command("users", "role", "root@example.com", "--admin").returncode == 0
        issued = server.command(
            "token", "issue", "root@example.com", "--scope", "admin", "--port", str(server.port)
        )
        header = f"Authorization: Bearer {issued.stdout.strip()}"
        # No schema says what passwords and registrations must be like; the admin's own password would change, too.
        run(
            server,
            tmp_path,
            "--header",
            header,
            *_PATHS,
            "^/api/admin/(users|roles|groups|audit)",
            examples=times(2, thorough=5),
        )
        options = (*_PATHS, "^/api/admin/clients", "--exclude-checks", "positive_data_acceptance")
        run(server, tmp_path, "--header", header, *options, examples=times(2, thorough=5))

"""The session that the how-to prints is run as it stands, and its output compared."""

import json
import re
import subprocess
import sys
from pathlib import Path

from gatepass.testing import FakeIssuer

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "explain-a-token.md"
WILD = "…"


def test_the_terminal_prints_what_the_page_says(tmp_path: Path) -> None:
    issuer = FakeIssuer(audience="billing-api")
    (tmp_path / "token.txt").write_text(issuer.token("ann"))
    (tmp_path / "jwks.json").write_text(json.dumps(issuer.jwks()))
    session = re.search(r"<!-- session:.*?```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert session
    for step in re.split(r"^\$ ", session[1], flags=re.MULTILINE)[1:]:
        command, _, said = step.partition("\n")
        ended = subprocess.run(
            ["bash", "-c", f"{command.replace('python', sys.executable, 1)} 2>&1"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        pattern = ".+?".join(re.escape(piece) for piece in said.strip().split(WILD))
        assert re.fullmatch(pattern, ended.stdout.strip(), re.DOTALL), f"$ {command}\n{ended.stdout}"

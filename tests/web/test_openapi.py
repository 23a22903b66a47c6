"""schemathesis, with all its default checks, finds nothing against a running server.

What no schema can say is that a password must not be common or one's own name: the document names the common ones that
a generator of samples finds first (``web/api/sign_up.py``), and the seed below makes the run the same each time.
"""

import subprocess
import sys
from pathlib import Path

from tests.support.server import serving

REFRESH_IS_NOT_GUESSED = """\
=================================== WARNINGS ===================================

Schema validation mismatch: 1 operation mostly rejected generated data due to validation errors, indicating schema \
constraints don't match API validation

  - POST /refresh
"""
SCHEMATHESIS = str(Path(sys.executable).with_name("schemathesis"))


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        found = subprocess.run(
            [
                SCHEMATHESIS,
                "run",
                f"{server.url}/openapi.json",
                "--max-examples=30",
                "--seed=1",
                "--no-color",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert found.returncode == 0, found.stdout[-5000:]
        assert "FAILURES" not in found.stdout
        # The one warning is that nobody guesses a refresh token: RFC 6749 section 5.2 answers that with 400.
        assert "WARNINGS" not in found.stdout.replace(REFRESH_IS_NOT_GUESSED, "")
        assert '"level":"error"' not in server.log.read_text()

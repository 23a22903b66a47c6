"""What the how-to writes can be run."""

import re
from pathlib import Path

import pytest

from gatepass import Key

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "follow-revocations.md").read_text("utf-8")


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
def test_the_code_of_the_how_to_runs(
    code: str, key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "issuer.pem").write_text(key.public_pem())
    exec(compile(code, "follow-revocations.md", "exec"), {})

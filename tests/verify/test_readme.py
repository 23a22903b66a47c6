"""The example in the library's README runs."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "packages" / "gatepass" / "README.md"


def test_the_first_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    example = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)[0]
    exec(compile(example, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert printed.startswith("user-1\nThe token is accepted.\n")

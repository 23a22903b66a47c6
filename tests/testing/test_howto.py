"""The files that the how-to shows are written as they stand, and pytest runs them."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gatepass.testing import BAD_TOKENS, FakeIssuer

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "test-your-api.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```python\n# (\w+)\.py\n(.*?)```", PAGE, re.DOTALL))
CONFTEST = FILES.pop("conftest")
TESTS = sorted(name for name in FILES if name.startswith("test_"))

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    "conftest", ["", CONFTEST], ids=["with the plugin's issuer", "with an issuer of one's own"]
)
def test_every_test_of_the_page_passes(run_pytest: Run, conftest: str) -> None:
    run = run_pytest("", *(f"{name}.py" for name in TESTS), conftest=conftest, **FILES)
    assert run.returncode == 0, run.stdout + run.stderr
    for name in TESTS:
        assert f"PASSED {name}.py::" in run.stdout
    assert run.stdout.count("::test_no_bad_token_gets_in[") == 2 * len(BAD_TOKENS)


def test_no_example_stands_outside_of_a_file() -> None:
    assert PAGE.count("```python") == len(FILES) + 1


def test_the_table_of_wishes_names_the_right_codes() -> None:
    issuer = FakeIssuer()
    rows = re.findall(r"^\| (`.*?) \|.*\| `(\w+)` \|$", PAGE, re.MULTILINE)
    assert len(rows) == 9
    for wishes, code in rows:
        for wish in re.findall(r"`(.*?)`", wishes):
            name, _, value = wish.partition("=")
            token = issuer.token(**{name: eval(value)})
            assert issuer.verifier().explain(token).code == code, wish

"""The terminal session that the README prints is run as it stands, and its output compared."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import Server

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"
WILD = "…"


def _session() -> list[tuple[str, str]]:
    """The commands of the console block, each with the output it is said to have."""
    block = re.search(r"<!-- session:.*?```console\n(.*?)```", README, re.DOTALL)
    assert block, "the README has no console session"
    steps: list[tuple[str, str]] = []
    for part in re.split(r"^\$ ", block.group(1), flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        steps.append((command, output.strip()))
    return steps


def fits(said: str, seen: str) -> bool:
    """Whether what was printed is what is said, in which the wild sign stands for anything."""
    pattern = ".+?".join(re.escape(piece) for piece in said.split(WILD))
    return re.fullmatch(pattern, seen, re.DOTALL) is not None


def _run(script: str, server: Server) -> list[str]:
    settings = {**server.environment, "GATEPASS_PORT": str(server.port)}
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True, env=settings
    )
    return done.stdout.split("\x1e\n")


def test_the_readme_session_prints_what_the_readme_says(server: Server) -> None:
    steps = _session()
    script = "".join(f"{{ {command}\n}} 2>&1; printf '\\036\\n'\n" for command, _ in steps)
    script = script.replace(ADDRESS, server.url).replace("curl ", "curl -s ")
    script = script.replace(".venv/bin/gatepass", str(Path(sys.executable).with_name("gatepass")))
    outputs = _run(script, server)
    for (command, said), seen in zip(steps, outputs, strict=False):
        shown = seen.strip().replace(server.url, ADDRESS)
        assert fits(said, shown), f"$ {command}\nREADME: {said}\nseen:   {shown}"


def test_the_readme_names_the_two_commands_that_the_makefile_has() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in ("serve", "test"):
        assert f"make {command}" in README
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=str)
def test_every_relative_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"

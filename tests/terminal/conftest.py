"""Commands of ``python -m gatepass``, run in this process."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gatepass.terminal import main
from gatepass.testing import FakeIssuer


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture(scope="session")
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture
def rules(issuer: FakeIssuer, tmp_path: Path) -> list[str]:
    """The options by which tokens of the issuer are accepted."""
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(issuer.jwks()))
    return ["--issuer", issuer.name, "--audience", issuer.audience, "--jwks", str(path)]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """``command("explain", ..., text=token)``: ``text`` stands on standard input."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, text: str | bytes = "") -> Ended:
        data = text.encode() if isinstance(text, str) else text
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        try:
            status: object = main(arguments)
        except SystemExit as end:
            status = end.code
        assert isinstance(status, int)
        captured = capsys.readouterr()
        return Ended(status, captured.out, captured.err)

    return run

"""The programs of the guides, running."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from gatepass.testing import FakeIssuer
from tests.migrate.guides import MINTS, folder_of
from tests.migrate.minting import AUDIENCE, SECRET, Mint
from tests.migrate.programs import OURS, Running, peers_python, running

PASSWORD = "one fine long password"


@pytest.fixture(scope="module")
def issuer() -> Iterator[FakeIssuer]:
    """An issuer that publishes its keys, for the programs that fetch them."""
    issuer = FakeIssuer(audience=AUDIENCE, alg="RS256")
    with issuer.serve():
        yield issuer


@pytest.fixture(scope="module")
def web() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=20) as client:
        yield client


class Programs:
    """The programs of all guides, each started when it is first asked for.

    Args:
        folder: Where they run.
        issuer: Whose tokens those take that fetch keys.
        stack: Ends them.
    """

    def __init__(self, folder: Path, issuer: FakeIssuer, stack: ExitStack) -> None:
        self._folder, self._issuer, self._stack = folder, issuer, stack
        self._started: dict[tuple[str, str], Running] = {}

    def before(self, guide: str) -> Running:
        """The program with the other library."""
        return self._running(peers_python(), guide, "before")

    def after(self, guide: str) -> Running:
        """The program with Gatepass, which has the same keys and names."""
        return self._running(OURS, guide, "after")

    def _running(self, python: Path, guide: str, which: str) -> Running:
        if (guide, which) not in self._started:
            settings = {
                "ISSUER": self._issuer.name,
                "AUDIENCE": AUDIENCE,
                "SECRET": SECRET,
                "PASSWORD": PASSWORD,
            }
            program = (python, f"{folder_of(guide)}/{which}.py")
            (started,) = self._stack.enter_context(running(self._folder, program, settings=settings))
            self._started[guide, which] = started
        return self._started[guide, which]


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory, issuer: FakeIssuer) -> Iterator[Programs]:
    with ExitStack() as stack:
        yield Programs(tmp_path_factory.mktemp("programs"), issuer, stack)


@pytest.fixture
def mint(guide: str, issuer: FakeIssuer) -> Mint:
    """Makes the tokens of a guide's old program; ``guide`` is a parameter of the test."""
    return MINTS[guide](issuer)


@pytest.fixture
def before(guide: str, programs: Programs) -> Running:
    """The guide's program before."""
    return programs.before(guide)


@pytest.fixture
def after(guide: str, programs: Programs) -> Running:
    """The guide's program after."""
    return programs.after(guide)

"""A site on loopback, a resolver that a test writes, and an outbound that may go there."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from gatepass_server.domain.allowed_places import parse_allowed_places
from gatepass_server.outbound.client import Outbound
from tests.outage.certificates import self_signed
from tests.outbound.site import Site, running_site

Going = Callable[..., Outbound]


class Names:
    """A resolver: each name's answers, the last of which stays; every question is counted."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self.answers = {name: list(lists) for name, lists in answers.items()}
        self.asked: list[str] = []

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        lists = self.answers.get(host)
        if lists is None:
            raise OSError("no such host")
        return lists.pop(0) if len(lists) > 1 else lists[0]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of ``keys.test``, its own authority."""
    return self_signed(tmp_path_factory.mktemp("site") / "site.pem", "keys.test")


@pytest.fixture
def site(certificate: Path) -> Iterator[Site]:
    """Somebody else's site."""
    with running_site(certificate) as running:
        yield running


@pytest.fixture
def names() -> Names:
    """``keys.test`` is on loopback."""
    return Names(**{"keys.test": [["127.0.0.1"]]})


@pytest.fixture
def going(names: Names, certificate: Path) -> Going:
    """Make an outbound: ``going()`` may reach loopback, ``going(allow="")`` only the public internet."""

    def make(allow: str = "127.0.0.1", **options: Any) -> Outbound:
        return Outbound(
            **{
                "allowed": parse_allowed_places(allow),
                "authorities": certificate,
                "resolver": names,
                "timeout": 10.0,
                **options,
            }
        )

    return make

"""Tokens that the operator hands out, while somebody else changes the account."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gatepass_server.accounts.sessions import Sessions
from gatepass_server.domain.errors import InvalidInput
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, House, cheap_settings

if TYPE_CHECKING:
    from gatepass_server.domain.accounts import User
    from gatepass_server.domain.sessions import Session


@pytest.fixture
def house(ready_database_url: str, tmp_path: Path, clock: FakeClock) -> Iterator[House]:
    house = House(cheap_settings(ready_database_url, tmp_path / "data"), clock)
    house.sign_up()
    yield house
    house.gatepass.close()


def test_no_token_is_issued_for_an_account_that_is_disabled_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elsewhere it would be good to its end: its session began after all of the account's were ended."""
    administration = house.gatepass.administration
    new = Sessions.new

    def slow(self: Sessions, user: "User", **how: Any) -> "Session":
        administration.disable(EMAIL)
        return new(self, user, **how)

    monkeypatch.setattr(Sessions, "new", slow)
    with pytest.raises(InvalidInput, match="disabled or changed"):
        administration.issue_token(EMAIL, expires_in=60)

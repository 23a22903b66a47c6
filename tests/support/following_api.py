"""An API that follows the house's revocation feed with the library, inside the test's own process."""

from typing import Any

import pytest

from gatepass import StatusPolicy, TokenError, Verifier
from gatepass.status.answer import ListAnswer, NoListError
from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House


class FollowingApi:
    """Checks tokens as any program does that uses the library."""

    def __init__(
        self, house: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, *, audience: str = ISSUER
    ) -> None:
        self._house = house
        self._clock = clock
        monkeypatch.setattr("gatepass.status.feed._over_http", lambda _: self._fetch)
        self.verifier = Verifier(
            ISSUER,
            audience=audience,
            keys=house.gatepass.ring,
            clock=clock,
            status=StatusPolicy(min_ttl=0.1),
        )

    def _fetch(self, uri: str, _etag: str | None) -> ListAnswer:
        answer = self._house.get(uri.removeprefix(ISSUER))
        if answer.status_code != 200:
            raise NoListError(f"status {answer.status_code}")
        return ListAnswer(answer.data, answer.headers["ETag"])

    def ask(self, token: str) -> str:
        """Whose token it is a second later, by a list that was fetched anew; or the code of the refusal."""
        self._clock.advance(1)
        feed: Any = self.verifier._status
        feed._stock._lists.clear()
        try:
            return self.verifier.verify(token).subject
        except TokenError as error:
            return error.code

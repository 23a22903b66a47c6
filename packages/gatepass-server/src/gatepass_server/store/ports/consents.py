"""What people allowed programs."""

from collections.abc import Sequence
from typing import Protocol

from gatepass_server.domain.grants import Consent


class Consents(Protocol):
    """What people allowed programs: one for each pair of them."""

    def find(self, user_id: str, client_id: str) -> Consent | None:
        """What a person allowed a program."""
        ...

    def of_user(self, user_id: str) -> Sequence[Consent]:
        """Everything that a person allowed, the latest first."""
        ...

    def allow(self, consent: Consent) -> None:
        """Keep what a person allows from now on, in the place of what they allowed before."""
        ...

    def take_back(self, user_id: str, client_id: str) -> bool:
        """Forget what a person allowed a program. True if there was something."""
        ...

"""Temporary and token credentials of OAuth 1.0a, as the rest of the house asks for them."""

from dataclasses import dataclass
from typing import Protocol

from gatepass_server.domain.grants import CodeTerms
from gatepass_server.domain.oauth1 import TemporaryCredentials, TokenCredentials
from gatepass_server.store.ports.later import Later
from gatepass_server.store.ports.sessions import LiveSession


@dataclass(frozen=True, slots=True)
class Oauth1Access:
    """Token credentials, their grant and its owner, read together."""

    token: TokenCredentials
    live: LiveSession


class Oauth1Credentials(Protocol):
    """Temporary and token credentials. Each change is one atomic statement."""

    def add_temporary(self, credentials: TemporaryCredentials) -> None:
        """Keep new temporary ones."""
        ...

    def temporary(self, digest: bytes) -> TemporaryCredentials | None:
        """The temporary ones with this digest, approved or not, spent or not, expired or not."""
        ...

    def approve(self, digest: bytes, *, session_id: str, verifier: bytes, terms: CodeTerms, now: int) -> bool:
        """Note who approved what; of racing callers one can. False if they are approved, spent or over."""
        ...

    def withdraw(self, digest: bytes, *, now: int) -> bool:
        """Spend those that were refused. False if they are approved, spent or over."""
        ...

    def take_back(self, user_id: str, client_id: str, *, now: int) -> int:
        """Spend temporary ones that a person approved, and that were not exchanged yet; how many there were."""
        ...

    def consume(self, digest: bytes, *, verifier: bytes, most_misses: int, now: int) -> Later[bool]:
        """Exchange them; of racing callers one can.

        False if they are spent or over, were not approved, if this is not their verifier, or if wrong ones were
        presented ``most_misses`` times.
        """
        ...

    def miss(self, digest: bytes) -> int:
        """Count a wrong verifier; how many there were with this one."""
        ...

    def prune_temporary(self, before: int, *, limit: int) -> None:
        """Delete up to ``limit`` temporary ones that expired before ``before``. It waits for nobody."""
        ...

    def add_token(self, credentials: TokenCredentials) -> None:
        """Keep new token credentials; they go with the session of their grant."""
        ...

    def token(self, digest: bytes) -> Oauth1Access | None:
        """The token credentials with this digest, their grant, ended or not, and its owner, in one read."""
        ...

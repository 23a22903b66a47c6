"""A key ring and its keeper, as a process has them."""

from collections.abc import Callable

from gatepass import Verifier
from gatepass_server.audit.log import AuditLog
from gatepass_server.crypto.sealing import Sealer
from gatepass_server.domain.signing_keys import KeyRecord, KeyState
from gatepass_server.keys.keeper import KeyKeeper
from gatepass_server.keys.ring import KeyRing
from gatepass_server.store.ports import Store

MASTER = b"m" * 32
LEAD = 3600
ISSUER = "https://auth.example.com"


class KeyHouse:
    """One process: its ring, and its keeper.

    Args:
        masters: the master keys, the first of which seals.
        usual: what is signed with where nobody asks for another algorithm.
    """

    def __init__(
        self, store: Store, clock: Callable[[], float], *masters: bytes, usual: str = "ES256"
    ) -> None:
        sealer = Sealer(lambda: masters)
        self.ring = KeyRing(store, sealer, clock, issuer=ISSUER, audience=ISSUER, usual=usual)
        audit = AuditLog(
            lambda _name: bytes(32), clock, retention=0
        )  # a key that is not sealed: it is no key of the ring
        self.keeper = KeyKeeper(store, sealer, clock, audit, publish_lead=LEAD, changed=self.ring.forget)
        self.verifier = Verifier(ISSUER, audience=ISSUER, keys=self.ring, clock=clock)

    def rotate(self, algorithm: str | None = None, *, now: bool = False) -> KeyRecord:
        """Rotate, where that makes one key."""
        (record,) = self.keeper.rotate(algorithm, now=now)
        return record

    def states(self) -> dict[str, KeyState]:
        """The state of every key by its kid."""
        return {record.kid: state for record, state in self.keeper.list()}


def published(ring: KeyRing) -> set[str]:
    """The kids in the JWK set."""
    return {key["kid"] for key in ring.jwks()["keys"]}

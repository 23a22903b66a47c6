"""Who signs and who verifies, and the key under which all secrets are sealed."""

from gatepass import Signer, Verifier
from gatepass_server.accounts.any_audience import AnyAudience
from gatepass_server.audit.log import AuditLog
from gatepass_server.crypto.master_key import load_or_create, parse_master_keys
from gatepass_server.crypto.sealing import Sealer
from gatepass_server.domain.clock import Clock
from gatepass_server.keys.keeper import KeyKeeper
from gatepass_server.keys.ring import KeyRing, Signers
from gatepass_server.settings import Settings
from gatepass_server.store.ports import Store


def signing(
    settings: Settings, store: Store, sealer: Sealer, clock: Clock, audit: AuditLog
) -> tuple[KeyRing | None, KeyKeeper | None, Signers, Verifier]:
    """The ring and the hand on it, which are None where a shared secret signs; who signs; who verifies."""
    issuer, audience = settings.public_issuer, settings.public_audience
    if secret := settings.signing_secret.reveal():
        shared = Signer.from_secret(secret, issuer=issuer, audience=audience, clock=clock)
        verifier = Verifier.from_secret(secret, issuer=issuer, audience=audience, clock=clock)
        return None, None, lambda algorithm="": shared, verifier  # noqa: ARG005 - it is all there is
    ring = KeyRing(store, sealer, clock, issuer=issuer, audience=audience, usual=settings.signing_algorithm)
    keeper = KeyKeeper(
        store,
        sealer,
        clock,
        audit,
        publish_lead=settings.key_publish_lead,
        changed=ring.forget,
    )
    # Whether a session has ended is looked up here at every call, so the verifier itself follows no revocations.
    verifier = Verifier(issuer, audience=audience, keys=ring, clock=clock, status=None)
    return ring, keeper, ring.signer, verifier


def any_audience(settings: Settings, ring: KeyRing, clock: Clock) -> AnyAudience:
    """What verifies the house's tokens wherever they are good."""

    def make(audience: str) -> Verifier:
        return Verifier(settings.public_issuer, audience=audience, keys=ring, clock=clock, status=None)

    return AnyAudience(make, house=settings.public_audience)


def master_keys(settings: Settings) -> list[bytes]:
    """The keys under which secrets are sealed, the one that seals first; made at the first use where none is named.

    Raises:
        OperatorError: they cannot be read.
    """
    if settings.master_key:
        return parse_master_keys(settings.master_key, where="the setting master_key")
    return load_or_create(settings.data / "master.key")

"""What of another house's words is kept with an identity: the address, what it is called, tokens and roles."""

from gatepass_server.crypto.sealing import Sealer
from gatepass_server.domain.identities import Identity
from gatepass_server.domain.ids import new_id
from gatepass_server.domain.upstream_attempts import Stranger
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.store.ports import UnitOfWork


class StrangerKeeping:
    """Keeps it. Tokens are sealed for the identity that they are of.

    Args:
        sealer: seals tokens.
    """

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def new(self, user_id: str, provider: str, stranger: Stranger, now: int) -> Identity:
        """A new identity of an account; the caller keeps it in its transaction."""
        identity_id = new_id()
        return Identity(
            id=identity_id,
            user_id=user_id,
            provider=provider,
            issuer=stranger.issuer,
            subject=stranger.subject,
            email=stranger.email,
            label=stranger.label,
            created_at=now,
            last_used_at=now,
            tokens=self._sealed(identity_id, stranger),
        )

    @staticmethod
    def begin(uow: UnitOfWork, upstream: Upstream) -> None:
        """Take the lock ``roles`` where roles may change, before any row is held: whoever gives roles does so, too."""
        if upstream.roles_claim:
            uow.lock("roles")

    def renew(self, uow: UnitOfWork, identity: Identity, stranger: Stranger, now: int) -> bool:
        """Note what is said now; False if the identity is gone."""
        tokens = self._sealed(identity.id, stranger)
        return uow.identities.touch(
            identity.id, now, email=stranger.email, label=stranger.label, tokens=tokens
        )

    def give_roles(
        self, uow: UnitOfWork, identity: Identity, upstream: Upstream, stranger: Stranger
    ) -> frozenset[str] | None:
        """Give the roles that come of what is said, and take those that no longer do; None where nothing changed."""
        if not upstream.roles_claim and not uow.identities.roles_of(identity.id):
            return None
        wanted = upstream.roles_of(stranger.groups)
        uow.lock(
            "roles"
        )  # once more where ``begin`` took it; rules that are gone since the last sign-in had none
        return wanted if uow.identities.set_roles(identity.id, identity.user_id, wanted) else None

    def _sealed(self, identity_id: str, stranger: Stranger) -> bytes | None:
        if not stranger.tokens:
            return None
        return self._sealer.seal(stranger.tokens.encode(), purpose=f"tokens of identity {identity_id}")

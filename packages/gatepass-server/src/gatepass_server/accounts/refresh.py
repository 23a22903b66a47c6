"""Stay logged in: a refresh token buys the next pair, once."""

from gatepass import Signer
from gatepass_server.accounts.tokens import TokenPair, Tokens
from gatepass_server.crypto.handles import digest
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import InvalidGrant
from gatepass_server.domain.sessions import RefreshToken
from gatepass_server.store.ports import Store, UnitOfWork


class Refresh:
    """Rotation as RFC 9700 section 4.14.2 asks: a token that comes back after it was spent ends its session."""

    def __init__(self, store: Store, tokens: Tokens, clock: Clock) -> None:
        self._store = store
        self._tokens = tokens
        self._clock = clock

    def __call__(self, token: str) -> TokenPair:
        """Spend ``token`` and mint its successor, in one transaction.

        Raises:
            InvalidGrant: the token is unknown, spent or expired, its session has ended, or its owner was disabled.
        """
        signer = self._tokens.signer()  # before the transaction, which must not wait for a second connection
        with self._store.write() as uow:
            pair = self._rotate(uow, digest(token), signer)
        if isinstance(pair, InvalidGrant):
            raise pair
        return pair

    def _rotate(self, uow: UnitOfWork, token_digest: bytes, signer: Signer) -> TokenPair | InvalidGrant:
        """The refusal is returned, not raised: what was spent or ended on the way to it stays so.

        Whoever disables the account meanwhile ends the session, and with it the tokens that are made here.
        """
        now = whole_seconds(self._clock)
        spent = uow.refresh_tokens.consume(token_digest, now)
        if spent is None:
            return self._replayed(uow, uow.refresh_tokens.spent(token_digest), now)
        if now >= spent.expires_at:
            return _refusal("expired")
        found = uow.sessions.with_user(spent.session_id)
        if found is None or not found.session.is_live(now):
            return _refusal("its session has ended")
        if not found.user.is_enabled:
            return _refusal("the account is disabled")
        minted = self._tokens.mint(
            found.user, found.session, generation=spent.generation + 1, now=now, signer=signer
        )
        uow.refresh_tokens.add(minted.refresh_row)
        return minted.pair

    def _replayed(self, uow: UnitOfWork, known: RefreshToken | None, now: int) -> InvalidGrant:
        if known is None:
            return _refusal("unknown")
        uow.sessions.end(known.session_id, now)
        return _refusal(f"replayed: generation {known.generation} was spent before; the session was ended")


def _refusal(reason: str) -> InvalidGrant:
    return InvalidGrant("The refresh token is not valid. Log in again.", reason=f"refresh token {reason}")

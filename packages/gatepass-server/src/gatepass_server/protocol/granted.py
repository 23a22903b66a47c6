"""What a grant came to, and the answer that is made of it (RFC 6749 section 5.1)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gatepass import Signer
from gatepass_server.accounts.tokens import AccessToken, Tokens
from gatepass_server.domain.clients import Client
from gatepass_server.domain.secret import Secret
from gatepass_server.protocol.id_tokens import IdTokens
from gatepass_server.protocol.scopes import OPENID
from gatepass_server.store.ports import LiveSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A person's grant to a program, spent and kept: all that is left to do is to sign.

    Attributes:
        client: The program.
        live: The grant's session, its owner, and what roles and groups say of the owner.
        scope: Of the access token.
        now: The second for which all was found to be good.
        refresh_token: What prolongs it, where the program may be given one.
        access: The access token, where it is made already.
        nonce: Of the authorization request, for the ID token.
        audience: Where the access token is good, if that is less than the grant says.
    """

    client: Client
    live: LiveSession
    scope: str
    now: int
    refresh_token: Secret | None = None
    access: AccessToken | None = field(default=None, repr=False)
    nonce: str = field(default="", repr=False)
    audience: Sequence[str] = ()


class TokenAnswers:
    """Signs, and makes the answer."""

    def __init__(self, tokens: Tokens, id_tokens: IdTokens) -> None:
        self._tokens = tokens
        self._id_tokens = id_tokens

    def signer(self, client: Client) -> Signer:
        """Of its access tokens: asked before something is spent, so that a key that is away costs nobody a code.

        Raises:
            OperatorError: no key is active for these, or for whatever else the client wants signed.
        """
        for algorithm in client.metadata.algorithms:
            self._tokens.signer(algorithm)
        return self._tokens.signer(client.metadata.access_token_signed_response_alg)

    def __call__(self, granted: Granted) -> dict[str, Any]:
        """The members of the answer (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3)."""
        live = granted.live
        access = granted.access or self._tokens.access(
            live.user,
            live.session,
            live.entitlements,
            scope=granted.scope,
            now=granted.now,
            signer=self._tokens.signer(granted.client.metadata.access_token_signed_response_alg),
            audience=granted.audience,
        )
        answer: dict[str, Any] = {
            "access_token": access.text,
            "token_type": "DPoP" if live.session.terms.jkt else "Bearer",
            "expires_in": access.expires_in,
            "scope": granted.scope,
        }
        if granted.refresh_token is not None:
            answer["refresh_token"] = granted.refresh_token.reveal()
        if OPENID in granted.scope.split():
            answer["id_token"] = self._id_tokens.issue(
                granted.client, live, nonce=granted.nonce, access_token=access.text, now=granted.now
            )
        return answer

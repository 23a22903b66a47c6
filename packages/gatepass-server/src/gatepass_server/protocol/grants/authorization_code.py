"""A code for tokens (RFC 6749 section 4.1.3), with PKCE (RFC 7636)."""

import re
from typing import Any

from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from gatepass_server.audit.log import Pen
from gatepass_server.crypto.handles import digest
from gatepass_server.domain.audit import ANONYMOUS, EventKind
from gatepass_server.domain.errors import InvalidGrant
from gatepass_server.domain.grants import AuthorizationCode as Code
from gatepass_server.domain.secret import Secret
from gatepass_server.protocol.authlib_client import AuthlibClient
from gatepass_server.protocol.errors import InvalidRequest
from gatepass_server.protocol.granted import TokenAnswers
from gatepass_server.protocol.redemption import Approval, Redemption
from gatepass_server.protocol.server import ProtocolServer, TokenRequest
from gatepass_server.store.ports import Later, LiveSession, Store, UnitOfWork

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
_INVALID = "The code is not valid. Start the sign-in anew."


class PresentedCode:
    """A code as Authlib's grant reads it."""

    def __init__(self, code: Code, signed_in: LiveSession) -> None:
        self.code = code
        self.signed_in = signed_in

    def get_redirect_uri(self) -> str:
        """The address that the request named, empty where it named none."""
        return self.code.terms.redirect_uri if self.code.terms.redirect_uri_sent else ""

    def get_scope(self) -> str:
        """What was granted."""
        return self.code.terms.scope


class AuthorizationCode(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    """Authlib's grant: here a code is spent by one atomic statement, after PKCE and before anything is minted."""

    def __init__(
        self,
        request: TokenRequest,
        server: ProtocolServer,
        *,
        store: Store,
        redemption: Redemption,
        answers: TokenAnswers,
    ) -> None:
        super().__init__(request, server)
        self._store = store
        self._redeem = redemption
        self._answers = answers

    def query_authorization_code(self, code: str, client: AuthlibClient) -> PresentedCode:
        """The code, if it is this client's and its verifier is right."""
        with self._store.look() as uow:
            found = uow.codes.with_session(digest(code))
        if found is None or found.code.client_id != client.client.id:
            raise InvalidGrant(_INVALID, reason="unknown code" if found is None else "another client's code")
        self._check_verifier(found.code)
        return PresentedCode(found.code, found.signed_in)

    def authenticate_user(self, authorization_code: PresentedCode) -> Any:
        """Spend the code; what comes back makes the answer."""
        client = self.request.client.client
        self._answers.signer(client)
        granted = self._redeem(
            _approval(authorization_code), client, self.request.message, self.request.possession
        )
        return lambda: self._answers(granted)

    def delete_authorization_code(self, authorization_code: PresentedCode) -> None:
        """It is spent, and kept, so that a replay is recognised."""

    def _check_verifier(self, code: Code) -> None:
        """RFC 7636 section 4.6; and no verifier where there was no challenge (RFC 9700 section 4.8.2)."""
        verifier = self.request.form.get("code_verifier")
        challenge = code.terms.code_challenge
        if not challenge:
            if verifier is not None:
                raise InvalidGrant(
                    _INVALID, reason="a code_verifier without a code_challenge: PKCE downgrade"
                )
            return
        if verifier is None:
            raise InvalidGrant("Send the code_verifier.", reason="no code_verifier")
        if not _VERIFIER.fullmatch(verifier):
            raise InvalidRequest(
                "A code_verifier has 43 to 128 unreserved characters (RFC 7636 section 4.1)."
            )
        if not Secret(create_s256_code_challenge(verifier)).matches(challenge):
            raise InvalidGrant(_INVALID, reason="the code_verifier does not match")


def _approval(presented: PresentedCode) -> Approval:
    code = presented.code

    def spend(uow: UnitOfWork, session_id: str, now: int) -> Later[bool]:
        return uow.codes.consume(code.digest, now=now, became=session_id)

    def replayed(uow: UnitOfWork, pen: Pen, now: int) -> None:
        """Of a code that is presented twice, nobody knows who had it first (RFC 6749 section 4.1.2)."""
        spent = uow.codes.find(code.digest)
        if spent is None or spent.became is None:
            return
        live = uow.sessions.with_user(spent.became)
        if live is None:
            return
        told = {"actor": ANONYMOUS, "user_id": live.user.id, "session_id": spent.became}
        pen.note(uow, EventKind.CODE_REPLAYED, **told, client_id=code.client_id)
        if uow.sessions.end(spent.became, now):
            pen.note(uow, EventKind.SESSION_ENDED, **told, cause="replay")

    return Approval(
        session_id=code.session_id,
        terms=code.terms,
        spend=spend,
        replayed=replayed,
        signed_in=presented.signed_in,
    )

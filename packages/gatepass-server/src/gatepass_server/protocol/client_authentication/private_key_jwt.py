"""A token that the program signs with its own key (RFC 7523 section 3, OpenID Connect Core section 9)."""

from typing import Any

from gatepass import TokenError, jose
from gatepass_server.crypto.handles import digest
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import InvalidClient
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.client_statements import LEEWAY, ClientStatements, StatementKind
from gatepass_server.protocol.errors import InvalidRequest
from gatepass_server.protocol.messages import ProtocolRequest
from gatepass_server.store.ports import Store

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 600
"""Seconds that an assertion may last: for so long its ``jti`` must be remembered."""

_KIND = StatementKind(types=("client-authentication+jwt",), claims=("sub", "exp", "jti"))
_OF_REQUEST_OBJECTS = ("response_type", "redirect_uri")


class PrivateKeyJwt:
    """``client_assertion`` in the body. Each is good once.

    Its audience is the issuer, as one text: who is told to send assertions to another server's endpoint, or to name
    several servers at once, would give that one what this one takes (audience injection).
    """

    name = "private_key_jwt"

    def __init__(
        self,
        statements: ClientStatements,
        directory: ClientDirectory,
        store: Store,
        clock: Clock,
        *,
        issuer: str,
    ) -> None:
        self._statements = statements
        self._directory = directory
        self._store = store
        self._clock = clock
        self._issuer = issuer

    def is_used(self, request: ProtocolRequest) -> bool:
        """Whether the body holds an assertion."""
        return "client_assertion" in request.form or "client_assertion_type" in request.form

    def authenticate(self, request: ProtocolRequest) -> Client:
        """See ``Method.authenticate``."""
        if (
            request.form.get("client_assertion_type") != ASSERTION_TYPE
            or "client_assertion" not in request.form
        ):
            raise InvalidClient(
                f"Send client_assertion, and client_assertion_type={ASSERTION_TYPE}.",
                reason="no assertion, or one of another type",
            )
        try:
            return self._proved(request.form["client_assertion"], request.form.get("client_id"))
        except TokenError as error:
            raise _refusal(error.sentence, f"{error.code}: {error.reason}") from None

    def _proved(self, text: str, named: str | None) -> Client:
        client = self._named_by(text)
        if named not in {None, client.id}:
            raise InvalidRequest("The assertion and client_id name two clients.")
        algorithm = client.metadata.token_endpoint_auth_signing_alg
        claims = self._statements.read(client, text, _KIND, algorithm=algorithm)
        self._check(claims, client)
        self._spend(claims, client)
        return client

    def _named_by(self, text: str) -> Client:
        subject = jose.unproven_claims(text).get("sub")
        client = self._directory.find(subject) if isinstance(subject, str) else None
        if client is None or client.metadata.token_endpoint_auth_method != self.name:
            # One answer for both: strangers do not learn which ids exist.
            reason = (
                "unknown client" if client is None else f"client {client.id} authenticates in another way"
            )
            raise _refusal("Its sub names no client that authenticates so.", reason)
        return client

    def _check(self, claims: dict[str, Any], client: Client) -> None:
        if claims["aud"] != self._issuer:
            raise _refusal(
                f"Its aud must be {self._issuer}, as one text and nothing else.",
                f"aud of client {client.id} names the issuer among others",
            )
        if claims["exp"] > self._clock() + LONGEST + LEEWAY:
            raise _refusal(f"It must not last longer than {LONGEST} seconds.", f"exp is {claims['exp']}")
        if not claims["jti"]:
            raise _refusal("It must have a jti.", "jti is empty")
        if any(name in claims for name in _OF_REQUEST_OBJECTS):
            # Request objects travel through browsers, where others see them (RFC 9101 section 10.8).
            raise _refusal("A request object is no assertion.", f"a request object of client {client.id}")

    def _spend(self, claims: dict[str, Any], client: Client) -> None:
        now = whole_seconds(self._clock)
        identifier = digest(f"client assertion {client.id} {claims['jti']}")
        # A power cut may forget the last ones: these end in minutes, and no browser ever saw them.
        with self._store.write(durable=False) as uow:
            fresh = uow.spent_identifiers.spend(
                identifier, expires_at=int(claims["exp"]) + LEEWAY + 1, now=now
            )
        if not fresh:
            raise _refusal(
                "It was used before: make one for each request.", f"replayed by client {client.id}"
            )


def _refusal(why: str, reason: str) -> InvalidClient:
    return InvalidClient(f"The client assertion does not hold. {why}", reason=reason)

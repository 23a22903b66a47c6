"""Authorization requests that the program signed (RFC 9101, OpenID Connect Core section 6)."""

import base64
import hashlib
import json
from collections.abc import Collection, Iterator
from typing import Any, Final
from urllib.parse import urldefrag

from gatepass import TokenError
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock
from gatepass_server.outbound.client import Outbound
from gatepass_server.outbound.errors import Unreachable
from gatepass_server.protocol.client_statements import LEEWAY, ClientStatements, StatementKind
from gatepass_server.protocol.errors import (
    InvalidRequest,
    InvalidRequestObject,
    InvalidRequestUri,
    RequestUriNotSupported,
)
from gatepass_server.protocol.messages import Parameters

_TYPE: Final = "oauth-authz-req+jwt"
_USUAL = StatementKind(types=(_TYPE,))
_FAPI = StatementKind(types=(_TYPE,), claims=("exp", "nbf"))
_FAPI_LONGEST = 3600
"""Seconds from ``nbf`` to ``exp``, and from ``nbf`` to now (FAPI 2.0 Message Signing section 5.3.1)."""

_KINDS: Final[Collection[str]] = frozenset(
    {f"application/{_TYPE}", "application/jwt", "application/jose", "+jwt", "text/plain"}
)
_WITHIN = frozenset({"request", "request_uri"})


class RequestObjects:
    """Reads them. Only what stands inside counts: what the browser carries beside it may be anybody's."""

    def __init__(self, statements: ClientStatements, outbound: Outbound, clock: Clock) -> None:
        self._statements = statements
        self._outbound = outbound
        self._clock = clock

    def read(self, client: Client, text: str) -> Parameters:
        """The parameters inside.

        Raises:
            InvalidRequestObject: it is not the client's, not for this server, not of now, or cannot be read.
        """
        if text.count(".") == 4:
            raise InvalidRequestObject(
                "Encrypted request objects are not taken: sign it, and push it (RFC 9126)."
            )
        kind = _FAPI if client.metadata.is_fapi else _USUAL
        try:
            claims = self._statements.read(
                client, text, kind, algorithm=client.metadata.request_object_signing_alg
            )
        except TokenError as error:
            raise InvalidRequestObject(
                f"The request object does not hold. {error.sentence}", reason=f"{error.code}: {error.reason}"
            ) from None
        if client.metadata.is_fapi:
            self._check_lifetime(claims)
        if claims.get("client_id") != client.id:
            raise InvalidRequestObject(
                "The client_id inside and outside must be the same (RFC 9101 section 5)."
            )
        if not _WITHIN.isdisjoint(claims):
            raise InvalidRequestObject(
                "A request object holds no request and no request_uri (RFC 9101 section 4)."
            )
        return Parameters(_pairs(claims))

    def fetch(self, client: Client, uri: str) -> Parameters:
        """The parameters of a request object at an address that the client registered.

        Raises:
            InvalidRequestUri: it is not registered, or leads to nothing that can be taken.
            InvalidRequestObject: see ``read``.
        """
        if not uri.startswith("https://"):
            raise RequestUriNotSupported(
                "A request_uri is one that this server gave out, or an https address."
            )
        address, fragment = urldefrag(uri)
        registered = client.metadata.request_uris
        if uri not in registered and address not in registered:
            raise InvalidRequestUri(
                "The request_uri is not registered for this client.",
                reason=f"{uri!r} is none of {registered}",
            )
        try:
            body = self._outbound.get(address, kinds=_KINDS).body
            text = body.decode("ascii").strip()
        except Unreachable as error:
            raise InvalidRequestUri(
                "The request_uri leads to nothing that can be taken.", reason=str(error)
            ) from None
        except UnicodeDecodeError:
            raise InvalidRequestUri(
                "The request_uri leads to no request object.", reason="not ASCII"
            ) from None
        if fragment and fragment.rstrip("=") != _hash(body):
            raise InvalidRequestUri(
                "The fragment of the request_uri is the SHA-256 hash of something else "
                "(OpenID Connect Core section 6.2).",
                reason="another hash",
            )
        return self.read(client, text)

    def _check_lifetime(self, claims: dict[str, Any]) -> None:
        begins, ends = claims["nbf"], claims["exp"]
        if ends - begins > _FAPI_LONGEST or begins < self._clock() - _FAPI_LONGEST - LEEWAY:
            raise InvalidRequestObject(
                "Under FAPI 2.0 a request object lasts an hour at most, and is no older."
            )


def signed(objects: RequestObjects, client: Client, parameters: Parameters) -> Parameters:
    """What counts of parameters that may hold a request object.

    Raises:
        InvalidRequest: there is none, and the client must send one.
        InvalidRequestObject: it does not hold.
    """
    request = parameters.get("request")
    if request is not None:
        return objects.read(client, request)
    if client.metadata.require_signed_request_object:
        raise InvalidRequest("This client signs its requests (require_signed_request_object, RFC 9101).")
    return parameters


def _hash(body: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode("ascii")


def _pairs(claims: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Members as parameters; those that are neither texts nor numbers nor lists of texts nor objects are ignored.

    Raises:
        InvalidRequestObject: a list holds something else.
    """
    for name, value in claims.items():
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, dict):  # claims
            yield name, json.dumps(value, ensure_ascii=False)
        elif isinstance(value, int) and not isinstance(value, bool):  # max_age
            yield name, str(value)
        elif isinstance(value, list) and name == "resource":
            if not all(isinstance(one, str) for one in value):
                raise InvalidRequestObject("resource is a URI or a list of URIs (RFC 8707 section 2).")
            for one in value:
                yield name, one

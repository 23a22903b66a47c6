"""How this server proves to another house who it is (RFC 6749 section 2.3), with Authlib's own means."""

from typing import Any, Protocol

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from gatepass import Signer, load_key
from gatepass.errors import KeyFormatError
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import OperatorError
from gatepass_server.domain.upstreams import Upstream

_METHODS = {"basic": "client_secret_basic", "none": "none"}
_SIGNED_FOR = 300
"""Seconds; Apple allows six months, and one that is signed for each request needs no more."""


class TokenRequests(Protocol):
    """Makes requests to a token endpoint."""

    def __call__(self, url: str, audience: str, **parameters: str) -> tuple[str, dict[str, str], str | None]:
        """Address, headers and body of a request that redeems a code."""
        ...


class AuthenticatedRequests:
    """Makes them as the settings say.

    Raises:
        OperatorError: the signing key cannot be used.
    """

    def __init__(self, upstream: Upstream, clock: Clock, *, name: str) -> None:
        self._upstream = upstream
        self._clock = clock
        self._signer: Signer | None = None
        if upstream.client_auth == "signed":
            self._signer = _signer(upstream, name)

    def __call__(self, url: str, audience: str, **parameters: str) -> tuple[str, dict[str, str], str | None]:
        """See ``TokenRequests``.

        Args:
            url: of the token endpoint.
            audience: whom a signed secret is for.
            parameters: of the grant.
        """
        upstream = self._upstream
        body = prepare_token_request("authorization_code", **parameters)
        headers: dict[str, str] = {}
        if upstream.client_auth in _METHODS:
            auth = ClientAuth(
                upstream.client_id, upstream.client_secret.reveal(), _METHODS[upstream.client_auth]
            )
            url, headers, body = auth.prepare("POST", url, headers, body)
        else:
            auth = ClientAuth(upstream.client_id, self._secret(audience), self._encode)
            url, headers, body = auth.prepare("POST", url, headers, body)
        if upstream.token_method == "GET":  # noqa: S105 - the name of a method
            return f"{url}{'&' if '?' in url else '?'}{body}", headers, None
        return url, headers, body

    def _encode(
        self,
        client: Any,
        _method: str,
        uri: str,
        headers: dict[str, str],
        body: str,
    ) -> tuple[str, dict[str, str], str]:
        """In the form, under the names that the house has for them."""
        from authlib.common.urls import add_params_to_qs  # noqa: PLC0415 - beside its one use

        names = self._upstream.client_id_name, self._upstream.client_secret_name
        pairs = list(zip(names, (client.client_id, client.client_secret), strict=True))
        return uri, headers, add_params_to_qs(body, pairs)

    def _secret(self, audience: str) -> str:
        if self._signer is None:
            return self._upstream.client_secret.reveal()
        now = whole_seconds(self._clock)
        claims = {
            "iss": self._upstream.team_id,
            "iat": now,
            "exp": now + _SIGNED_FOR,
            "aud": audience,
            "sub": self._upstream.client_id,
        }
        return self._signer.sign(claims, typ="JWT")


def _signer(upstream: Upstream, name: str) -> Signer:
    try:
        key = load_key(upstream.signing_key.reveal(), private=True).named(upstream.key_id)
        return Signer(key, issuer=upstream.team_id, audience=upstream.issuer)
    except KeyFormatError as error:
        raise OperatorError(f"upstream.{name}: the signing_key cannot be used: {error}") from None

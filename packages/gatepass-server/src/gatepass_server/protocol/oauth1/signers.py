"""Who signs, as Authlib's core asks about them. Of nobody there is the same to be asked, so that all take as long."""

import base64
import secrets
from functools import lru_cache
from typing import Any, Final

from authlib.oauth1 import ClientMixin, TokenCredentialMixin
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from gatepass_server.crypto import signing_secrets
from gatepass_server.domain.clients import Client
from gatepass_server.domain.oauth1 import OAUTH1

_NOBODYS_SALT: Final = secrets.token_bytes(32)
_KEYS: Final = 256


class SigningClient(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    """A program that may sign, or nobody.

    Args:
        client: it, if it is known.
        client_id: what the request calls it.
        key: of the house, of which secrets are made.
    """

    def __init__(self, client: Client | None, client_id: str, key: bytes) -> None:
        self.client = client if client is not None and client.may_use(OAUTH1) else None
        self._client_id = client_id
        self._key = key

    def get_client_secret(self) -> str:
        """What it signs with, or a text that nobody knows."""
        salt = None if self.client is None else self.client.signing_salt
        has_key = self.client is not None and self.client.metadata.jwks is not None
        known = _NOBODYS_SALT if salt is None or has_key else salt
        return signing_secrets.client_secret(self._client_id, known, self._key).reveal()

    def get_rsa_public_key(self) -> RSAPublicKey:
        """The key that it registered, or one that nobody has the other half of."""
        jwks = None if self.client is None else self.client.metadata.jwks
        if jwks is None:
            return _nobodys_key()
        jwk: dict[str, Any] = jwks["keys"][0]
        return _public_key(jwk["n"], jwk["e"])


class SigningCredentials(TokenCredentialMixin):  # type: ignore[misc]  # Authlib has no types
    """Temporary or token credentials, by their text, whoever has made that up."""

    def __init__(self, text: str, key: bytes) -> None:
        self._text = text
        self._secret = signing_secrets.credentials_secret(text, key)

    def get_oauth_token(self) -> str:
        """Their text."""
        return self._text

    def get_oauth_token_secret(self) -> str:
        """What they sign with."""
        return self._secret.reveal()


@lru_cache(_KEYS)
def _public_key(modulus: str, exponent: str) -> RSAPublicKey:
    return RSAPublicNumbers(_number(exponent), _number(modulus)).public_key()


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


@lru_cache(1)
def _nobodys_key() -> RSAPublicKey:
    """Of a modulus of 2048 bits that is made of no two primes that anybody knows."""
    return RSAPublicNumbers(65537, (1 << 2047) | secrets.randbits(2046) | 1).public_key()

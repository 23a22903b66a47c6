"""The shared secrets of OAuth 1.0a, which a server must have in clear to check a signature (RFC 5849 section 3.4.2).

They are kept nowhere, not even sealed: each is a MAC over what it belongs to, under a key of the house that is sealed.
So a stolen database holds no secret of any program, and a change of the master key has nothing to seal anew.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Final

from gatepass_server.domain.secret import Secret

CLIENT_PREFIX: Final = "gp_cs_"
_CREDENTIALS_PREFIX: Final = "gp_os_"
_SALT_BYTES: Final = 32


def new_salt() -> bytes:
    """What a program's secret is made of: another one makes another secret."""
    return secrets.token_bytes(_SALT_BYTES)


def client_secret(client_id: str, salt: bytes, key: bytes) -> Secret:
    """The secret of a program. ``key`` is of the house."""
    return _derived(CLIENT_PREFIX, b"client", salt + client_id.encode("utf-8", "surrogatepass"), key)


def credentials_secret(token: str, key: bytes) -> Secret:
    """The secret of temporary or token credentials, of their text; made for any text, so that none takes longer."""
    return _derived(_CREDENTIALS_PREFIX, b"credentials", token.encode("utf-8", "surrogatepass"), key)


def verifier_digest(verifier: str, token: str, key: bytes) -> bytes:
    """What is kept of a verifier: one that a person types is too short for a plain digest."""
    message = b"\0".join((b"verifier", hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()))
    return hmac.digest(key, message + verifier.encode("utf-8", "surrogatepass"), hashlib.sha256)


def _derived(prefix: str, label: bytes, message: bytes, key: bytes) -> Secret:
    mac = hmac.digest(key, label + b"\0" + message, hashlib.sha256)
    return Secret(prefix + base64.urlsafe_b64encode(mac).rstrip(b"=").decode())

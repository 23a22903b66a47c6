"""Secrets of programs: random, handed out once, kept as a MAC under a key of the house.

A password hash would cost milliseconds for every call of a program, and protects nothing: nobody guesses 256 random
bits. The key means that a stolen table alone does not even let anybody check a guess.
"""

import hmac
from functools import lru_cache

from gatepass_server.crypto.handles import new_handle
from gatepass_server.domain.secret import Secret

PREFIX = "gp_cs_"


def new_client_secret() -> Secret:
    """256 random bits."""
    return new_handle(PREFIX)


def keyed_digest(secret: Secret, key: bytes) -> bytes:
    """What is kept of a secret."""
    mac = _begun(key).copy()
    mac.update(secret.reveal().encode("utf-8", "surrogatepass"))
    return mac.digest()


@lru_cache(maxsize=1)
def _begun(key: bytes) -> hmac.HMAC:
    """The MAC before its message. To begin one takes longer than the rest, and a house has one key all its life."""
    return hmac.new(key, digestmod="sha256")

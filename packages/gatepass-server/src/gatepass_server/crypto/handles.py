"""Opaque handles: random texts given out once and kept only as a digest."""

import hashlib
import secrets

from gatepass_server.domain.secret import Secret

_ENTROPY_BYTES = 32


def new_handle(prefix: str) -> Secret:
    """A text with 256 bits of randomness. Its public prefix lets secret scanners find it where it leaked."""
    return Secret(prefix + secrets.token_urlsafe(_ENTROPY_BYTES))


def digest(handle: str) -> bytes:
    """The SHA-256 digest under which a handle is kept.

    A plain digest is enough: nobody can guess 256 random bits, so no salt and no stretching are needed.
    """
    return hashlib.sha256(handle.encode("utf-8", "surrogatepass")).digest()

"""Secrets at rest: AES-256-GCM under a master key, bound to what the secret is for."""

import hashlib
import os
from collections.abc import Callable, Sequence
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gatepass_server.domain.errors import OperatorError

_VERSION = b"\x01"
_KEY_ID_BYTES = 8
_NONCE_BYTES = 12
KEY_BYTES = 32


class CannotUnseal(OperatorError):
    """None of the master keys opens a sealed secret."""

    code = "cannot_unseal"


class Sealer:
    """Seals under the first master key and opens under any of them, so that the master key can be rotated.

    A sealed secret is ``version (1) || key id (8) || nonce (12) || ciphertext and tag`` (bytes). The purpose is
    authenticated with it: a secret moved to another row does not open.

    Args:
        master_keys: gives one or more keys of 32 bytes each. It is called once, at the first use: a command
            that needs no secret needs no master key.
    """

    def __init__(self, master_keys: Callable[[], Sequence[bytes]]) -> None:
        self._master_keys = master_keys

    def seal(self, secret: bytes, *, purpose: str) -> bytes:
        """Encrypt ``secret`` so that it opens only for the same ``purpose``."""
        nonce = os.urandom(_NONCE_BYTES)
        first, cipher = next(iter(self._ciphers.items()))
        head = _VERSION + first
        return head + nonce + cipher.encrypt(nonce, secret, head + purpose.encode())

    def open(self, sealed: bytes, *, purpose: str) -> bytes:
        """Decrypt what ``seal`` made.

        Raises:
            CannotUnseal: the master key that sealed it is not here, or the bytes were changed.
        """
        head = sealed[: 1 + _KEY_ID_BYTES]
        nonce = sealed[len(head) : len(head) + _NONCE_BYTES]
        cipher = self._ciphers.get(head[1:])
        if head[:1] != _VERSION or cipher is None:
            raise CannotUnseal(
                f"The secret for {purpose!r} is sealed under another master key. Name the right one with "
                "GATEPASS_MASTER_KEY_FILE (several may be given, separated by lines)."
            )
        try:
            return cipher.decrypt(nonce, sealed[len(head) + _NONCE_BYTES :], head + purpose.encode())
        except (InvalidTag, ValueError):
            raise CannotUnseal(
                f"The sealed secret for {purpose!r} was changed or moved after it was written; restore it from a "
                "backup."
            ) from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether ``sealed`` is under the first master key already."""
        return sealed[1 : 1 + _KEY_ID_BYTES] == next(iter(self._ciphers))

    @cached_property
    def _ciphers(self) -> dict[bytes, AESGCM]:
        """By key id, in the order of the keys."""
        keys = self._master_keys()
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"master keys have {KEY_BYTES} bytes each")
        return {_key_id(key): AESGCM(key) for key in keys}


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"gatepass master key id" + key).digest()[:_KEY_ID_BYTES]

"""Passwords are kept as argon2id hashes; older hashes are still understood, and say that they are old.

The bytes that are hashed are the password in UTF-8 exactly as it was sent. Unicode normalisation
(RFC 8265) is left out on purpose: the hashes that are imported were made without it, and their owners
must not be locked out.
"""

import secrets
from base64 import b64encode
from dataclasses import dataclass

from gatepass_server.crypto.argon2_hash import (
    DIGEST_BYTES,
    SALT_BYTES,
    Argon2Hash,
    Argon2Parameters,
    argon2id,
)
from gatepass_server.crypto.stored_hash import parse_stored_hash
from gatepass_server.domain.password_policy import MAX_PASSWORD_BYTES


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a comparison.

    ``needs_rehash`` says of a right password that its stored hash was made in another way than new ones
    are. ``reason`` is for the log: why nothing could be compared; empty for a plain mismatch.
    """

    right: bool
    needs_rehash: bool = False
    reason: str = ""

    def __bool__(self) -> bool:
        return self.right


class PasswordHasher:
    """Makes and checks password hashes. Costly on purpose: callers pass through ``HashGate`` first.

    Args:
        memory_kib: memory of one hash in KiB.
        time_cost: passes over that memory.
        parallelism: lanes of one hash, each a thread.

    Raises:
        ValueError: the cost is out of the bounds of ``crypto.argon2_hash``. What this class writes lies
            within what it reads, so that changing the cost never locks anybody out.
    """

    def __init__(self, memory_kib: int = 19456, time_cost: int = 2, parallelism: int = 1) -> None:
        self.parameters = Argon2Parameters(memory_kib, time_cost, parallelism)
        self.parameters.check()
        self._decoy = _decoy(self.parameters)

    def hash(self, password: str) -> str:
        """The encoded argon2id hash of ``password`` under a fresh salt.

        Raises:
            ValueError: it is longer than 1,024 bytes or cannot be encoded in UTF-8.
            Busy: the memory could not be had.
        """
        return argon2id(_as_bytes(password), self.parameters)

    def verify(self, stored: str, password: str) -> Verdict:
        """Compare ``password`` with a stored hash.

        A stored hash that is malformed or whose cost is absurd is answered as wrong, with the reason, after
        the time that a wrong password takes. A password that no account can have is wrong at once, for every
        account alike.

        Raises:
            Busy: the memory could not be had.
        """
        try:
            secret = _as_bytes(password)
        except ValueError as error:
            return Verdict(right=False, reason=str(error))
        try:
            parsed = parse_stored_hash(stored)
            right = parsed.matches(secret)
        except ValueError as error:
            self._decoy.matches(secret)
            return Verdict(right=False, reason=str(error))
        fresh = isinstance(parsed, Argon2Hash) and parsed.is_made_with(self.parameters)
        return Verdict(right=right, needs_rehash=right and not fresh)

    def verify_unknown(self, password: str) -> Verdict:
        """Spend what a wrong password costs, for an account that does not exist. Always wrong.

        Raises:
            Busy: the memory could not be had.
        """
        try:
            self._decoy.matches(_as_bytes(password))
        except ValueError as error:
            return Verdict(right=False, reason=str(error))
        return Verdict(right=False)


def _as_bytes(password: str) -> bytes:
    try:
        # Cutting first bounds the work; every character is a byte at least, so what is too long stays so.
        encoded = password[: MAX_PASSWORD_BYTES + 1].encode("utf-8")
    except UnicodeEncodeError:  # it carries the password
        raise ValueError("The password cannot be encoded in UTF-8.") from None
    if len(encoded) > MAX_PASSWORD_BYTES:
        raise ValueError(f"The password is longer than {MAX_PASSWORD_BYTES} bytes.")
    return encoded


def _decoy(parameters: Argon2Parameters) -> Argon2Hash:
    """An encoded hash with these parameters and a random digest: made without hashing, fits no password."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (SALT_BYTES, DIGEST_BYTES)
    )
    cost = f"m={parameters.memory_kib},t={parameters.time_cost},p={parameters.parallelism}"
    return Argon2Hash.parse(f"$argon2id$v=19${cost}${salt}${digest}")

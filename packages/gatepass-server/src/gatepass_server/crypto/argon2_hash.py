"""Argon2 hashes in their encoded form: ``$argon2id$v=19$m=19456,t=2,p=1$SALT$DIGEST`` (RFC 9106)."""

import re
import secrets
from dataclasses import dataclass

from argon2.exceptions import Argon2Error, VerifyMismatchError
from argon2.low_level import Type, error_to_str, hash_secret, verify_secret

from gatepass_server.domain.errors import Busy

MAX_MEMORY_KIB = 1024 * 1024
"""The most memory that one hash may ask for: 1 GiB."""

MAX_WORK_KIB = 4 * 1024 * 1024
"""The most work that one hash may ask for: memory times passes, in KiB (4 GiB: 1 GiB, t=4; about 3 s)."""

MAX_PARALLELISM = 64
"""The most lanes that one hash may ask for; each is a thread."""

SALT_BYTES = 16
DIGEST_BYTES = 32

_NO_MEMORY = error_to_str(-22)
_TYPES = {"argon2id": Type.ID, "argon2i": Type.I, "argon2d": Type.D}
# Base64 of 8 to 64 bytes of salt and 16 to 64 bytes of digest: a shorter digest is hit by guessing.
_ENCODED = re.compile(
    r"\$(argon2id|argon2i|argon2d)(?:\$v=(16|19))?\$m=([1-9][0-9]{0,9}),t=([1-9][0-9]{0,9}),p=([1-9][0-9]{0,9})"
    r"\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}"
)


@dataclass(frozen=True, slots=True)
class Argon2Parameters:
    """What a hash costs: memory in KiB, passes over it, and lanes computed in parallel."""

    memory_kib: int = 19456
    time_cost: int = 2
    parallelism: int = 1

    def check(self) -> None:
        """See that the cost lies between what Argon2 needs and what the server can bear.

        Raises:
            ValueError: with a sentence that names the bound.
        """
        if self.time_cost < 1 or self.parallelism < 1 or self.memory_kib < 8 * self.parallelism:
            raise ValueError("Argon2 needs one pass, one lane and 8 KiB of memory per lane at least.")
        if self.memory_kib > MAX_MEMORY_KIB:
            raise ValueError(f"This Argon2 hash asks for more than {MAX_MEMORY_KIB} KiB of memory.")
        if self.memory_kib * self.time_cost > MAX_WORK_KIB:
            raise ValueError(
                f"This Argon2 hash asks for more than {MAX_WORK_KIB} KiB of memory times passes."
            )
        if self.parallelism > MAX_PARALLELISM:
            raise ValueError(f"This Argon2 hash asks for more than {MAX_PARALLELISM} lanes.")


@dataclass(frozen=True, slots=True)
class Argon2Hash:
    """A well-formed encoded hash whose cost is bearable."""

    encoded: str
    type: Type
    version: int
    parameters: Argon2Parameters

    @classmethod
    def parse(cls, encoded: str) -> "Argon2Hash":
        """Read an encoded hash.

        Raises:
            ValueError: with a sentence; it is malformed, or its cost is out of bounds.
        """
        match = _ENCODED.fullmatch(encoded)
        if match is None:
            raise ValueError("This Argon2 hash is malformed.")
        name, version, memory, passes, lanes = match.groups()
        parameters = Argon2Parameters(int(memory), int(passes), int(lanes))
        parameters.check()
        return cls(encoded, _TYPES[name], int(version or 16), parameters)

    def is_made_with(self, parameters: Argon2Parameters) -> bool:
        """Whether this is argon2id, version 1.3, with exactly these parameters."""
        return self.type is Type.ID and self.version == 19 and self.parameters == parameters

    def matches(self, password: bytes) -> bool:
        """Compute the hash of ``password`` and compare in constant time.

        Raises:
            ValueError: the salt or digest is not canonical Base64.
            Busy: the memory could not be had.
        """
        try:
            return verify_secret(self.encoded.encode(), password, self.type)
        except VerifyMismatchError:
            return False
        except Argon2Error as error:
            raise _translated(error) from None


def argon2id(password: bytes, parameters: Argon2Parameters) -> str:
    """Hash ``password`` under a fresh random salt.

    Raises:
        Busy: the memory could not be had.
    """
    cost = (parameters.time_cost, parameters.memory_kib, parameters.parallelism)
    try:
        return hash_secret(password, secrets.token_bytes(SALT_BYTES), *cost, DIGEST_BYTES, Type.ID).decode()
    except Argon2Error as error:
        raise _translated(error) from None


def _translated(error: Argon2Error) -> Exception:
    if str(error) == _NO_MEMORY:
        return Busy("The server is busy. Please try again.", retry_after=1, reason=f"argon2: {error}")
    return ValueError(f"argon2: {error}")

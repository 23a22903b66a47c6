"""The header of a proof: what it is, and the key it is signed with (RFC 9449 section 4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gatepass.errors import InvalidProofError, list_of, quote
from gatepass.jwk import PRIVATE_MEMBERS, key_from_jwk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatepass.keys import Key

PROOF_TYPE: Final = "dpop+jwt"
"""The ``typ`` of a proof; without regard to case, as media types are."""

MAX_RSA_BITS: Final = 4096
"""Of a key that a stranger chose: one check with the largest RSA keys takes as long as ten with this."""

# In base64url characters: four bytes, where everybody uses 65537 and a long one costs much more; and 512 bytes.
_MAX_EXPONENT: Final = 6
_MAX_MODULUS: Final = 683
# k is a shared secret, and priv what newer kinds of key have.
_PRIVATE: Final = PRIVATE_MEMBERS | {"k", "priv"}


def judge_header(header: Mapping[str, Any], algorithms: Sequence[str]) -> tuple[str, Key]:
    """Return the algorithm of a proof and the public key it names.

    ``kid``, ``jku``, ``x5u`` and ``x5c`` are never looked at: the key is the one in ``jwk``.

    Raises:
        InvalidProofError: Not a proof, or not signed with an accepted algorithm, or its key is not public.
        KeyFormatError: The key cannot be used.
    """
    typ = header.get("typ")
    # Only ASCII has a case in media types; str.lower knows of others, such as the Kelvin sign.
    if not isinstance(typ, str) or not typ.isascii() or typ.lower() != PROOF_TYPE:
        raise InvalidProofError(f"typ is {quote(typ)}, not {PROOF_TYPE}")
    for name in ("crit", "b64"):  # no extension is understood (RFC 7515 section 4.1.11, RFC 7797)
        if name in header:
            raise InvalidProofError(f"the header has {name}, and no extension is supported")
    alg = header.get("alg")
    if not isinstance(alg, str) or alg not in algorithms:
        raise InvalidProofError(f"alg {quote(alg)} is not one of {list_of(algorithms)}")
    return alg, _public_key(header.get("jwk"))


def _public_key(jwk: object) -> Key:
    if not isinstance(jwk, dict):
        raise InvalidProofError("jwk is not a JSON object")
    if not _PRIVATE.isdisjoint(jwk):
        raise InvalidProofError("jwk holds a private key")
    if jwk.get("kty") == "RSA" and (
        len(str(jwk.get("n"))) > _MAX_MODULUS or len(str(jwk.get("e"))) > _MAX_EXPONENT
    ):
        raise InvalidProofError(f"an RSA key of more than {MAX_RSA_BITS} bits, or with a long exponent")
    return key_from_jwk(jwk)


class KnownHeaders:
    """Header segments of proofs that came with a good token, with the key that each names.

    A client sends the same header with all its proofs, and reading its key takes longer than a check with it. Whoever
    has no good token keeps nothing here, so strangers cannot push the others out.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[str, Key]] = {}
        self.recall = self._known.get

    def keep(self, segment: bytes, alg: str, key: Key) -> None:
        """Keep one; all the others go when there are too many, which costs each client one reading of its key."""
        if len(segment) > MAX_KEPT_LENGTH or segment in self._known:
            return
        if len(self._known) >= MAX_KEPT:
            self._known.clear()
        self._known[segment] = alg, key


MAX_KEPT: Final = 1024
"""Clients whose keys are kept."""

MAX_KEPT_LENGTH: Final = 2048
"""Characters of a header that is kept; with an RSA key of 4096 bits it has about 1,000."""

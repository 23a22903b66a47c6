"""Compact signed tokens (JWS, RFC 7515): the only file that calls joserfc.

A token is judged in two halves, because the right key may have to be fetched in between: :func:`read` judges
the form and the header, :func:`prove` the signature and the claims. Nothing that ``read`` returns is to be
believed. ``jwk``, ``jku``, ``x5u`` and ``x5c`` in a header are never looked at: a key comes from the caller
or not at all. Only a TokenError leaves these two functions, whatever the input.

joserfc's algorithm objects are used directly rather than its ``decode``: that one refuses unknown header
parameters, which RFC 7515 section 4 says to ignore, takes the last of two members, and checks no claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from joserfc import jwa
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from gatepass import base64url
from gatepass.checks import CLAIM_CHECKS, HEADER_CHECKS, apply_all
from gatepass.errors import (
    InvalidSignatureError,
    KeyFormatError,
    MalformedTokenError,
    MissingTokenError,
    UnknownKeyError,
    quote,
)
from gatepass.plain_sight import plainly_good
from gatepass.signatures import ed25519_check, rsa_check
from gatepass.strict_json import decode_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatepass.keys import Key
    from gatepass.rules import Rules
    from gatepass.signatures import Check

MAX_TOKEN_LENGTH = 16_384
"""Characters of a whole token: twice the 8 KiB that common web servers allow for all headers together."""

RawKey = (
    RSAPrivateKey
    | RSAPublicKey
    | EllipticCurvePrivateKey
    | EllipticCurvePublicKey
    | Ed25519PrivateKey
    | Ed25519PublicKey
)
"""The keys of ``cryptography`` that can sign or verify here."""

NativeKey = RSAKey | ECKey | OKPKey | OctKey
"""The same as joserfc holds them; opaque to every other file."""

_ALGORITHMS = {model.name: model for model in jwa.JWS_ALGORITHMS if model.name != "none"}


class Unproven(NamedTuple):
    """A token whose form and header were judged and whose signature was not: believe nothing of it.

    Attributes:
        alg: The algorithm the header names.
        kid: The key the header names, if it does.
        header: The header's segment, as it stands in the token; empty where it was recognised.
        signing_input: What was signed: header and payload, still encoded.
        payload: The payload's segment.
        signature: The signature, decoded.
    """

    alg: str
    kid: str | None
    header: bytes
    signing_input: bytes
    payload: bytes
    signature: bytes


class JudgedHeaders:
    """Header segments that passed every check of their header; each set of rules needs a set of its own.

    The headers of an issuer's tokens are the same for months, so each is judged once and recognised afterwards, byte
    for byte. Only the header of a token whose signature matched is kept, so strangers cannot fill the memory.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[str, str | None]] = {}
        self.recall = self._known.get
        """``alg`` and ``kid`` of a segment that was judged before, or ``None``."""

    def keep(self, unproven: Unproven) -> None:
        """Keep the header of a token whose signature matched."""
        if len(self._known) < MAX_HEADERS and len(unproven.header) <= MAX_HEADER_LENGTH:
            self._known[unproven.header] = (unproven.alg, unproven.kid)


_quickly = tuple.__new__
"""Makes a named tuple in a third of the time that its own constructor takes, for what is made at every check."""

_DOT = ord(".")  # as a number: to look for bytes in bytes raises and drops a TypeError first

MAX_HEADERS = 64
"""Distinct headers that are kept: an issuer has one for each of its keys and kinds of token."""

MAX_HEADER_LENGTH = 1024
"""Characters of a header that is kept."""


def split(token: object) -> tuple[bytes, bytes, bytes, bytes]:
    """Split a compact token (RFC 7515 section 7.1).

    Returns:
        What was signed (header and payload with the dot between them), header, payload and signature, all encoded.

    Raises:
        MissingTokenError: ``None`` or an empty string.
        MalformedTokenError: Anything else that is not three segments of at most 16,384 characters altogether.
    """
    # By type(), and as a plain string: a class of its own may answer to isinstance, len() and encode() what it likes.
    if type(token) is not str:
        if token is None:
            raise MissingTokenError
        if not issubclass(type(token), str):
            raise MalformedTokenError(f"{'bytes were' if type(token) is bytes else 'no string was'} given")
        token = str.__str__(token)
    if not token:
        raise MissingTokenError
    if len(token) > MAX_TOKEN_LENGTH:
        raise MalformedTokenError(f"{len(token)} characters, more than {MAX_TOKEN_LENGTH}")
    try:
        encoded = token.encode("ascii")
    except UnicodeEncodeError:
        raise MalformedTokenError("a character that is not ASCII") from None
    signing_input, last, signature = encoded.rpartition(b".")
    header, first, payload = signing_input.partition(b".")
    if not last or not first or _DOT in payload:
        raise MalformedTokenError(f"{encoded.count(b'.') + 1} segments, not 3")
    return signing_input, header, payload, signature


def decode_segment(segment: bytes, name: str) -> bytes:
    """Decode one segment; ``name`` says in the MalformedTokenError which one it was."""
    try:
        return base64url.decode(segment)
    except ValueError as error:
        raise MalformedTokenError(f"the {name} is {error}") from None


def decode_json(data: bytes, name: str) -> dict[str, Any]:
    """Decode the JSON object of a segment; ``name`` says in the MalformedTokenError which one it was."""
    try:
        return decode_object(data)
    except ValueError as error:
        raise MalformedTokenError(f"the {name}: {error}") from None


def read(token: object, rules: Rules, judged: JudgedHeaders | None = None) -> Unproven:
    """Judge a token's form and header: length, three segments, ``alg``, ``typ``, ``crit`` and ``kid``."""
    signing_input, segment, payload, signature = split(token)
    known = None if judged is None else judged.recall(segment)
    if known is None:
        header = decode_json(decode_segment(segment, "header"), "header")
        apply_all(HEADER_CHECKS, header, rules, 0)
        known = header["alg"], header.get("kid")
    else:
        segment = b""
    alg, kid = known
    try:
        decoded = base64url.decode(signature)
    except ValueError as error:
        raise MalformedTokenError(f"the signature is {error}") from None
    return _quickly(Unproven, (alg, kid, segment, signing_input, payload, decoded))


def unproven_claims(token: object) -> dict[str, Any]:
    """Return the claims of a token that nobody has judged: good for choosing who shall judge it, and no more."""
    return decode_json(decode_segment(split(token)[2], "payload"), "payload")


def prove(
    unproven: Unproven, keys: Sequence[Key], rules: Rules, now: float
) -> tuple[dict[str, Any], bytes, Key]:
    """Judge the signature with any of ``keys``, then the claims at ``now`` (seconds since the epoch).

    Returns:
        The claims, never to be handed out themselves; the same as the signed JSON text; the key that signed.
    """
    key = find_signer(unproven, keys)
    try:
        payload = base64url.decode(unproven.payload)
        claims = decode_object(payload)
    except ValueError:  # once more, this time saying what is wrong
        payload = decode_segment(unproven.payload, "payload")
        claims = decode_json(payload, "payload")
    if not plainly_good(claims, rules, now):
        apply_all(CLAIM_CHECKS, claims, rules, now)
    return claims, payload, key


def find_signer(unproven: Unproven, keys: Sequence[Key]) -> Key:
    """Return the key whose signature matches.

    A key is only ever used with an algorithm of its own (RFC 8725 section 3.1), whatever the header asks for.

    Raises:
        UnknownKeyError: No key may sign with this ``alg``.
        InvalidSignatureError: None of them made this signature.
    """
    alg = unproven.alg
    tried = 0
    for key in keys:
        check = key.check_of(alg)
        if check is not None:
            tried += 1
            try:
                if check(unproven.signing_input, unproven.signature):
                    return key
            except (JoseError, UnsupportedAlgorithm, ValueError, TypeError):
                continue  # a signature of a form that this key cannot have made
    if not tried:
        raise UnknownKeyError(f"no key with kid {quote(unproven.kid)} for {alg}")
    raise InvalidSignatureError(f"alg {alg}, kid {quote(unproven.kid)}, {tried} key(s) tried")


def check_for(native: NativeKey, alg: str) -> Check:
    """Make the check of signatures of one algorithm by one key."""
    public = native.public_key if isinstance(native, RSAKey) else None
    if isinstance(public, RSAPublicKey):
        return rsa_check(public, alg)
    if isinstance(native, OKPKey) and isinstance(native.public_key, Ed25519PublicKey):
        quick = ed25519_check(native.public_key.public_bytes_raw())
        if quick is not None:
            return quick
    model = _ALGORITHMS[alg]
    return lambda signing_input, signature: model.verify(signing_input, signature, native)


def sign(signing_input: bytes, key: Key, alg: str) -> bytes:
    """Sign with a private key that allows ``alg``; the signature in its JWS form (RFC 7518 section 3)."""
    return _ALGORITHMS[alg].sign(signing_input, key.native)


def native_key(raw: RawKey | bytes) -> NativeKey:
    """Wrap a key of ``cryptography``, or the bytes of a shared secret, for joserfc."""
    if isinstance(raw, bytes):
        return OctKey(raw, raw)
    if isinstance(raw, (RSAPrivateKey, RSAPublicKey)):
        return RSAKey.import_key(raw)
    if isinstance(raw, (EllipticCurvePrivateKey, EllipticCurvePublicKey)):
        return ECKey.import_key(raw)
    return OKPKey.import_key(raw)


def public_raw(native: NativeKey) -> RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey:
    """The public half of an asymmetric key, as a key of ``cryptography``."""
    public = native.public_key
    if not isinstance(public, (RSAPublicKey, EllipticCurvePublicKey, Ed25519PublicKey)):
        raise TypeError("this key has no public half")
    return public


def public_members(native: NativeKey) -> dict[str, str]:
    """The public members of a key as a JWK (RFC 7517): ``kty`` and what its kind needs."""
    return {name: value for name, value in native.as_dict(private=False).items() if isinstance(value, str)}


def thumbprint(native: NativeKey) -> str:
    """The SHA-256 thumbprint of a key in base64url (RFC 7638)."""
    return native.thumbprint()


_KINDS: Mapping[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_NUMBERS = ("kty", "crv", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi", "oth")


def raw_from_jwk(jwk: Mapping[str, Any]) -> object:
    """Read an asymmetric JWK into a key of ``cryptography``.

    Raises:
        KeyFormatError: It is not one, or its numbers do not make a key.
    """
    kind = _KINDS.get(str(jwk.get("kty")))
    if kind is None:
        raise KeyFormatError(f"The JWK's kty is {quote(jwk.get('kty'))}; it must be RSA, EC or OKP.")
    # The other members are judged elsewhere or not at all (RFC 7517 section 4: those not understood are ignored).
    numbers = {name: jwk[name] for name in _NUMBERS if name in jwk}
    try:
        return kind.import_key(numbers).raw_value
    except (JoseError, UnsupportedAlgorithm, ValueError, TypeError, LookupError, OverflowError):
        raise KeyFormatError(f"The JWK's members do not make a {kind.key_type} key.") from None

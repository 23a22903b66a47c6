"""A key: what it is called, what it may sign with, and how it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from gatepass import jose
from gatepass.errors import KeyFormatError, PublicKeyGivenError, WeakKeyError
from gatepass.small_order import has_small_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatepass.signatures import Check

_RSA: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_CURVES: Final[Mapping[str, ec.EllipticCurve]] = {
    "ES256": ec.SECP256R1(),
    "ES384": ec.SECP384R1(),
    "ES512": ec.SECP521R1(),
}
_ED25519: Final = ("EdDSA", "Ed25519")  # RFC 8037, and the name RFC 9864 gives the same algorithm

ASYMMETRIC_ALGORITHMS: Final = (*_RSA, *_CURVES, *_ED25519)
"""Every algorithm with a public key that is supported, in the names of the JOSE registry."""

MIN_RSA_BITS: Final = 2048  # RFC 7518 section 3.3
MAX_RSA_BITS: Final = 16384  # what ssh-keygen makes at most; beyond, one check costs a noticeable time


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Key:
    """A key that can verify and, where it is private, sign. Its material never shows when it is printed.

    Attributes:
        kid: Its name in tokens: the RFC 7638 thumbprint, unless a JWK names itself; empty for a shared
            secret, of which nothing derived may be published.
        algorithms: What it may be used with; the first one is the default.
        kind: ``RSA``, ``EC``, ``OKP`` or ``oct``.
        bits: Its size.
        thumbprint: The RFC 7638 thumbprint in base64url; empty for a shared secret.
        is_private: Whether it can sign.
        native: The key as the JOSE layer holds it.
    """

    kid: str
    algorithms: tuple[str, ...]
    kind: str
    bits: int
    thumbprint: str
    is_private: bool
    native: jose.NativeKey = field(repr=False)
    _checks: dict[str, Check | None] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def from_raw(cls, raw: object) -> Self:
        """Take a key of the ``cryptography`` package.

        Raises:
            WeakKeyError: RSA below 2048 bits.
            KeyFormatError: A kind that cannot sign tokens here.
        """
        usable, algorithms = _usable(raw)
        native = jose.native_key(usable)
        name = jose.thumbprint(native)
        return cls(
            kid=name,
            algorithms=algorithms,
            kind=native.key_type,
            bits=256
            if isinstance(usable, (ed25519.Ed25519PrivateKey, ed25519.Ed25519PublicKey))
            else usable.key_size,
            thumbprint=name,
            is_private=native.is_private,
            native=native,
        )

    @classmethod
    def generate(cls, alg: str, bits: int = 2048) -> Self:
        """Make a new private key for one algorithm.

        Args:
            alg: One of :data:`ASYMMETRIC_ALGORITHMS`; the key is bound to it.
            bits: Size of an RSA key; the others have their size by the algorithm.
        """
        raw: object
        if alg in _RSA:
            check_rsa_bits(bits)
            raw = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        elif alg in _ED25519:
            raw = ed25519.Ed25519PrivateKey.generate()
        elif alg in _CURVES:
            raw = ec.generate_private_key(_CURVES[alg])
        else:
            raise KeyFormatError(
                f"Keys for {alg!r} cannot be made; choose one of {', '.join(ASYMMETRIC_ALGORITHMS)}."
            )
        return cls.from_raw(raw).restrict([alg])

    @classmethod
    def from_private_der(cls, der: bytes, *, trusted: bool = False) -> Self:
        """Read what :meth:`to_private_der` wrote.

        Args:
            der: An unencrypted PKCS#8 private key.
            trusted: Skip the primality checks of RSA, which cost about 50 ms for 2048 bits. Only for bytes
                whose origin was authenticated.

        Raises:
            KeyFormatError: The bytes are not a private key.
        """
        try:
            raw = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=trusted)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise KeyFormatError("The bytes are not an unencrypted PKCS#8 private key.") from None
        return cls.from_raw(raw)

    @property
    def default_algorithm(self) -> str:
        """What it signs with when nothing else is said."""
        return self.algorithms[0]

    def check_of(self, alg: str) -> Check | None:
        """What checks its signatures of one algorithm, made once; ``None`` for an algorithm that is not its own."""
        try:
            return self._checks[alg]
        except KeyError:
            check = jose.check_for(self.native, alg) if alg in self.algorithms else None
            if alg in ASYMMETRIC_ALGORITHMS or check is not None:  # no more names than there are algorithms
                self._checks[alg] = check
            return check

    def restrict(self, algorithms: Iterable[str]) -> Self:
        """The same key, allowed only those of its algorithms that are named.

        Raises:
            KeyFormatError: None of them is one of its own.
        """
        wanted = tuple(algorithms)
        kept = tuple(alg for alg in self.algorithms if alg in wanted)
        if not kept:
            raise KeyFormatError(
                f"This {self.kind} key signs with {', '.join(self.algorithms)}, not {', '.join(wanted)}."
            )
        return replace(self, algorithms=kept)

    def named(self, kid: str) -> Self:
        """The same key under another ``kid``, for issuers that publish a name of their own."""
        return replace(self, kid=kid)

    def public(self) -> Self:
        """The public half alone."""
        return replace(self, native=jose.native_key(self._public_half()), is_private=False)

    def public_jwk(self, alg: str | None = None) -> dict[str, str]:
        """The public half as a JWK (RFC 7517) with ``kid``, ``use`` and ``alg``.

        Args:
            alg: The algorithm to announce; the key's default without it.
        """
        self._refuse_secret()
        chosen = self.restrict([alg or self.default_algorithm]).default_algorithm
        return {**jose.public_members(self.native), "kid": self.kid, "use": "sig", "alg": chosen}

    def public_pem(self) -> str:
        """The public half as PEM (SubjectPublicKeyInfo, RFC 7468 section 13)."""
        return (
            self._public_half().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
        )

    def to_private_der(self) -> bytes:
        """The private key as unencrypted PKCS#8: seal it before it is written anywhere.

        Raises:
            PublicKeyGivenError: There is no private half.
        """
        self._refuse_secret()
        private = self.native.private_key
        if private is None or isinstance(private, bytes):
            raise PublicKeyGivenError("This key is public: it has no private half to write down.")
        data: bytes = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return data

    def _public_half(self) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey:
        self._refuse_secret()
        return jose.public_raw(self.native)

    def _refuse_secret(self) -> None:
        if self.kind == "oct":
            raise KeyFormatError("A shared secret has no public half and is never written down.")

    def _identity(self) -> tuple[Any, ...]:
        material = id(self.native) if self.kind == "oct" else self.thumbprint
        return self.kid, self.algorithms, material

    def __eq__(self, other: object) -> bool:
        """Two keys are equal when name, public half and algorithms are."""
        return self._identity() == other._identity() if isinstance(other, Key) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._identity())

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "A key is not pickled: write it down with to_private_der, sealed, or with public_jwk."
        )

    def __copy__(self) -> Self:
        return self  # it never changes

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __repr__(self) -> str:
        half = "secret" if self.kind == "oct" else "private" if self.is_private else "public"
        return f"<Key {self.kind} {self.bits} {half} kid={self.kid!r}>"


def check_rsa_bits(bits: int) -> None:
    """Refuse RSA keys that are too short to be safe or too long to be quick.

    Raises:
        WeakKeyError: Below 2048 bits.
        KeyFormatError: Above 16384 bits.
    """
    if bits < MIN_RSA_BITS:
        raise WeakKeyError(
            f"The RSA key has {bits} bits and needs at least {MIN_RSA_BITS}: make a new one, for instance with "
            "`openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`."
        )
    if bits > MAX_RSA_BITS:
        raise KeyFormatError(f"The RSA key has {bits} bits; more than {MAX_RSA_BITS} are not taken.")


def _usable(raw: object) -> tuple[jose.RawKey, tuple[str, ...]]:
    if isinstance(raw, (rsa.RSAPrivateKey, rsa.RSAPublicKey)):
        check_rsa_bits(raw.key_size)
        return raw, _RSA
    if isinstance(raw, (ed25519.Ed25519PrivateKey, ed25519.Ed25519PublicKey)):
        if isinstance(raw, ed25519.Ed25519PublicKey) and has_small_order(raw.public_bytes_raw()):
            raise WeakKeyError(
                "Anybody could sign for this Ed25519 key (a point of small order): make a new one."
            )
        return raw, _ED25519
    if isinstance(raw, (ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)):
        for alg, curve in _CURVES.items():
            if raw.curve.name == curve.name:
                return raw, (alg,)
    raise KeyFormatError("This kind of key cannot sign tokens: use RSA, EC (P-256, P-384, P-521) or Ed25519.")

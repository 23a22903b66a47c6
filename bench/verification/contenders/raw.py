"""The measure of everything: ``verify`` of ``cryptography`` alone, on bytes that are decoded already."""

from base64 import urlsafe_b64decode

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from bench.verification.sides import Side
from bench.verification.tokens import P256, PKCS1, PSS, Material


def raw(material: Material) -> Side:
    """Calls with pairs of signature and signed bytes; the ECDSA ones in the DER form that OpenSSL takes."""
    public, alg = material.public, material.lane.alg
    pairs = [pair(token) for token in material.tokens]
    if isinstance(public, rsa.RSAPublicKey):
        padding, digest = PSS if alg == "PS256" else PKCS1, SHA256()
        return Side("raw", lambda one: public.verify(one[0], one[1], padding, digest), pairs)
    if isinstance(public, ec.EllipticCurvePublicKey):
        pairs = [(der(signature), data) for signature, data in pairs]
        return Side("raw", lambda one: public.verify(one[0], one[1], P256), pairs)
    return Side("raw", lambda one: public.verify(one[0], one[1]), pairs)


def pair(token: str) -> tuple[bytes, bytes]:
    """The signature of a token and what was signed."""
    signing_input, _, signature = token.rpartition(".")
    return urlsafe_b64decode(signature + "=="), signing_input.encode()


def der(signature: bytes) -> bytes:
    """An ES256 signature of 64 bytes as DER."""
    return encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))

"""Certificates that programs show when they connect, as a proxy passes them on (RFC 8705, RFC 9440)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from gatepass import base64url
from gatepass.errors import KeyFormatError
from gatepass.keys import Key
from gatepass_server.protocol.errors import InvalidRequest

_LONGEST = 16_384
_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate whose private key the other side of the connection holds.

    Attributes:
        thumbprint: The ``x5t#S256`` (RFC 8705 section 3.1).
        subject: Its subject.
        dns_names: Those of its alternative names that are hosts, in lower case.
        uris: Those that are URIs.
        key: Its public key; None where it is of a kind that signs no tokens.
    """

    thumbprint: str
    subject: x509.Name
    dns_names: frozenset[str]
    uris: frozenset[str]
    key: Key | None = field(repr=False)


@lru_cache(_REMEMBERED)
def read_certificate(text: str) -> ClientCertificate:
    """Read what the proxy wrote: PEM with percent signs, as nginx has it, or base64 between colons (RFC 9440).

    Raises:
        InvalidRequest: it is neither.
    """
    try:
        certificate = _parse(text)
        names = _alternative_names(certificate)
        return ClientCertificate(
            thumbprint=_thumbprint(certificate),
            subject=certificate.subject,
            dns_names=frozenset(name.lower() for name in names.get_values_for_type(x509.DNSName)),
            uris=frozenset(names.get_values_for_type(x509.UniformResourceIdentifier)),
            key=_key(certificate),
        )
    except (
        ValueError,
        UnsupportedAlgorithm,
        x509.DuplicateExtension,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
    ):
        raise InvalidRequest(
            "The client certificate cannot be read.", reason="the header of the proxy holds no certificate"
        ) from None


def _parse(text: str) -> x509.Certificate:
    if len(text) > _LONGEST or not text.isascii():
        raise ValueError("not a certificate")
    if text.startswith(":") and text.endswith(":"):
        try:
            return x509.load_der_x509_certificate(base64.b64decode(text[1:-1], validate=True))
        except binascii.Error:
            raise ValueError("not base64") from None
    (certificate,) = x509.load_pem_x509_certificates(unquote_to_bytes(text))
    return certificate


def _alternative_names(certificate: x509.Certificate) -> x509.SubjectAlternativeName:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return x509.SubjectAlternativeName([])


def _thumbprint(certificate: x509.Certificate) -> str:
    der = certificate.public_bytes(Encoding.DER)
    return base64url.encode(hashlib.sha256(der).digest()).decode("ascii")


def _key(certificate: x509.Certificate) -> Key | None:
    try:
        return Key.from_raw(certificate.public_key())
    except KeyFormatError:
        return None

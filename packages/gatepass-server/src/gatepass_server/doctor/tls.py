"""The certificate and the version of TLS, as a client on this machine meets them."""

import datetime as dt
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.request import getproxies

from cryptography import x509

from gatepass.address import checked_url
from gatepass.deadline import Deadline
from gatepass.errors import list_of, plain
from gatepass_server.doctor.findings import Finding, failed, passed, skipped, warned
from gatepass_server.doctor.subject import Subject

_SOON: Final = dt.timedelta(days=14)
_ADVICE: Final = {
    9: "Set the clock, here or where the certificate was made.",
    10: "Renew it, and have the server or proxy load the new one.",
    18: "Get one from an authority that clients know, or give clients (and --ca-file here) this authority.",
    19: "Get one from an authority that clients know, or give clients (and --ca-file here) this authority.",
    20: "Serve the intermediate certificates behind the server's own: browsers fetch what lacks, programs do not.",
    62: "Get a certificate for the host that the issuer names, or use the name that is in the certificate.",
    64: "Get a certificate for the address that the issuer names, or use the name that is in the certificate.",
}
"""What to do, by the codes of OpenSSL (X509_V_ERR_*)."""
_ELSE: Final = "Serve a valid certificate for this host, with its whole chain."


@dataclass(frozen=True, slots=True)
class _Handshake:
    version: str
    certificate: bytes


def check(subject: Subject) -> Iterator[Finding]:
    """Whether clients accept the certificate, and for how long they will."""
    parts = checked_url(subject.issuer)
    if parts.scheme != "https":
        yield skipped("tls.certificate", "Plain http to this machine has no certificate.")
        return
    host, port = parts.hostname or "", parts.port or 443
    try:
        met = _shake_hands(subject, host, port, believing=False)
    except ssl.SSLCertVerificationError as error:
        yield failed(
            "tls.certificate",
            f"Clients refuse it: {plain(error.verify_message)}.",
            _ADVICE.get(error.verify_code, _ELSE),
        )
        with suppress(OSError, RuntimeError, ValueError):  # whatever else it says is a bonus
            yield from _dates(_shake_hands(subject, host, port, believing=True), subject.visitor.clock())
        return
    except ssl.SSLError as error:
        advice = "Offer TLS 1.2 or 1.3 at this port."
        yield failed("tls.version", f"No secure connection: {plain(error)}.", advice)
        return
    except (OSError, RuntimeError, ValueError) as error:
        yield _no_connection(error)
        return
    yield passed("tls.certificate", f"Clients believe it, for {plain(host)}.")
    yield passed("tls.version", f"{plain(met.version)} is spoken.")
    yield from _dates(met, subject.visitor.clock())


def _no_connection(error: Exception) -> Finding:
    if "https" in getproxies():
        return skipped("tls.certificate", "A proxy stands between, so the certificate was not looked at.")
    return failed(
        "tls.certificate",
        f"No connection: {plain(error)}.",
        "Look whether the name leads to the server, and whether anything listens there.",
    )


def _shake_hands(subject: Subject, host: str, port: int, *, believing: bool) -> _Handshake:
    """Connect; with ``believing`` whatever the certificate says, and nothing is sent then.

    Raises:
        OSError, RuntimeError, ValueError: No connection, no TLS, or the certificate is refused.
    """
    context = ssl.create_default_context(cafile=subject.visitor.ca_file)
    if believing:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # to read the dates of a certificate that was refused already
    seconds = subject.visitor.patience()
    deadline: Deadline[_Handshake] = Deadline(seconds)

    def connect() -> _Handshake:
        with socket.create_connection((host, port), timeout=seconds or None) as plain_socket:
            deadline.watch(plain_socket)
            with context.wrap_socket(plain_socket, server_hostname=host) as secure:
                return _Handshake(secure.version() or "", secure.getpeercert(binary_form=True) or b"")

    if not seconds:
        raise TimeoutError("the time for all checks is up")
    return deadline.run(connect)


def _dates(met: _Handshake, now: float) -> Iterator[Finding]:
    try:
        certificate = x509.load_der_x509_certificate(met.certificate)
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        left = ends - dt.datetime.fromtimestamp(now, dt.UTC)
        names = _names(certificate)
    except (ValueError, OverflowError):
        yield warned("tls.expiry", "The certificate's dates cannot be read.", _ELSE)
        return
    found = f"It is valid until {ends:%Y-%m-%d} ({left.days} days), for {plain(names)}."
    if left <= dt.timedelta():
        yield failed("tls.expiry", f"It expired on {ends:%Y-%m-%d}, and is for {plain(names)}.", _ADVICE[10])
    elif left < _SOON and left < (ends - begins) / 3:
        yield warned("tls.expiry", found, "Renew it now, and see why that did not happen by itself.")
    else:
        yield passed("tls.expiry", found)


def _names(certificate: x509.Certificate) -> str:
    try:
        listed = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = [str(name) for name in listed.get_values_for_type(x509.DNSName)]
        names += [str(address) for address in listed.get_values_for_type(x509.IPAddress)]
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return "no name"
    return list_of(names) or "no name"

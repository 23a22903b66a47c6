"""Tokens that are bound to a key or a certificate, at the server's own endpoints (RFC 9449 section 7, RFC 8705)."""

from collections.abc import Callable
from dataclasses import dataclass

from gatepass.dpop import DPoP
from gatepass.guard.resource import ProtectedResource
from gatepass_server.bootstrap import Gatepass
from gatepass_server.domain.errors import GatepassError
from gatepass_server.protocol.client_certificates import read_certificate
from gatepass_server.web.bridge import shown_certificate


@dataclass(frozen=True, slots=True)
class BoundTokens:
    """What a guard needs to let such tokens in.

    Attributes:
        dpop: Judges proofs; None where none are taken.
        resource: The address that proofs must name.
        certificate: Tells the thumbprint of the certificate of the request at hand, empty where there is none.
    """

    dpop: DPoP | None = None
    resource: ProtectedResource | None = None
    certificate: Callable[[], str] = str


NO_BOUND_TOKENS = BoundTokens()


def bound_tokens(gatepass: Gatepass, *, prefix: str = "") -> BoundTokens:
    """What the guards of a house need.

    Args:
        gatepass: the house.
        prefix: below which its endpoints lie in the program that they are mounted in; it is part of every path.
    """
    settings = gatepass.settings
    if gatepass.provider is None:
        return NO_BOUND_TOKENS
    header = settings.client_certificate_header if settings.trusted_proxies else ""
    certificate = _Certificate(header)
    issuer = settings.public_issuer.rstrip("/")
    try:
        resource = ProtectedResource(identifier=issuer, root=issuer.removesuffix(prefix))
    except ValueError:  # plain http beyond this machine: no proof helps there
        return BoundTokens(certificate=certificate)
    return BoundTokens(gatepass.provider.proofs.usual, resource, certificate)


class _Certificate:
    def __init__(self, header: str) -> None:
        self._header = header

    def __call__(self) -> str:
        text = shown_certificate(self._header)
        try:
            return read_certificate(text).thumbprint if text else ""
        except GatepassError:
            return ""  # what cannot be read proves nothing

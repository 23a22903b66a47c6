"""The certificate of the connection proves who the program is (RFC 8705 section 2)."""

from collections.abc import Callable

from cryptography import x509

from gatepass_server.domain.clients import CERTIFICATE_METHODS, Client
from gatepass_server.domain.errors import InvalidClient
from gatepass_server.outbound.key_sets import KeySets, KeysUnavailableError, keys_for
from gatepass_server.protocol.client_authentication.named import only_named
from gatepass_server.protocol.client_certificates import ClientCertificate, read_certificate
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.messages import ProtocolRequest

_WRONG = "The client is unknown, or the certificate is not its own."


class TlsClientAuth:
    """A client is named in the body, and the connection has its certificate.

    Whether a certificate is to be believed by whom it was signed (``tls_client_auth``), or because its key is
    registered (``self_signed_tls_client_auth``), is a matter of how the proxy checks it, so only one of the two is
    offered.

    Args:
        name: as the metadata name it.
        fits: whether a certificate is the client's own.
    """

    def __init__(
        self, name: str, directory: ClientDirectory, fits: Callable[[Client, ClientCertificate], bool]
    ) -> None:
        self.name = name
        self._directory = directory
        self._fits = fits

    def is_used(self, request: ProtocolRequest) -> bool:
        """Whether there is a certificate, and a client is named that is known by one.

        A certificate alone does not tell: programs that prove who they are in another way may have their tokens bound
        to one.
        """
        return is_known_by_certificate(request, self._directory)

    def authenticate(self, request: ProtocolRequest) -> Client:
        """See ``Method.authenticate``."""
        client = self._directory.find(request.form["client_id"])
        if client is None or client.metadata.token_endpoint_auth_method != self.name:
            raise InvalidClient(_WRONG, reason=f"unknown client, or not one of {self.name}")
        if not self._fits(client, read_certificate(request.certificate)):
            raise InvalidClient(_WRONG, reason=f"another certificate than that of client {client.id}")
        return client


def is_known_by_certificate(request: ProtocolRequest, directory: ClientDirectory) -> bool:
    """Whether the request names a client that is known by its certificate, and shows one."""
    if not request.certificate or not only_named(request):
        return False
    client = directory.find(request.form["client_id"])
    return client is not None and client.metadata.token_endpoint_auth_method in CERTIFICATE_METHODS


def has_registered_name(client: Client, certificate: ClientCertificate) -> bool:
    """Whether the subject, or the alternative name, is the one that was registered (RFC 8705 section 2.1.2)."""
    metadata = client.metadata
    if metadata.tls_client_auth_subject_dn:
        return certificate.subject == x509.Name.from_rfc4514_string(metadata.tls_client_auth_subject_dn)
    if metadata.tls_client_auth_san_dns:
        return metadata.tls_client_auth_san_dns.lower() in certificate.dns_names
    return bool(metadata.tls_client_auth_san_uri) and metadata.tls_client_auth_san_uri in certificate.uris


class HasRegisteredKey:
    """Whether the certificate's key is one of those that were registered (RFC 8705 section 2.2)."""

    def __init__(self, key_sets: KeySets) -> None:
        self._key_sets = key_sets

    def __call__(self, client: Client, certificate: ClientCertificate) -> bool:
        """Look among the client's keys."""
        shown = certificate.key
        if shown is None:
            return False
        metadata = client.metadata
        source = self._key_sets.of(jwks=metadata.jwks, jwks_uri=metadata.jwks_uri or None)
        try:
            return any(
                key.thumbprint == shown.thumbprint
                for algorithm in shown.algorithms
                for key in keys_for(source, None, algorithm)
            )
        except KeysUnavailableError as error:
            raise InvalidClient(
                "The client's keys cannot be fetched at the moment.", reason=error.reason
            ) from None

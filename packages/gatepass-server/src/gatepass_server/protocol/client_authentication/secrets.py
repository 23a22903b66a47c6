"""A shared secret: in the header, or in the body (RFC 6749 section 2.3.1)."""

import base64
import binascii
from urllib.parse import unquote_plus

from gatepass_server.accounts.clients import Clients
from gatepass_server.domain.clients import Client
from gatepass_server.domain.errors import InvalidClient
from gatepass_server.domain.secret import Secret
from gatepass_server.protocol.client_authentication.certificates import is_known_by_certificate
from gatepass_server.protocol.client_authentication.named import PROOFS, only_named
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.errors import InvalidRequest
from gatepass_server.protocol.messages import ProtocolRequest

_NOTED = "Authorization: Basic"
_WRONG = "The client is unknown, or its secret is wrong."


class ClientSecretBasic:
    """``Authorization: Basic``, whose user name and password are each written as in a form."""

    name = "client_secret_basic"

    def __init__(self, clients: Clients, directory: ClientDirectory) -> None:
        self._clients = clients
        self._directory = directory

    def is_used(self, request: ProtocolRequest) -> bool:
        """Whether the header is there; a public client may send one with an empty password, which proves nothing."""
        header = _header(request)
        return header is not None and bool(header[1])

    def authenticate(self, request: ProtocolRequest) -> Client:
        """See ``Method.authenticate``."""
        header = _header(request)
        if header is None:
            raise InvalidClient("Name the client by HTTP Basic.", reason="no header")
        client_id, secret = header
        if request.form.get("client_id", client_id) != client_id:
            raise InvalidRequest("The header and the body name two clients.")
        return _checked(self._clients, self._directory.find(client_id), secret)


class ClientSecretPost:
    """``client_id`` and ``client_secret`` in the body."""

    name = "client_secret_post"

    def __init__(self, clients: Clients, directory: ClientDirectory) -> None:
        self._clients = clients
        self._directory = directory

    def is_used(self, request: ProtocolRequest) -> bool:
        """Whether the body holds a secret."""
        return "client_secret" in request.form

    def authenticate(self, request: ProtocolRequest) -> Client:
        """See ``Method.authenticate``."""
        client_id = request.form.get("client_id")
        if client_id is None:
            raise InvalidClient("Name the client beside its secret.", reason="a secret without client_id")
        return _checked(self._clients, self._directory.find(client_id), Secret(request.form["client_secret"]))


class NoAuthentication:
    """A public client is named, and proves nothing (``none``): PKCE and its redirect URI are what binds it."""

    name = "none"

    def __init__(self, directory: ClientDirectory) -> None:
        self._directory = directory

    def is_used(self, request: ProtocolRequest) -> bool:
        """Whether a client is named, and nothing that could prove it is there."""
        header = _header(request)
        if header is not None:
            return not header[1] and not any(proof in request.form for proof in PROOFS)
        return only_named(request) and not is_known_by_certificate(request, self._directory)

    def authenticate(self, request: ProtocolRequest) -> Client:
        """See ``Method.authenticate``."""
        header = _header(request)
        client_id = request.form.get("client_id") if header is None else header[0]
        client = None if client_id is None else self._directory.find(client_id)
        if client is None or not client.is_public:
            # One answer for both: strangers do not learn which ids exist.
            reason = "unknown client" if client is None else f"client {client.id} sent no proof"
            raise InvalidClient("The client is unknown, or must prove who it is.", reason=reason)
        if request.form.get("client_id", client_id) != client_id:
            raise InvalidRequest("The header and the body name two clients.")
        return client


def _checked(clients: Clients, client: Client | None, secret: Secret) -> Client:
    """The client, if the secret is its own. An unknown one takes as long as a wrong secret."""
    if not clients.check_secret(client, secret) or client is None:
        reason = "unknown client" if client is None else f"wrong secret of client {client.id}"
        raise InvalidClient(_WRONG, reason=reason)
    return client


def _header(request: ProtocolRequest) -> tuple[str, Secret] | None:
    """What ``Authorization: Basic`` says; every way looks."""
    notes = request.notes
    if _NOTED not in notes:
        notes[_NOTED] = _read(request)
    found: tuple[str, Secret] | None = notes[_NOTED]
    return found


def _read(request: ProtocolRequest) -> tuple[str, Secret] | None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    if scheme.lower() != "basic":
        raise InvalidClient("Name the client by HTTP Basic, or in the body.", reason="another scheme")
    try:
        text = base64.b64decode(value.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise InvalidClient(
            "The header Authorization cannot be read.", reason="not base64 of UTF-8"
        ) from None
    client_id, _, secret = text.partition(":")
    return unquote_plus(client_id), Secret(unquote_plus(secret))

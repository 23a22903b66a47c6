"""How a program proves who it is: HTTP Basic, or two fields of the body (RFC 6749 section 2.3.1)."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote_plus

from flask import request

from gatepass_server.accounts.clients import Clients
from gatepass_server.domain.clients import Client
from gatepass_server.domain.errors import InvalidClient
from gatepass_server.domain.secret import Secret
from gatepass_server.web.oauth_errors import InvalidRequest

FIELDS = ("client_id", "client_secret")
METHODS = ("client_secret_basic", "client_secret_post")
"""As the metadata name them (RFC 8414 section 2)."""


def authenticated_client(clients: Clients, fields: Mapping[str, str | None]) -> Client:
    """The program behind the request.

    Args:
        clients: those who are known.
        fields: of the body, ``FIELDS`` among them.

    Raises:
        InvalidClient: none is named, or it is unknown, or its secret is wrong.
        InvalidRequest: it proves who it is in two ways at once.
    """
    by_header = _by_header()
    by_body = fields["client_id"], fields["client_secret"]
    if by_header is None:
        client_id, secret = by_body
        if not client_id or not secret:
            raise InvalidClient(
                "Name the client, and prove it by its secret.", reason="no client authentication"
            )
        return clients.authenticate(client_id, Secret(secret))
    if by_body[1] is not None or by_body[0] not in {None, by_header[0]}:
        raise InvalidRequest("The client must be named in one way only: in the header, or in the body.")
    return clients.authenticate(by_header[0], by_header[1])


def _by_header() -> tuple[str, Secret] | None:
    """What ``Authorization: Basic`` says; id and secret are each written as in a form within it."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    if scheme.lower() != "basic":
        raise InvalidClient(
            "Name the client by HTTP Basic, or in the body.", reason="another scheme than Basic"
        )
    try:
        text = base64.b64decode(value.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise InvalidClient(
            "The header Authorization cannot be read.", reason="not base64 of UTF-8"
        ) from None
    client_id, _, secret = text.partition(":")
    return unquote_plus(client_id), Secret(unquote_plus(secret))

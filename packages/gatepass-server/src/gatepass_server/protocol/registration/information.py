"""What a program is told of its registration (RFC 7591 section 3.2.1)."""

from typing import Any

import msgspec

from gatepass_server.domain.clients import Client
from gatepass_server.domain.secret import Secret
from gatepass_server.protocol.registration.submitted import OWN


def client_information(
    client: Client, *, address: str, access: Secret, secret: Secret | None = None
) -> dict[str, Any]:
    """The members of the answer: what was registered, which may be less than was asked for.

    Args:
        client: the program.
        address: where its registration is read, changed and deleted.
        access: the token for that.
        secret: the program's own, where it was just made: it is kept as a digest, and told once.
    """
    metadata = client.metadata
    members: dict[str, Any] = {
        name: value for name, value in msgspec.to_builtins(metadata).items() if name not in OWN
    }
    members |= {f"client_name#{tag}": name for tag, name in metadata.names.items()}
    if client.name:
        members["client_name"] = client.name
    known: dict[str, Any] = {
        "client_id": client.id,
        "client_id_issued_at": client.created_at,
        "registration_client_uri": address,
        "registration_access_token": access.reveal(),
        "redirect_uris": list(metadata.redirect_uris),
        "grant_types": list(metadata.grant_types),
        "response_types": ["code"] if client.may_use("authorization_code") else [],
        "token_endpoint_auth_method": metadata.token_endpoint_auth_method,
        "application_type": metadata.application_type,
        "subject_type": "public",
        "scope": metadata.scope,
    }
    if secret is not None:
        known |= {"client_secret": secret.reveal(), "client_secret_expires_at": 0}
    return {**members, **known}

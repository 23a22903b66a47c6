"""Requests that name a client and say nothing else of it."""

from gatepass_server.protocol.messages import ProtocolRequest

PROOFS = ("client_secret", "client_assertion", "client_assertion_type")
"""Fields of the body that prove who the client is."""


def only_named(request: ProtocolRequest) -> bool:
    """Whether the body names a client, and holds nothing that could prove it is there; nor does the header."""
    return (
        "client_id" in request.form
        and not request.headers.get("Authorization")
        and not any(proof in request.form for proof in PROOFS)
    )

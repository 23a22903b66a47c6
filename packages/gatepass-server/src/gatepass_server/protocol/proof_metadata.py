"""What programs find out about proofs: of who they are, of their requests, of keys that tokens are bound to."""

from collections.abc import Sequence
from typing import Any


def proof_metadata(
    issuer: str, *, algorithms: Sequence[str], certificates: bool, must_push: bool
) -> dict[str, Any]:
    """Members of the document at the well-known addresses (RFC 8414 section 2, 8705, 9101, 9126, 9449).

    Args:
        issuer: the public address.
        algorithms: that programs may sign with.
        certificates: whether the proxy in front tells of the certificates of programs.
        must_push: whether every authorization request must be sent ahead.
    """
    told: dict[str, Any] = {
        "token_endpoint_auth_signing_alg_values_supported": list(algorithms),
        "introspection_endpoint_auth_signing_alg_values_supported": list(algorithms),
        "revocation_endpoint_auth_signing_alg_values_supported": list(algorithms),
        "pushed_authorization_request_endpoint": f"{issuer.rstrip('/')}/oauth2/par",
        "require_pushed_authorization_requests": must_push,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        "request_object_signing_alg_values_supported": list(algorithms),
        "dpop_signing_alg_values_supported": list(algorithms),
    }
    if certificates:
        told["tls_client_certificate_bound_access_tokens"] = True
    return told

"""What programs find out by themselves (OpenID Connect Discovery section 3, RFC 8414 section 2)."""

from collections.abc import Sequence
from typing import Any

from gatepass_server.protocol.authorization.outcomes import ResponseMode
from gatepass_server.protocol.id_tokens import ONE_FACTOR
from gatepass_server.protocol.scopes import STANDARD
from gatepass_server.protocol.user_claims import SUPPORTED

_CLAIMS = ("iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid")


def metadata(
    issuer: str,
    *,
    grant_types: Sequence[str],
    authentication: Sequence[str],
    algorithms: Sequence[str],
    registration: bool = False,
    documents: bool = False,
) -> dict[str, Any]:
    """The document at both well-known addresses; the issuer stands in it byte by byte as in tokens.

    Args:
        issuer: the public address.
        grant_types: what the token endpoint takes.
        authentication: how programs prove who they are.
        algorithms: that ID tokens are signed with.
        registration: whether programs may register themselves.
        documents: whether a ``client_id`` may be the address of a metadata document.
    """
    base = issuer.rstrip("/")
    confidential = [method for method in authentication if method != "none"]
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{base}/oauth2/authorize",
        "token_endpoint": f"{base}/oauth2/token",
        "device_authorization_endpoint": f"{base}/oauth2/device",
        "userinfo_endpoint": f"{base}/oauth2/userinfo",
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "end_session_endpoint": f"{base}/oauth2/logout",
        "introspection_endpoint": f"{base}/oauth2/introspect",
        "revocation_endpoint": f"{base}/oauth2/revoke",
        "status_list_aggregation_endpoint": f"{base}/status-lists",
        "scopes_supported": list(STANDARD),
        "response_types_supported": ["code"],
        "response_modes_supported": [str(mode) for mode in ResponseMode],
        "grant_types_supported": list(grant_types),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(algorithms),
        "token_endpoint_auth_methods_supported": list(authentication),
        "introspection_endpoint_auth_methods_supported": confidential,
        "userinfo_signing_alg_values_supported": list(algorithms),
        "introspection_signing_alg_values_supported": list(algorithms),
        "revocation_endpoint_auth_methods_supported": list(authentication),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "claims_parameter_supported": True,
        "claim_types_supported": ["normal"],
        "claims_supported": [*SUPPORTED, *_CLAIMS],
        "acr_values_supported": [ONE_FACTOR],
        "prompt_values_supported": ["none", "login", "consent", "select_account", "create"],
        "ui_locales_supported": ["en", "zh-CN"],
        "client_id_metadata_document_supported": documents,
        **({"registration_endpoint": f"{base}/oauth2/register"} if registration else {}),
    }

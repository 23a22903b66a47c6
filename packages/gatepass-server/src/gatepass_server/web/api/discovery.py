"""Discovery: the JWK set, and the metadata that leads to it (RFC 8414, OpenID Connect Discovery 1.0)."""

from collections.abc import Callable
from typing import Any

from flask import Response

from gatepass_server.keys.ring import KeyRing
from gatepass_server.web.answers import json_answer
from gatepass_server.web.schema import json_of, object_of, operation

MAX_AGE_SECONDS = 300
_STRINGS = {"type": "array", "items": {"type": "string"}}
JWKS = operation(
    "The public keys (RFC 7517)",
    answers={200: ("A JWK set.", json_of(object_of(keys={"type": "array", "items": {"type": "object"}})))},
)
METADATA = operation(
    "The metadata of this issuer (RFC 8414)",
    answers={
        200: (
            "Where things are.",
            json_of(
                object_of(
                    issuer={"type": "string"},
                    jwks_uri={"type": "string"},
                    status_list_aggregation_endpoint={"type": "string"},
                    response_types_supported=_STRINGS,
                    grant_types_supported=_STRINGS,
                    introspection_endpoint={"type": "string"},
                    introspection_endpoint_auth_methods_supported=_STRINGS,
                )
            ),
        )
    },
)


class DiscoveryEndpoint:
    """Publishes the ring. Where a shared secret signs, there is nothing to publish and no such endpoint."""

    def __init__(self, ring: KeyRing, metadata: Callable[[], dict[str, Any]]) -> None:
        self._ring = ring
        self._tell = metadata

    def jwks(self) -> Response:
        """200 with next, active and retiring keys."""
        return _cacheable(self._ring.jwks())

    def metadata(self) -> Response:
        """200 with the same document at both well-known addresses."""
        return _cacheable(self._tell())


def _cacheable(body: object) -> Response:
    response = json_answer(body)
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"  # public documents, for browser apps too
    return response

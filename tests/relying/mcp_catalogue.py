"""What MCP asks of an authorization server, and which of it has no test here, with the reason.

The ids that begin with ``auth/`` are scenarios of the conformance suite of the Model Context Protocol, those that begin
with ``sep-`` its checks; the suite runs no authorization server through a sign-in, so what its scenarios for clients
need of one is shown here with the SDK as the client. The others are sentences of the specification's page on
authorization, which the suite has no check for.
"""

from collections.abc import Mapping

SOURCE = "https://github.com/modelcontextprotocol/conformance, commit c321dd32 (MIT, Apache-2.0)"
STANDARD = "MCP authorization"

SCENARIOS: Mapping[str, str] = {
    "auth/metadata-default": "metadata at the address of RFC 8414",
    "auth/metadata-var1": "metadata at the address of OpenID Connect Discovery",
    "auth/metadata-var2": "metadata of an issuer with a path, at the address of RFC 8414",
    "auth/metadata-var3": "metadata of an issuer with a path, at the addresses of OpenID Connect Discovery",
    "auth/metadata-issuer-mismatch": "the issuer of the metadata is byte by byte the one that they are asked for",
    "auth/basic-cimd": "clients whose id is the address of their metadata document",
    "auth/scope-from-www-authenticate": "the scopes that the challenge of the MCP server names",
    "auth/scope-from-scopes-supported": "those that its metadata name",
    "auth/scope-omitted-when-undefined": "a request without scope is served",
    "auth/scope-step-up": "more scopes when a tool needs more",
    "auth/scope-retry-limit": "a client does not ask for ever",
    "auth/token-endpoint-auth-basic": "a secret in the header",
    "auth/token-endpoint-auth-post": "a secret in the body",
    "auth/token-endpoint-auth-none": "no secret",
    "auth/pre-registration": "clients that were registered beforehand",
    "auth/resource-mismatch": "a client refuses metadata of another resource",
    "auth/offline-access-scope": "`offline_access` is advertised, and granted to clients that refresh",
    "auth/offline-access-not-supported": "a client does not ask for it where it is not advertised",
    "auth/authorization-server-migration": "a client registers anew where the authorization server changes",
    "auth/iss-supported": "`iss` in every answer, and the metadata say so",
    "auth/iss-not-advertised": "`iss` that the metadata do not announce",
    "auth/iss-supported-missing": "`iss` that is announced and missing",
    "auth/iss-wrong-issuer": "`iss` of another server",
    "auth/iss-unexpected": "`iss` of another server, not announced",
    "auth/iss-normalized": "`iss` that differs in spelling alone",
}
"""Of the revisions 2025-11-25 and 2026-07-28."""

EXTENSIONS: Mapping[str, str] = {
    "auth/client-credentials-basic": "a program for itself, with a secret",
    "auth/client-credentials-jwt": "a program for itself, with a key",
    "auth/enterprise-managed-authorization": "an assertion of the company's identity provider for a token",
    "auth/dpop": "tokens that are bound to a key",
    "auth/dpop-nonce": "with a nonce of the server in their proofs",
    "auth/wif-jwt-bearer": "an assertion of the platform that a program runs on for a token",
    "sep-1932-as-metadata-alg-values": "the metadata name the algorithms of DPoP proofs",
    "sep-1932-as-no-none-alg": "all of them asymmetric",
    "sep-1932-as-dpop-bound-enforcement": "no token without a proof for a client that is registered so",
    "sep-1932-as-token-binding": "the token has the key's thumbprint, and is of the type DPoP",
}
"""Scored by nobody: each is optional."""

CHECKS: Mapping[str, str] = {
    "sep-837-application-type-present": "`application_type` is taken at registration",
    "sep-2207-client-metadata-grant-types": "`refresh_token` among the grant types brings a refresh token",
    "sep-2350-scope-union-on-reauth": "scopes that were granted are granted again, with more",
    "sep-2468-as-iss": "SHOULD have `iss` in every answer, errors included",
    "sep-2468-as-advertise": "MUST then say so in the metadata",
}

SENTENCES: Mapping[str, str] = {
    "oauth-2.1": "MUST be OAuth 2.1, for clients with and without a secret",
    "discovery": "MUST have metadata at one of the two well-known addresses",
    "pkce-advertised": "MUST say in the metadata that PKCE is there",
    "pkce-required": "MUST demand PKCE of public clients",
    "cimd-advertised": "SHOULD take metadata documents, and say so",
    "cimd-fetch": "SHOULD fetch a document when its address comes as a client id",
    "cimd-id-match": "MUST see that the document names its own address",
    "cimd-valid": "MUST see that it is JSON with what is needed",
    "cimd-redirect": "MUST hold redirect URIs against the document",
    "cimd-cache": "SHOULD keep it as its HTTP headers say",
    "cimd-ssrf": "SHOULD not be led to private places by its address",
    "cimd-host-shown": "SHOULD show people where they are sent back to",
    "dynamic-registration": "MAY register clients dynamically",
    "resource-parameter": "takes `resource`, and refuses what is none of the house's",
    "token-audience": "tokens are good at the MCP server that they were asked for, and nowhere else",
    "refresh-rotation": "MUST spend refresh tokens of public clients once",
    "redirect-exact": "MUST compare redirect URIs exactly, but for the port on loopback",
    "redirect-https": "redirect URIs MUST be https, or loopback",
    "https": "endpoints MUST be https",
}
"""Of the revision 2026-07-28, in our words."""

_CLIENT = "what a client does by itself: nothing is asked of a server"
_TWO_SERVERS = "about servers that announce or send something else than this one does"
UNSUPPORTED: Mapping[str, str] = {
    "auth/scope-retry-limit": _CLIENT,
    "auth/resource-mismatch": _CLIENT,
    "auth/authorization-server-migration": _CLIENT,
    "auth/offline-access-not-supported": _TWO_SERVERS,
    "auth/iss-not-advertised": _TWO_SERVERS,
    "auth/iss-supported-missing": _TWO_SERVERS,
    "auth/iss-unexpected": _TWO_SERVERS,
    "auth/iss-normalized": _TWO_SERVERS,
}
"""Why there is no test."""

_DOCUMENTS = "protocol/test_client_documents.py::test_"
_DPOP = "protocol/test_dpop.py::test_"
ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "oauth-2.1": ("protocol/test_code_flow.py::test_a_person_signs_in_to_a_program",),
    "auth/scope-omitted-when-undefined": (
        "protocol/test_common_demands.py::test_who_names_no_scope_gets_those_that_it_is_registered_with",
    ),
    "pkce-required": (
        "protocol/test_names_and_repetitions.py::test_a_public_program_cannot_do_without_pkce",
    ),
    "cimd-id-match": (f"{_DOCUMENTS}a_document_that_makes_no_sense_is_refused_and_not_remembered",),
    "cimd-valid": (f"{_DOCUMENTS}a_document_that_makes_no_sense_is_refused_and_not_remembered",),
    "cimd-redirect": (f"{_DOCUMENTS}an_address_is_a_client_and_people_sign_in_to_it",),
    "cimd-cache": (f"{_DOCUMENTS}a_document_is_believed_as_long_as_it_says",),
    "cimd-ssrf": (f"{_DOCUMENTS}a_document_on_a_private_address_is_not_fetched",),
    "redirect-exact": ("unit/test_redirect_uris.py::test_almost_the_registered_address_is_another_one",),
    "redirect-https": ("unit/test_redirect_uris.py::test_addresses_that_could_be_bent_are_refused",),
    "https": ("unit/settings/test_issuer.py::test_plain_http_needs_a_word_of_its_own",),
    "auth/dpop": (f"{_DPOP}tokens_are_bound_to_the_key_of_the_proof",),
    "auth/dpop-nonce": (f"{_DPOP}proofs_can_be_held_to_nonces",),
    "sep-1932-as-metadata-alg-values": (f"{_DPOP}discovery_tells_the_algorithms_of_proofs",),
    "sep-1932-as-no-none-alg": (f"{_DPOP}discovery_tells_the_algorithms_of_proofs",),
    "sep-1932-as-dpop-bound-enforcement": (f"{_DPOP}a_program_can_be_held_to_bound_tokens",),
    "sep-1932-as-token-binding": (f"{_DPOP}tokens_are_bound_to_the_key_of_the_proof",),
    "auth/enterprise-managed-authorization": (
        "protocol/test_jwt_bearer.py::test_an_assertion_buys_one_access_token",
    ),
    "auth/wif-jwt-bearer": (
        "protocol/test_jwt_bearer.py::test_an_assertion_may_be_about_the_program_itself",
    ),
}
"""Tests of other rooms that show a requirement, below ``tests``."""

ALL: Mapping[str, Mapping[str, str]] = {
    "Scenarios for clients, which a sign-in must let them pass": SCENARIOS,
    "Checks of single proposals": CHECKS,
    "Sentences of the specification": SENTENCES,
    "Extensions": EXTENSIONS,
}

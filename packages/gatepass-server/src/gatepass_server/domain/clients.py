"""Programs that the server knows (RFC 6749 section 2), and what each was registered with (RFC 7591 section 2)."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from gatepass_server.domain.oauth1 import OAUTH1

AuthMethod = Literal[
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
    "oauth1",
    "none",
]
"""How a program proves who it is, as RFC 7591, RFC 7523 and RFC 8705 name it; ``oauth1``: by a signature (RFC 5849)."""

SECRET_METHODS = frozenset({"client_secret_basic", "client_secret_post"})
"""One secret serves both: what relying parties choose between them differs from release to release."""

DEFAULT_ID_TOKEN_ALGORITHM = "RS256"  # noqa: S105 - the name of an algorithm
"""What every relying party can verify (OpenID Connect Core section 15.1, Registration section 2)."""

_WITH_ID_TOKENS = frozenset({"authorization_code", "urn:ietf:params:oauth:grant-type:device_code"})


CERTIFICATE_METHODS = frozenset({"tls_client_auth", "self_signed_tls_client_auth"})
"""The certificate of the connection proves who it is (RFC 8705 section 2)."""

FAPI_ALGORITHMS = ("PS256", "ES256", "EdDSA", "Ed25519")
"""What may sign under the FAPI 2.0 Security Profile (section 5.4.1)."""


class AssertionIssuer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody whose word is taken for who a program acts for (RFC 7523 section 2.1).

    Attributes:
        issuer: ``iss`` of its assertions.
        jwks: Its public keys by value.
        jwks_uri: Their address; one of the two is given.
        subject: Whether ``sub`` is an account of this house, by its id, or the program itself.
    """

    issuer: str
    jwks: dict[str, Any] | None = None
    jwks_uri: str = ""
    subject: Literal["user", "client"] = "user"


class ClientMetadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """What a program was registered with. Names are those of RFC 7591, OpenID Connect and their extensions.

    An empty text or list means that nothing was said.

    Attributes:
        redirect_uris: Where answers of the authorization endpoint may go, character by character.
        grant_types: What it may present at the token endpoint (RFC 7591 section 2).
        scope: The scopes that it may ask for, separated by spaces.
        application_type: ``web`` or ``native``.
        jwks: Its public keys by value.
        jwks_uri: Their address.
        require_pkce: Whether its code requests need a ``code_challenge``; without it they need a ``nonce``.
        trusted: Whether people are not asked for their consent, for the team's own programs.
        access_token_format: A signed token, or one that means nothing to whoever holds it.
        resources: The audiences that it may name (RFC 8707).
        id_token_claims: Whether its ID tokens hold profile and e-mail claims, for programs that read nothing else.
        origins: Origins whose pages may call the token and userinfo endpoints (CORS).
        accent_color: The colour of its pages, as ``#rrggbb``.
        names: Its name by language tag, as ``client_name#zh`` gives it.
        security_profile: ``fapi2`` holds it to the FAPI 2.0 Security Profile, whatever the rest says.
        require_dpop_nonce: Whether its DPoP proofs must hold a nonce of this server.
        assertion_issuers: Whose assertions it may present (RFC 7523); for the operator alone to say.
    """

    redirect_uris: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ()
    scope: str = ""
    token_endpoint_auth_method: AuthMethod = "client_secret_basic"  # noqa: S105 - the name of a method
    application_type: Literal["web", "native"] = "web"
    client_uri: str = ""
    logo_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""
    contacts: tuple[str, ...] = ()
    jwks: dict[str, Any] | None = None
    jwks_uri: str = ""
    software_id: str = ""
    software_version: str = ""
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str = ""
    frontchannel_logout_session_required: bool = False
    id_token_signed_response_alg: str = ""
    userinfo_signed_response_alg: str = ""
    introspection_signed_response_alg: str = ""
    request_object_signing_alg: str = ""
    token_endpoint_auth_signing_alg: str = ""
    access_token_signed_response_alg: str = ""
    require_signed_request_object: bool = False
    require_pushed_authorization_requests: bool = False
    dpop_bound_access_tokens: bool = False
    tls_client_auth_subject_dn: str = ""
    tls_client_auth_san_dns: str = ""
    tls_client_auth_san_uri: str = ""
    tls_client_certificate_bound_access_tokens: bool = False
    request_uris: tuple[str, ...] = ()
    sector_identifier_uri: str = ""
    initiate_login_uri: str = ""
    default_max_age: int | None = None
    require_auth_time: bool = False
    require_pkce: bool = True
    trusted: bool = False
    access_token_format: Literal["jwt", "opaque"] = "jwt"  # noqa: S105 - the name of a format
    resources: tuple[str, ...] = ()
    id_token_claims: bool = False
    origins: tuple[str, ...] = ()
    accent_color: str = ""
    names: dict[str, str] = {}
    security_profile: Literal["", "fapi2"] = ""
    require_dpop_nonce: bool = False
    assertion_issuers: tuple[AssertionIssuer, ...] = ()

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """The scopes that it may ask for."""
        return tuple(self.scope.split())

    @property
    def id_token_algorithm(self) -> str:
        """What its ID tokens are signed with."""
        return self.id_token_signed_response_alg or DEFAULT_ID_TOKEN_ALGORITHM

    @cached_property
    def algorithms(self) -> frozenset[str]:
        """What the house must be able to sign with for it, beside what it signs with usually."""
        asked = {
            self.id_token_signed_response_alg,
            self.userinfo_signed_response_alg,
            self.introspection_signed_response_alg,
            self.access_token_signed_response_alg,
        }
        # A log-out token is signed as the ID tokens are (OpenID Connect Back-Channel Logout section 2.4).
        if self.backchannel_logout_uri or not _WITH_ID_TOKENS.isdisjoint(self.grant_types):
            asked.add(self.id_token_algorithm)
        return frozenset(asked - {""})

    @property
    def is_fapi(self) -> bool:
        """Whether it is held to the FAPI 2.0 Security Profile."""
        return self.security_profile == "fapi2"

    @property
    def must_push(self) -> bool:
        """Whether its authorization requests must be sent ahead (RFC 9126)."""
        return self.require_pushed_authorization_requests or self.is_fapi


NO_METADATA = ClientMetadata()


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One program. ``created_at`` is in whole seconds since the epoch.

    Attributes:
        id: Its ``client_id``.
        name: What people call it.
        secret_digest: A MAC over its secret, under a key of the house; None where it has none.
        created_at: When it was made.
        metadata: What it was registered with.
        access_digest: The SHA-256 digest of its registration access token (RFC 7592), where it has one.
        signing_salt: What the secret is made of that it signs with (OAuth 1.0a), where it has one.
    """

    id: str
    name: str
    secret_digest: bytes | None = field(default=None, repr=False)
    created_at: int
    metadata: ClientMetadata = NO_METADATA
    access_digest: bytes | None = field(default=None, repr=False)
    signing_salt: bytes | None = field(default=None, repr=False)

    @property
    def is_public(self) -> bool:
        """Whether it cannot keep a secret (RFC 6749 section 2.1)."""
        return self.metadata.token_endpoint_auth_method == "none"  # noqa: S105 - the name of a method

    @property
    def registered_itself(self) -> bool:
        """Whether nobody of the house has looked at it: it registered itself, or publishes what it is."""
        return self.access_digest is not None or bool(self.host)

    @property
    def host(self) -> str:
        """The host that vouches for it, where its id is the address of its metadata document; else empty."""
        return (urlsplit(self.id).hostname or "") if self.id.startswith("https://") else ""

    @property
    def wants_opaque(self) -> bool:
        """Whether its access tokens mean nothing to whoever holds them."""
        return self.metadata.access_token_format == "opaque"  # noqa: S105 - the name of a format

    def may_use(self, grant_type: str) -> bool:
        """Whether it may present this at the token endpoint."""
        return grant_type in self.metadata.grant_types

    @property
    def can_come_back(self) -> bool:
        """Whether it has something to keep an access with that outlives the sign-in."""
        return self.may_use("refresh_token") or self.may_use(OAUTH1)

"""Every setting, declared with its manual entry.

The descriptions below are the manual: ``docs/reference/settings.md`` and ``gatepass check`` are made from them.
"""

import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from msgspec import Meta

from gatepass_server.crypto.argon2_hash import MAX_MEMORY_KIB, MAX_PARALLELISM
from gatepass_server.domain.secret import Secret
from gatepass_server.domain.signing_keys import LONGEST_TOKEN, Algorithm
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.settings.ldap_model import LdapSettings

_DAY = 86_400


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Settings(LdapSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an operator can choose. Durations are whole seconds, unless the name says days."""

    issuer: Annotated[
        str,
        Meta(
            description="The public address of this server: the `iss` of its tokens and the base of every URL "
            "it prints. Empty means `http://127.0.0.1:PORT`."
        ),
    ] = ""
    audience: Annotated[
        str, Meta(description="The `aud` of first-party tokens. Empty means the issuer itself.")
    ] = ""
    data: Annotated[
        Path, Meta(description="The data folder: the SQLite database and the master key live here.")
    ] = Path("gatepass-data")
    database_url: Annotated[
        Secret,
        Meta(
            description="Another database: `postgresql://user:password@host/name` or `sqlite:///path`. "
            "Empty means `gatepass.db` in the data folder."
        ),
    ] = Secret("")
    auto_upgrade: Annotated[
        bool,
        Meta(
            description="Bring the database schema up to date when the server starts. Switch it off to run "
            "`gatepass db upgrade` yourself."
        ),
    ] = True
    master_key: Annotated[
        Secret,
        Meta(
            description="The keys that seal private keys at rest, each 32 bytes in base64, separated by commas "
            "or lines; the first seals, all open. Empty means `master.key` in the data folder, made on the "
            "first run. Servers that share a database must share it."
        ),
    ] = Secret("")

    host: Annotated[str, Meta(description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535, description="The port to listen on.")] = 8000
    workers: Annotated[
        int, Meta(ge=1, le=256, description="Server processes. By default one for each core.")
    ] = msgspec.field(default_factory=available_cores)
    threads: Annotated[
        int, Meta(ge=4, le=512, description="Threads of each worker; more than `hash_queue`.")
    ] = 64
    trusted_proxies: Annotated[
        int,
        Meta(
            ge=0,
            le=8,
            description="How many reverse proxies stand in front and append to `X-Forwarded-For`. With 0 the "
            "header is not believed.",
        ),
    ] = 0
    client_certificate_header: Annotated[
        str,
        Meta(
            pattern=r"^([A-Za-z0-9-]{1,64})?\Z",
            description="The header in which the proxy in front passes on the certificate that a program showed when "
            "it connected: as PEM with percent signs (nginx: `$ssl_client_escaped_cert`) or as RFC 9440 has it "
            "(`Client-Cert`). The proxy must set it in every request, empty where there is none: it is believed. "
            "Needs `trusted_proxies`.",
        ),
    ] = ""
    client_certificates: Annotated[
        Literal["authority", "any"],
        Meta(
            description="What the proxy does with the certificates of programs. `authority`: it lets through those "
            "alone that an authority of your choice has signed, and programs may authenticate by their names "
            "(`tls_client_auth`). `any`: it lets through every certificate, and programs may authenticate by "
            "registered keys (`self_signed_tls_client_auth`)."
        ),
    ] = "authority"
    require_pushed_authorization_requests: Annotated[
        bool,
        Meta(
            description="Refuse authorization requests that were not sent ahead (RFC 9126), of every program. One "
            "program alone is held to it by its registration."
        ),
    ] = False
    require_dpop_nonce: Annotated[
        bool,
        Meta(
            description="Refuse DPoP proofs without a nonce of this server (RFC 9449 section 8), of every program. It "
            "costs each program a request now and then. One program alone is held to it by its registration."
        ),
    ] = False
    insecure_http: Annotated[
        bool,
        Meta(
            description="Allow an issuer that is plain `http` on a host other than loopback. Tokens and passwords "
            "then cross the network readable."
        ),
    ] = False

    signing_algorithm: Annotated[
        Algorithm,
        Meta(
            description="What access tokens and status lists are signed with; the first run makes such a key. While no "
            "such key is in the ring, the key that was activated last signs. ID tokens are signed with RS256, or with "
            "what a program is registered for."
        ),
    ] = "RS256"
    signing_secret: Annotated[
        Secret,
        Meta(
            description="Sign with this shared secret (HS256, at least 32 bytes) instead of a key pair. Only for a "
            "server mounted in your own program; a standalone server refuses it."
        ),
    ] = Secret("")
    key_publish_lead: Annotated[
        int,
        Meta(
            ge=0,
            le=7 * _DAY,
            description="How long a new key is published before it signs, so that every API has fetched it "
            "(APIs keep the JWK set for 300 seconds).",
        ),
    ] = 3600
    access_token_ttl: Annotated[
        int, Meta(ge=30, le=LONGEST_TOKEN, description="The life of an access token.")
    ] = 1800
    refresh_token_idle: Annotated[
        int,
        Meta(
            ge=60,
            le=365 * _DAY,
            description="How long a session may go unused: its refresh token, or its cookie.",
        ),
    ] = 14 * _DAY
    refresh_reuse_window: Annotated[
        int,
        Meta(
            ge=0,
            le=300,
            description="How long a refresh token that was just spent is answered with the same successor, for who "
            "lost the answer and for a second tab. With 0, presenting a token twice ends the session.",
        ),
    ] = 10
    status_ttl: Annotated[
        int,
        Meta(
            ge=1,
            le=3600,
            description="How long an API may keep the revocation feed: the longest that a token works there after its "
            "session was ended.",
        ),
    ] = 10
    session_ttl: Annotated[
        int,
        Meta(
            ge=60, le=730 * _DAY, description="The absolute end of a session, however often it is refreshed."
        ),
    ] = 90 * _DAY
    login_scope: Annotated[
        str,
        Meta(
            pattern=r"^([\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*)?\Z",
            description="The scopes of a first-party log-in, separated by spaces (RFC 6749 section 3.3). With "
            "`account` among them, tokens need it at this server's own endpoints.",
        ),
    ] = "account"

    argon2_memory_kib: Annotated[
        int, Meta(ge=8, le=MAX_MEMORY_KIB, description="Memory of one password hash, in KiB.")
    ] = 19_456
    argon2_time_cost: Annotated[int, Meta(ge=1, le=100, description="Passes of one password hash.")] = 2
    argon2_parallelism: Annotated[
        int, Meta(ge=1, le=MAX_PARALLELISM, description="Lanes of one password hash.")
    ] = 1
    hash_queue: Annotated[
        int,
        Meta(
            ge=0,
            le=256,
            description="How many log-ins may wait for a free core in each worker; one more gets 503. One address "
            "gets at most three quarters of it, so behind a proxy `trusted_proxies` must be right.",
        ),
    ] = 48
    login_failures_per_account: Annotated[
        int, Meta(ge=1, le=1_000_000, description="Failed log-ins of one account in a window before 429.")
    ] = 10
    login_failures_per_address: Annotated[
        int,
        Meta(
            ge=1,
            le=1_000_000,
            description="Failed log-ins (and sign-ups of e-mails already known) of one address (IPv6: one /64) in a "
            "window before 429.",
        ),
    ] = 100
    login_window: Annotated[int, Meta(ge=1, le=_DAY, description="The window of both limits.")] = 900

    audit_retention_days: Annotated[
        int,
        Meta(
            ge=0,
            le=36_500,
            description="How long the events of the audit log are kept at least, in days; 0 keeps them for ever. "
            "Older ones are deleted as new ones come.",
        ),
    ] = 400

    brand_name: Annotated[
        str, Meta(min_length=1, max_length=60, description="What pages for people call this server.")
    ] = "Gatepass"
    brand_color: Annotated[
        str,
        Meta(
            pattern=r"^#[0-9a-fA-F]{6}\Z",
            description="The colour of buttons and links on the pages, `#rrggbb`. It is brightened or darkened where "
            "text could not be read otherwise.",
        ),
    ] = "#2f5fd0"
    brand_logo: Annotated[
        str,
        Meta(
            description="The path of a picture (SVG, PNG, JPEG, WebP; at most 256 KiB) that the pages show above "
            "everything. Empty means a small gate."
        ),
    ] = ""
    mcp_servers: Annotated[
        str,
        Meta(
            description="The addresses of your MCP servers, separated by spaces. Whichever MCP client people choose "
            'may then ask for tokens that are good there: this is `registration = "open"` (unless that is `off`), '
            "`client_metadata_documents` and `registration_resources` in one. Scopes of the tools go into "
            "`registration_scope`."
        ),
    ] = ""
    registration: Annotated[
        Literal["off", "token", "open"],
        Meta(
            description="Who may register programs at `/oauth2/register` (RFC 7591): nobody, whoever has an invitation "
            "(`gatepass clients invite`), or anybody. Such programs get no more than the next two settings allow."
        ),
    ] = "token"
    registration_scope: Annotated[
        str,
        Meta(
            pattern=r"^([\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*)?\Z",
            description="The scopes that such programs may ask for, separated by spaces; also of those that publish a "
            "metadata document.",
        ),
    ] = "openid profile email offline_access"
    registration_resources: Annotated[
        str,
        Meta(
            description="The audiences that such programs may name (RFC 8707), separated by spaces: the addresses of "
            "your MCP servers and other APIs that they may call with a person's consent."
        ),
    ] = ""
    registration_limit: Annotated[
        int,
        Meta(
            ge=1,
            le=1_000_000,
            description="How many programs one address (IPv6: one /64) may register in an hour, where `registration` "
            "is `open`.",
        ),
    ] = 20
    client_metadata_documents: Annotated[
        bool,
        Meta(
            description="Take the `https` address of a metadata document for a `client_id` (OAuth Client ID Metadata "
            "Document), as MCP clients send it. It is fetched, so strangers make the server ask public addresses."
        ),
    ] = False

    oauth1: Annotated[
        bool,
        Meta(
            description="Serve programs of OAuth 1.0a (RFC 5849) under `/oauth1`. Their signature method `PLAINTEXT` "
            "is taken where the issuer is `https`, or `insecure_http` is set."
        ),
    ] = False

    outbound_allow: Annotated[
        str,
        Meta(
            description="Where the server may go besides the public internet and port 443, when it fetches what a "
            "program's registration points to (keys, documents) and posts log-out notices: names of hosts, addresses "
            "and networks, separated by blanks or commas, as in `app.internal 10.20.0.0/16`. At any port; a host "
            "that is named may have any address but a link-local one."
        ),
    ] = ""
    outbound_insecure: Annotated[
        bool,
        Meta(
            description="Fetch from and post to plain `http` addresses, too. Whoever is on the way can then replace "
            "the keys of a program, and read its log-out notices."
        ),
    ] = False
    outbound_ca_file: Annotated[
        str,
        Meta(
            description="A file (PEM) with authorities that are believed beside the system's when the server fetches "
            "and posts, for programs whose certificates are the team's own."
        ),
    ] = ""
    upstream: Annotated[
        dict[str, Upstream],
        Meta(
            description="Other houses through which people may sign in: a table `[upstream.NAME]` for each, see "
            "[below](#upstream-name) and `docs/howto/sign-in-through-others.md`. NAME has small letters, digits and "
            "hyphens, and is part of the address that the other house sends people back to."
        ),
    ] = {}  # noqa: RUF012 - msgspec makes a new one for each
    admin_api: Annotated[
        bool,
        Meta(
            description="Serve the admin API under `/api/admin`, and let admins ask for its scope `admin` when they "
            "log in. Without it, accounts, roles and clients are managed by the command line alone."
        ),
    ] = True

    article_answers: Annotated[
        bool,
        Meta(
            description="Answer as the original tutorial did in the two places where it told too much: an unknown "
            "e-mail gets 401 at `/login`, and every valid token may list all users."
        ),
    ] = False
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="The least important line to log.")
    ] = "info"
    log_format: Annotated[
        Literal["auto", "json", "text"],
        Meta(description="`json` for machines, `text` for people; `auto` is text on a terminal."),
    ] = "auto"

    @property
    def public_issuer(self) -> str:
        """The issuer, with its default filled in. Byte-identical wherever it appears."""
        return self.issuer or f"http://127.0.0.1:{self.port}"

    @property
    def public_audience(self) -> str:
        """The audience of first-party tokens, with its default filled in."""
        return self.audience or self.public_issuer

    @property
    def database(self) -> str:
        """The database URL, with its default filled in. It may hold a password."""
        path = (self.data / "gatepass.db").absolute()
        return self.database_url.reveal() or f"sqlite:///{quote(str(path))}"

    @property
    def login_scopes(self) -> tuple[str, ...]:
        """The scopes of a first-party log-in."""
        return tuple(self.login_scope.split())

    @property
    def oauth1_signatures(self) -> Literal["", "signed", "plaintext"]:
        """How programs of OAuth 1.0a may sign; ``PLAINTEXT`` over TLS alone (RFC 5849 section 3.4.4)."""
        if not self.oauth1:
            return ""
        encrypted = self.public_issuer.startswith("https://") or self.insecure_http
        return "plaintext" if encrypted else "signed"

    @property
    def openness(self) -> Literal["off", "token", "open"]:
        """Who may register programs, with what ``mcp_servers`` makes of it."""
        return "open" if self.mcp_servers and self.registration != "off" else self.registration

    @property
    def takes_documents(self) -> bool:
        """Whether programs may publish what they are, with what ``mcp_servers`` makes of it."""
        return self.client_metadata_documents or bool(self.mcp_servers)

    @property
    def open_resources(self) -> tuple[str, ...]:
        """The audiences that programs may name that nobody of the house has looked at."""
        return tuple(dict.fromkeys((*self.registration_resources.split(), *self.mcp_servers.split())))

"""One program, as its data file describes it."""

from urllib.parse import urlsplit

import msgspec

from gatepass_server.domain.clients import AuthMethod, ClientMetadata


class PresetClient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the program must be registered with; paths are below its own address.

    Attributes:
        redirect_paths: Where its answers go.
        post_logout_redirect_paths: Where people may be sent after a log-out.
        scope: What it asks for.
        grant_types: What it presents at the token endpoint.
        token_endpoint_auth_method: How it proves who it is.
        require_pkce: Whether it sends a ``code_challenge``; without it must send a ``nonce``.
        id_token_claims: Whether it reads the ID token and nothing else.
    """

    redirect_paths: tuple[str, ...]
    post_logout_redirect_paths: tuple[str, ...] = ()
    scope: str = "openid profile email"
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token")
    token_endpoint_auth_method: AuthMethod = "client_secret_basic"  # noqa: S105 - the name of a method
    require_pkce: bool = True
    id_token_claims: bool = False


class SettingsFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of its files.

    Attributes:
        name: What it is called.
        language: Its syntax, as Markdown names it.
        text: What to write into it, with names in ``<<`` and ``>>`` where values go.
    """

    name: str
    language: str
    text: str


class Preset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A well-known program.

    Attributes:
        title: What it calls itself.
        documentation: Where its makers say what stands here.
        checked: The day on which that was looked up.
        example_url: An address such as it would have.
        client: What it must be registered with.
        files: What is written into its own files.
        notes: What whoever sets it up must know besides.
    """

    title: str
    documentation: tuple[str, ...]
    checked: str
    example_url: str
    client: PresetClient
    files: tuple[SettingsFile, ...]
    notes: tuple[str, ...] = ()

    def metadata(self, url: str) -> ClientMetadata:
        """What the program at this address is registered with.

        Args:
            url: Its own address, as ``checked_program_url`` gives it.
        """
        client = self.client
        return ClientMetadata(
            redirect_uris=tuple(url + path for path in client.redirect_paths),
            post_logout_redirect_uris=tuple(url + path for path in client.post_logout_redirect_paths),
            scope=client.scope,
            grant_types=client.grant_types,
            token_endpoint_auth_method=client.token_endpoint_auth_method,
            require_pkce=client.require_pkce,
            id_token_claims=client.id_token_claims,
            client_uri=f"{url}/" if urlsplit(url).scheme == "https" else "",
        )

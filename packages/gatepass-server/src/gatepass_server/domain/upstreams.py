"""Another house through which people may sign in, as the settings and its preset describe it."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from gatepass_server.domain.secret import Secret

Kind = Literal["openid", "oauth2", "oauth1"]
ClientAuth = Literal["basic", "post", "none", "signed"]


class Upstream(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table ``[upstream.NAME]``. A preset gives what the operator does not."""

    preset: Annotated[
        str, Meta(description="A well-known house: its addresses and peculiarities need not be given then.")
    ] = ""
    kind: Annotated[
        Kind,
        Meta(
            description="What it speaks: `openid` (OpenID Connect, found by its `issuer`), `oauth2` (OAuth 2.0 alone) "
            "or `oauth1` (OAuth 1.0a); the last two by the addresses below."
        ),
    ] = "openid"
    label: Annotated[
        str,
        Meta(
            max_length=60,
            description="What people call it: `Continue with ...`. Empty means the table's name.",
        ),
    ] = ""
    logo: Annotated[
        str, Meta(description="The path of a picture for its button (SVG, PNG, JPEG, WebP; at most 256 KiB).")
    ] = ""
    client_id: Annotated[str, Meta(description="What it calls this server.")] = ""
    client_secret: Annotated[
        Secret,
        Meta(description="The secret that goes with it; or `client_secret_file`, the file that has it."),
    ] = Secret("")
    client_auth: Annotated[
        ClientAuth,
        Meta(
            description="How this server proves who it is: with the secret in a header (`basic`) or in the form "
            "(`post`), not at all (`none`), or with a secret that it signs itself (`signed`, as Apple has it)."
        ),
    ] = "basic"
    team_id: Annotated[str, Meta(description="`signed`: the issuer of the secret; Apple's Team ID.")] = ""
    key_id: Annotated[str, Meta(description="`signed`: the name of the key.")] = ""
    signing_key: Annotated[
        Secret,
        Meta(description="`signed`: the private key (PEM); or `signing_key_file`, the file that has it."),
    ] = Secret("")
    issuer: Annotated[
        str,
        Meta(
            description="Its issuer, exactly as its ID tokens name it. Of a house without OpenID Connect: a name for "
            "it, by default the origin of `authorize_url`; whoever changes it makes strangers of all who came through."
        ),
    ] = ""
    tenant: Annotated[
        str,
        Meta(pattern=r"^[A-Za-z0-9.-]{0,64}\Z", description="What stands for `{tenant}` in its addresses."),
    ] = ""
    issuer_template: Annotated[
        str,
        Meta(
            description="The issuer of its ID tokens, where one address serves several: `{tid}` stands for the claim "
            "`tid` of the token."
        ),
    ] = ""
    tenants: Annotated[
        tuple[str, ...], Meta(description="The values of `tid` that are let in; empty means all.")
    ] = ()
    authorize_url: Annotated[str, Meta(description="Where people are sent.")] = ""
    token_url: Annotated[str, Meta(description="Where a code (or OAuth 1.0a verifier) is redeemed.")] = ""
    request_token_url: Annotated[str, Meta(description="`oauth1`: where a request token is had.")] = ""
    userinfo_url: Annotated[str, Meta(description="Where it tells who somebody is, as JSON.")] = ""
    emails_url: Annotated[
        str,
        Meta(
            description="Where it tells the e-mail addresses of a person: a list of objects with `email`, `primary` "
            "and `verified`, as GitHub has it."
        ),
    ] = ""
    scope: Annotated[str, Meta(description="What it is asked for, separated by spaces.")] = (
        "openid email profile"
    )
    scope_separator: Annotated[str, Meta(description="What stands between two scopes.")] = " "
    parameters: Annotated[
        dict[str, str], Meta(description="Further parameters of the address where people are sent.")
    ] = {}
    client_id_name: Annotated[str, Meta(description="The parameter that has the client id.")] = "client_id"
    client_secret_name: Annotated[str, Meta(description="`post`: the parameter that has the secret.")] = (
        "client_secret"  # noqa: S105 - the name of a parameter
    )
    token_method: Annotated[
        Literal["POST", "GET"], Meta(description="`oauth2`: the method at `token_url`.")
    ] = "POST"  # noqa: S105 - the name of a method
    token_in: Annotated[
        Literal["header", "query"], Meta(description="`oauth2`: where `userinfo_url` wants the access token.")
    ] = "header"  # noqa: S105 - the name of a place
    userinfo_parameters: Annotated[
        dict[str, str],
        Meta(description="`oauth2`: members of the token response that `userinfo_url` wants, by parameter."),
    ] = {}
    fragment: Annotated[str, Meta(description="What follows `#` in the address where people are sent.")] = ""
    response_mode: Annotated[
        Literal["query", "form_post"], Meta(description="How the answer comes back.")
    ] = "query"
    pkce: Annotated[
        bool,
        Meta(description="Send a code challenge (RFC 7636). Switch it off only for a house that refuses it."),
    ] = True
    userinfo: Annotated[
        bool,
        Meta(description="`openid`: ask its userinfo endpoint, too, for what the ID token does not say."),
    ] = False
    subject: Annotated[
        str,
        Meta(
            description="`oauth2`, `oauth1`: where its answer has what it calls the person for good, as `data.id`; of "
            "several, separated by blanks, the first that is there."
        ),
    ] = "sub"
    email: Annotated[str, Meta(description="Where it has the e-mail address.")] = "email"
    email_verified: Annotated[
        str, Meta(description="Where it says that this address was verified. Empty means never.")
    ] = "email_verified"
    name: Annotated[str, Meta(description="Where it has the name of the person.")] = "name"
    login: Annotated[
        str, Meta(description="Where it has what the person signs in with there; shown on `/account`.")
    ] = "preferred_username"
    reauthenticates: Annotated[
        bool,
        Meta(
            description="`openid`: it understands `prompt=login` and `max_age`, by which a person must prove anew who "
            "they are, and tells `auth_time`."
        ),
    ] = True
    sign_up: Annotated[
        Literal["on", "off"],
        Meta(description="Whether who comes through it for the first time gets an account."),
    ] = "on"
    email_domains: Annotated[
        tuple[str, ...],
        Meta(description="Let in only people with a verified e-mail address of one of these domains."),
    ] = ()
    domain_claim: Annotated[
        str,
        Meta(
            description="Where it has the domain of the organisation that the account belongs to, as Google has `hd`: "
            "`email_domains` are then judged by that, and not by the address, which people may keep when they leave."
        ),
    ] = ""
    roles_claim: Annotated[
        str, Meta(description="Where it has the groups or roles of a person: a text or a list of texts.")
    ] = ""
    roles: Annotated[
        dict[str, str],
        Meta(
            description='Which of our roles come of them, as `"their-group" = "our-role"` (several separated by '
            "spaces). Judged at every sign-in; roles given by hand stay."
        ),
    ] = {}
    keep_tokens: Annotated[
        Literal["drop", "sealed"],
        Meta(
            description="What becomes of the tokens that it gives: forgotten, or kept sealed in the database."
        ),
    ] = "drop"

    @property
    def known_as(self) -> str:
        """What stands for an issuer: the one that is named, or the origin to which people are sent."""
        if self.issuer:
            return self.issuer
        parts = urlsplit(self.authorize_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def knows_by(self) -> tuple[str, ...]:
        """Where it says who somebody is: of two houses with one issuer, this must be the same."""
        if self.kind == "openid":
            return (self.kind,)
        return (self.kind, self.userinfo_url or self.token_url, self.subject)

    @property
    def is_of_any_tenant(self) -> bool:
        """Whether one address lets in people of all its tenants, as Entra has it."""
        is_shared = not {"common", "organizations"}.isdisjoint(self.issuer.lower().split("/"))
        return is_shared and bool(self.issuer_template) and not self.tenants

    @property
    def scopes(self) -> tuple[str, ...]:
        """What it is asked for."""
        return tuple(self.scope.split())

    def roles_of(self, groups: tuple[str, ...]) -> frozenset[str]:
        """The roles that come of somebody's groups there."""
        return frozenset(role for group in groups for role in self.roles.get(group, "").split())

    def lets_in(self, email: str, *, is_verified: bool, domain: str = "") -> bool:
        """Whether ``email_domains`` allow somebody. Domains are compared without regard to case.

        Args:
            email: their address.
            is_verified: whether the house says that it is theirs.
            domain: of their organisation, where ``domain_claim`` says that the house tells it.
        """
        if not self.email_domains:
            return True
        if not self.domain_claim:
            domain = email.rpartition("@")[2] if is_verified else ""
        return bool(domain) and domain.lower() in {one.lower() for one in self.email_domains}

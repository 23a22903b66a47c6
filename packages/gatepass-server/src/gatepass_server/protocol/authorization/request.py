"""An authorization request, read and judged (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gatepass_server.domain.clients import Client
from gatepass_server.protocol import scopes
from gatepass_server.protocol.authlib_client import AuthlibClient
from gatepass_server.protocol.authorization.outcomes import ResponseMode
from gatepass_server.protocol.errors import (
    InvalidRequest,
    RegistrationNotSupported,
    UnauthorizedClient,
    UnsupportedResponseType,
)
from gatepass_server.protocol.messages import Parameters
from gatepass_server.protocol.resources import asked_resources
from gatepass_server.protocol.user_claims import ClaimsRequest, parse_claims

_CHALLENGE = re.compile(r"[A-Za-z0-9\-_]{43}")
"""An S256 challenge: 32 bytes in base64url (RFC 7636 section 4.2)."""

_PROMPTS = frozenset({"none", "login", "consent", "select_account", "create"})


@dataclass(frozen=True, slots=True)
class ReturnAddress:
    """Where an answer goes, an error too: known before the rest of a request is judged.

    Attributes:
        client: Whose address it is.
        redirect_uri: Registered.
        is_named: Whether the request named it.
        mode: How the answer gets there.
        state: What the program wants to have back.
    """

    client: Client
    redirect_uri: str
    is_named: bool
    mode: ResponseMode
    state: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A request that makes sense.

    Attributes:
        to: Where its answer goes.
        scope: What the person is asked for, separated by spaces.
        nonce: For the ID token.
        code_challenge: S256; empty where the client may do without.
        prompts: What the person must, or must not, be shown.
        max_age: Seconds since the sign-in at most.
        login_hint: Who is expected to sign in.
        id_token_hint: An ID token of the person who is expected.
        ui_locales: Languages of the pages, the best first.
        claims: What is asked for by name.
        claims_text: The same as it was sent.
        acr_values: Authentication context classes that are wanted, the best first.
        resources: Where the tokens are to be good.
        dpop_jkt: The key that the code is bound to (RFC 9449 section 10).
    """

    to: ReturnAddress
    scope: str
    nonce: str = field(repr=False)
    code_challenge: str = field(repr=False)
    prompts: frozenset[str]
    max_age: int | None
    login_hint: str = field(repr=False)
    id_token_hint: str = field(repr=False)
    ui_locales: tuple[str, ...]
    claims: ClaimsRequest
    claims_text: str
    acr_values: tuple[str, ...]
    resources: tuple[str, ...]
    dpop_jkt: str

    @property
    def client(self) -> Client:
        """Whose request it is."""
        return self.to.client

    @property
    def scopes(self) -> frozenset[str]:
        """What the person is asked for."""
        return frozenset(self.scope.split())

    @property
    def approved(self) -> tuple[str, ...]:
        """What the person is asked for, and the scopes of the claims that are asked for by name."""
        return tuple(dict.fromkeys([*self.scope.split(), *sorted(self.claims.scopes)]))

    @property
    def is_offline(self) -> bool:
        """Whether the grant is to outlive the sign-in: asked for, and the client can use it."""
        return scopes.OFFLINE_ACCESS in self.scopes and self.client.can_come_back


def return_address(client: Client, parameters: Parameters) -> ReturnAddress:
    """Where the answer goes.

    Raises:
        InvalidRequest: nowhere that is registered (RFC 6749 section 3.1.2.4): then a person must be told.
    """
    registered = client.metadata.redirect_uris
    asked = parameters.get("redirect_uri")
    if asked is None:
        if len(registered) != 1 or scopes.OPENID in (parameters.get("scope") or "").split():
            raise InvalidRequest("The request must name its redirect_uri.")
    elif not AuthlibClient(client).check_redirect_uri(asked):
        raise InvalidRequest(
            "The redirect_uri is not registered for this client.", reason=f"{asked!r} is none of {registered}"
        )
    mode = parameters.get("response_mode")
    try:
        chosen = ResponseMode.QUERY if mode is None else ResponseMode(mode)
    except ValueError:
        chosen = ResponseMode.QUERY  # the error about it must go somewhere: judged with the rest
    return ReturnAddress(
        client=client,
        redirect_uri=registered[0] if asked is None else asked,
        is_named=asked is not None,
        mode=chosen,
        state=parameters.get("state"),
    )


def by_registration(client: Client, redirect_uri: str) -> AuthorizationRequest:
    """A request of a program of OAuth 1.0a, which has no parameters: it asks for what it was registered with."""
    return AuthorizationRequest(
        to=ReturnAddress(
            client=client, redirect_uri=redirect_uri, is_named=True, mode=ResponseMode.QUERY, state=None
        ),
        scope=client.metadata.scope,
        nonce="",
        code_challenge="",
        prompts=frozenset(),
        max_age=client.metadata.default_max_age,
        login_hint="",
        id_token_hint="",
        ui_locales=(),
        claims=parse_claims(""),
        claims_text="",
        acr_values=(),
        resources=client.metadata.resources,
        dpop_jkt="",
    )


def parse(to: ReturnAddress, parameters: Parameters) -> AuthorizationRequest:
    """Judge the rest of a request.

    Raises:
        ProtocolError, InvalidScope: the program is told at its redirect URI.
    """
    _check_response(to, parameters)
    if "registration" in parameters:
        raise RegistrationNotSupported("The parameter registration is not taken: register beforehand.")
    claims_text = parameters.get("claims", "")
    return AuthorizationRequest(
        to=to,
        scope=scopes.granted_to(to.client, parameters.get("scope")),
        nonce=parameters.get("nonce", ""),
        code_challenge=_challenge(to.client, parameters),
        prompts=_prompts(parameters),
        max_age=_max_age(to.client, parameters),
        login_hint=parameters.get("login_hint", ""),
        id_token_hint=parameters.get("id_token_hint", ""),
        ui_locales=tuple(parameters.get("ui_locales", "").split()),
        claims=parse_claims(claims_text),
        claims_text=claims_text,
        acr_values=tuple(parameters.get("acr_values", "").split()),
        resources=asked_resources(to.client, parameters),
        dpop_jkt=_thumbprint(parameters),
    )


def _check_response(to: ReturnAddress, parameters: Parameters) -> None:
    response_type = parameters.get("response_type")
    if response_type is None:
        raise InvalidRequest("The request must name its response_type.")
    if response_type != "code":
        raise UnsupportedResponseType("This server answers response_type=code only (OAuth 2.1 section 1.5).")
    if not to.client.may_use("authorization_code"):
        raise UnauthorizedClient("The client is not registered for the authorization code grant.")
    if parameters.get("response_mode", "query") not in set(ResponseMode):
        raise InvalidRequest(f"The response_mode is one of {', '.join(ResponseMode)}.")


def _challenge(client: Client, parameters: Mapping[str, str]) -> str:
    """RFC 7636 section 4.3; without a method it would be plain, which is not taken (RFC 9700 section 2.1.1)."""
    challenge = parameters.get("code_challenge")
    if challenge is None:
        if "code_challenge_method" in parameters:
            raise InvalidRequest("The request names a code_challenge_method and no code_challenge.")
        if client.is_public or client.metadata.require_pkce:
            raise InvalidRequest("The request must have a code_challenge (PKCE, RFC 7636).")
        if "nonce" not in parameters:
            raise InvalidRequest(
                "The request must have a code_challenge or a nonce (RFC 9700 section 2.1.1)."
            )
        return ""
    if parameters.get("code_challenge_method") != "S256":
        raise InvalidRequest("The code_challenge_method must be S256.")
    if not _CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("The code_challenge must be 43 characters of base64url.")
    return challenge


def _prompts(parameters: Mapping[str, str]) -> frozenset[str]:
    prompts = frozenset(parameters.get("prompt", "").split())
    if "none" in prompts and len(prompts) > 1:
        raise InvalidRequest("prompt=none stands alone (OpenID Connect Core section 3.1.2.1).")
    return prompts & _PROMPTS


def _max_age(client: Client, parameters: Mapping[str, str]) -> int | None:
    text = parameters.get("max_age")
    if text is None:
        return client.metadata.default_max_age
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise InvalidRequest("max_age is a number of seconds.")
    return int(text)


def _thumbprint(parameters: Mapping[str, str]) -> str:
    text = parameters.get("dpop_jkt", "")
    if text and not _CHALLENGE.fullmatch(text):
        raise InvalidRequest("dpop_jkt must be a SHA-256 thumbprint in base64url (RFC 9449 section 10).")
    return text

"""What the authorization endpoint can answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlencode, urlsplit

from gatepass_server.domain.clients import Client
from gatepass_server.domain.errors import GatepassError
from gatepass_server.domain.secret import Secret


class ResponseMode(StrEnum):
    """How an answer reaches the program (OAuth 2.0 Multiple Response Types, Form Post Response Mode)."""

    QUERY = "query"
    FRAGMENT = "fragment"
    FORM_POST = "form_post"


class StepKind(StrEnum):
    """What a person must do next. Each has a page, which comes back to the authorization endpoint."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    CHOOSE_ACCOUNT = "choose_account"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer for the program, to be carried by the browser.

    Attributes:
        redirect_uri: Where it goes: validated.
        mode: How.
        parameters: ``code`` or ``error``, ``state``, ``iss``.
    """

    redirect_uri: str
    mode: ResponseMode
    parameters: Mapping[str, str] = field(repr=False)

    @property
    def location(self) -> str:
        """The address with the answer in its query or fragment."""
        encoded = urlencode(self.parameters)
        if self.mode is ResponseMode.FRAGMENT:
            return f"{self.redirect_uri}#{encoded}"
        separator = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri.removesuffix('?')}{separator}{encoded}"


@dataclass(frozen=True, slots=True)
class Step:
    """A page must be shown first. ``flow`` is the handle of the request that waits."""

    kind: StepKind
    flow: Secret


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing may be sent to the redirect URI (RFC 6749 section 4.1.2.1): a page tells it to the person.

    Attributes:
        error: Why.
        client: The program, where it is known.
    """

    error: GatepassError
    client: Client | None = None


Outcome = Answer | Step | Refused

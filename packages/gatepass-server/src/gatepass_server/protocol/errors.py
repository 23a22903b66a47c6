"""Every error of the protocol, with the section that names it, and whether it may be told to a redirect URI."""

from typing import ClassVar

from gatepass_server.domain.errors import GatepassError


class ProtocolError(GatepassError):
    """Base of the errors that a protocol names.

    Attributes:
        status: What the token endpoint and its neighbours answer.
    """

    status: ClassVar[int] = 400


class InvalidRequest(ProtocolError):
    """A parameter is missing, sent twice or cannot be read (RFC 6749 sections 4.1.2.1 and 5.2)."""

    code = "invalid_request"


class UnauthorizedClient(ProtocolError):
    """The client is not registered for this grant (RFC 6749 sections 4.1.2.1 and 5.2)."""

    code = "unauthorized_client"


class UnsupportedGrantType(ProtocolError):
    """The token endpoint knows no such grant (RFC 6749 section 5.2)."""

    code = "unsupported_grant_type"


class UnsupportedResponseType(ProtocolError):
    """The authorization endpoint gives codes only (RFC 6749 section 4.1.2.1)."""

    code = "unsupported_response_type"


class AccessDenied(ProtocolError):
    """The person, or the server's rules, refused (RFC 6749 section 4.1.2.1)."""

    code = "access_denied"


class InvalidTarget(ProtocolError):
    """The client may not have tokens for this resource (RFC 8707 section 2)."""

    code = "invalid_target"


class LoginRequired(ProtocolError):
    """Nobody is signed in, and no page may be shown (OpenID Connect Core section 3.1.2.6)."""

    code = "login_required"


class ConsentRequired(ProtocolError):
    """The person was not asked yet, and no page may be shown (OpenID Connect Core section 3.1.2.6)."""

    code = "consent_required"


class AccountSelectionRequired(ProtocolError):
    """An account must be chosen, and no page may be shown (OpenID Connect Core section 3.1.2.6)."""

    code = "account_selection_required"


class InvalidRequestUri(ProtocolError):
    """The ``request_uri`` leads to nothing, or was used (OpenID Connect Core section 3.1.2.6, RFC 9101)."""

    code = "invalid_request_uri"


class InvalidRequestObject(ProtocolError):
    """The request object does not hold (RFC 9101 section 7)."""

    code = "invalid_request_object"


class RequestUriNotSupported(ProtocolError):
    """Request objects by address are not taken (OpenID Connect Core section 3.1.2.6)."""

    code = "request_uri_not_supported"


class RegistrationNotSupported(ProtocolError):
    """The parameter ``registration`` is not taken (OpenID Connect Core section 3.1.2.6)."""

    code = "registration_not_supported"


class UnmetAuthenticationRequirements(ProtocolError):
    """No sign-in here reaches what was asked for (OpenID Connect Unmet Authentication Requirements section 2)."""

    code = "unmet_authentication_requirements"


class UnsupportedTokenType(ProtocolError):
    """A token of this kind cannot be taken back by itself (RFC 7009 section 2.2.1)."""

    code = "unsupported_token_type"


class AuthorizationPending(ProtocolError):
    """Nobody has decided yet: ask again (RFC 8628 section 3.5)."""

    code = "authorization_pending"


class SlowDown(ProtocolError):
    """Asked too soon: leave five seconds more between questions from now on (RFC 8628 section 3.5)."""

    code = "slow_down"


class ExpiredToken(ProtocolError):
    """The device code is over: begin anew (RFC 8628 section 3.5)."""

    code = "expired_token"


class InvalidRedirectUri(ProtocolError):
    """A redirection URI cannot be registered (RFC 7591 section 3.2.2)."""

    code = "invalid_redirect_uri"


class InvalidClientMetadata(ProtocolError):
    """A member of the metadata cannot be registered (RFC 7591 section 3.2.2)."""

    code = "invalid_client_metadata"


class UnapprovedSoftwareStatement(ProtocolError):
    """Nobody's software statements are trusted here (RFC 7591 section 3.2.2)."""

    code = "unapproved_software_statement"


class InvalidToken(ProtocolError):
    """The bearer token of a registration is missing, unknown, spent or expired (RFC 6750 section 3.1)."""

    code = "invalid_token"
    status = 401


class InvalidDpopProof(ProtocolError):
    """The DPoP proof is not in order, or is missing (RFC 9449 section 5)."""

    code = "invalid_dpop_proof"


class UseDpopNonce(ProtocolError):
    """The DPoP proof must hold a nonce of this server (RFC 9449 section 8). ``nonce`` is one."""

    code = "use_dpop_nonce"

    def __init__(self, message: str, *, reason: str = "", nonce: str = "") -> None:
        super().__init__(message, reason=reason)
        self.nonce = nonce

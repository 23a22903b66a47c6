"""Every refusal of OAuth 1.0a (RFC 5849 section 3.2), named as the extension for problem reporting names it.

Who proved nothing learns nothing: an unknown program, unknown credentials and a wrong signature are one refusal.
"""

from typing import ClassVar

from gatepass_server.protocol.errors import ProtocolError


class Problem(ProtocolError):
    """Base of them. ``code`` is ``oauth_problem``."""

    status = 401


class ParameterAbsent(Problem):
    """A parameter of the protocol is missing."""

    code = "parameter_absent"
    status = 400


class ParameterRejected(Problem):
    """A parameter of the protocol is sent twice, cannot be read, or is not what it may be."""

    code = "parameter_rejected"
    status = 400


class VersionRejected(Problem):
    """``oauth_version`` is not 1.0 (RFC 5849 section 3.2)."""

    code = "version_rejected"
    status = 400


class SignatureMethodRejected(Problem):
    """The signature method is not known, or not taken here."""

    code = "signature_method_rejected"
    status = 400


class TimestampRefused(Problem):
    """The clocks of the program and of the server differ too much (RFC 5849 section 3.3)."""

    code = "timestamp_refused"


class NonceUsed(Problem):
    """The very same request came before (RFC 5849 section 3.3)."""

    code = "nonce_used"


class SignatureInvalid(Problem):
    """The program or the credentials are not known, or the signature is not theirs."""

    code = "signature_invalid"
    _SENTENCE: ClassVar[str] = "The program, its credentials or the signature are not valid."

    def __init__(self, message: str = _SENTENCE, *, reason: str = "") -> None:
        super().__init__(message, reason=reason)


class TokenRejected(Problem):
    """The signature is right, and its credentials are spent, over or taken back, or the verifier is not theirs."""

    code = "token_rejected"


class PermissionUnknown(Problem):
    """Nobody has approved the temporary credentials yet (RFC 5849 section 2.2)."""

    code = "permission_unknown"


class PermissionDenied(Problem):
    """The credentials are good, and not for this."""

    code = "permission_denied"
    status = 403

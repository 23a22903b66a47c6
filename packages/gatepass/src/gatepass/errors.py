"""Every way a token or a key can fail, as one closed tree.

An error has three parts: ``code``, a stable word for programs; ``str(error)``, a sentence that may be shown
to anybody; and ``reason``, the detail for the log. Neither of the last two ever holds the token itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class TokenError(Exception):
    """A token was not accepted. Only its subclasses are raised.

    Attributes:
        code: The stable code of the failure.
        sentence: What ``str(error)`` says, safe to show to anybody.
        reason: The detail, for logs only: it may quote claims, never the token.
    """

    code: ClassVar[str] = "invalid_token"
    sentence: ClassVar[str] = "The token is invalid."

    def __init__(self, reason: str = "") -> None:
        super().__init__(self.sentence)
        self.reason = reason


class MissingTokenError(TokenError):
    """No token was given at all."""

    code = "missing_token"
    sentence = "No token was given."


class MalformedTokenError(TokenError):
    """Not a JWS in compact form with a JSON object in header and payload (RFC 7515 section 7.1)."""

    code = "malformed"
    sentence = "The token is malformed."


class UnsupportedAlgorithmError(TokenError):
    """The header's ``alg`` is not on the allow-list (RFC 8725 section 3.1)."""

    code = "unsupported_algorithm"
    sentence = "The token is signed with an algorithm that is not allowed here."


class UnknownKeyError(TokenError):
    """No known key has the token's ``kid`` and may sign with its ``alg``."""

    code = "unknown_key"
    sentence = "The token is signed with an unknown key."


class InvalidSignatureError(TokenError):
    """The signature does not match (RFC 7515 section 5.2)."""

    code = "invalid_signature"
    sentence = "The token's signature does not match."


class WrongTypeError(TokenError):
    """The header's ``typ`` is not on the allow-list (RFC 8725 section 3.11, RFC 9068 section 4)."""

    code = "wrong_type"
    sentence = "The token is of a kind that is not accepted here."


class InvalidClaimsError(TokenError):
    """A required claim is missing, or a claim has the wrong type (RFC 7519 section 4.1)."""

    code = "invalid_claims"
    sentence = "The token lacks a required claim or has one of the wrong type."


class ExpiredTokenError(TokenError):
    """The time in ``exp`` has come (RFC 7519 section 4.1.4)."""

    code = "expired"
    sentence = "The token has expired."


class NotYetValidError(TokenError):
    """The time in ``nbf`` has not come, or ``iat`` lies in the future (RFC 7519 sections 4.1.5 and 4.1.6)."""

    code = "not_yet_valid"
    sentence = "The token is not valid yet."


class WrongIssuerError(TokenError):
    """``iss`` is not exactly the expected issuer (RFC 7519 section 4.1.1)."""

    code = "wrong_issuer"
    sentence = "The token comes from another issuer."


class WrongAudienceError(TokenError):
    """``aud`` names none of the expected audiences (RFC 7519 section 4.1.3)."""

    code = "wrong_audience"
    sentence = "The token is meant for another audience."


class InsufficientScopeError(TokenError):
    """The token is valid but lacks a scope (RFC 6750 section 3.1).

    Attributes:
        required: The scopes that were asked for.
    """

    code = "insufficient_scope"
    sentence = "The token does not grant what this request needs."

    def __init__(self, reason: str = "", *, required: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.required = tuple(required)


class RevokedTokenError(TokenError):
    """The token, or the session it belongs to, was ended before its time."""

    code = "revoked"
    sentence = "The token has been revoked."


class StatusUnavailableError(TokenError):
    """Whether the token was revoked cannot be told at the moment.

    Attributes:
        retry_after: Seconds after which trying again makes sense.
    """

    code = "status_unavailable"
    sentence = "The token's status cannot be checked at the moment."

    def __init__(self, reason: str = "", *, retry_after: int = 5) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class KeysUnavailableError(TokenError):
    """The issuer's keys could not be fetched, and none are remembered that are young enough.

    Attributes:
        retry_after: Seconds after which trying again makes sense.
    """

    code = "keys_unavailable"
    sentence = "The keys that tokens are checked with are not available at the moment."

    def __init__(self, reason: str = "", *, retry_after: int = 5) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class ProofRequiredError(TokenError):
    """The token is bound to a key (``cnf``, RFC 7800), and the request does not prove that it has that key.

    A bound token that is presented as a plain bearer token may be a stolen one (RFC 9449 section 7.2, RFC 8705
    section 3).
    """

    code = "proof_required"
    sentence = "The token is bound to a key, and the request does not prove possession of it."


class InvalidProofError(TokenError):
    """The DPoP proof is not in order (RFC 9449 section 4.3)."""

    code = "invalid_dpop_proof"
    sentence = "The DPoP proof is invalid."


class UseNonceError(TokenError):
    """The DPoP proof lacks the nonce that is asked for, or has an old one (RFC 9449 section 9).

    Attributes:
        nonce: The nonce to use, for the header ``DPoP-Nonce`` of the answer.
    """

    code = "use_dpop_nonce"
    sentence = "The DPoP proof must hold the nonce that the answer gives."

    def __init__(self, reason: str = "", *, nonce: str = "") -> None:
        super().__init__(reason)
        self.nonce = nonce


class InsufficientAuthenticationError(TokenError):
    """The user signed in too long ago or too weakly for this request (RFC 9470 section 3).

    Attributes:
        acr_values: The authentication contexts any of which would do.
        max_age: Seconds within which the user must have signed in; ``None`` where that was not asked.
    """

    code = "insufficient_user_authentication"
    sentence = "This request needs a more recent or a stronger sign-in."

    def __init__(
        self, reason: str = "", *, acr_values: Sequence[str] = (), max_age: int | None = None
    ) -> None:
        super().__init__(reason)
        self.acr_values = tuple(acr_values)
        self.max_age = max_age


class KeyFormatError(ValueError):
    """A key or secret cannot be used; ``str(error)`` is one sentence that tells what to do."""


class PassphraseMissingError(KeyFormatError):
    """The key is encrypted and no passphrase was given."""

    def __init__(self, sentence: str = "The key is encrypted: give its passphrase.") -> None:
        super().__init__(sentence)


class WrongPassphraseError(KeyFormatError):
    """The passphrase does not open the key."""

    def __init__(
        self, sentence: str = "The passphrase does not open the key: check it, or the key file is damaged."
    ) -> None:
        super().__init__(sentence)


class WeakKeyError(KeyFormatError):
    """The key or secret is too short to be safe."""


class PublicKeyGivenError(KeyFormatError):
    """A private key is needed and a public one was given."""


def quote(value: object) -> str:
    """Show a value in a reason: escaped, and cut to 80 characters."""
    text = repr(value) if isinstance(value, (str, bool, int, float)) else type(value).__name__
    return text if len(text) <= 80 else text[:77] + "..."


def plain(value: object, limit: int = 200) -> str:
    """Write foreign text for a log: on one line, in ASCII, without control characters, and cut."""
    text = ascii(str(value)[: limit + 1])[1:-1]
    return text if len(text) <= limit else text[: limit - 3] + "..."


def list_of(words: Iterable[str]) -> str:
    """Join words in a stable order for a reason."""
    return ", ".join(sorted(words))

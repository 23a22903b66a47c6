"""Who a person is elsewhere: the account of another house that lets them into this one."""

from dataclasses import dataclass, field

from gatepass_server.domain.errors import Conflict, Forbidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What another house calls a person. Times are whole seconds since the epoch.

    ``issuer`` and ``subject`` together name one person for good (OpenID Connect Core section 5.7); an e-mail address
    names nobody, for it can be changed, given to somebody else, or claimed without proof.

    Attributes:
        id: Names the identity on pages and in the audit log.
        user_id: Whose it is here.
        provider: The name of the other house in the settings.
        issuer: Who says so: an issuer (``https://...``), or what stands for one, such as ``ldap:NAME``.
        subject: What the issuer calls the person, and will call nobody else.
        email: The address that the issuer told last, empty where it told none. It is shown, and never looked up.
        label: What the person knows the identity by, such as a user name.
        last_used_at: When it last let its owner in.
        tokens: The other house's tokens, sealed, where the settings ask to keep them.
    """

    id: str
    user_id: str
    provider: str
    issuer: str
    subject: str
    email: str = ""
    label: str = ""
    created_at: int
    last_used_at: int
    tokens: bytes | None = field(default=None, repr=False)


class IdentityTaken(Conflict):
    """The other house's account belongs to an account of this one already.

    Attributes:
        holder: The identity that is there.
    """

    code = "identity_taken"

    def __init__(self, message: str, *, holder: Identity | None = None, reason: str = "") -> None:
        super().__init__(message, reason=reason)
        self.holder = holder


class LastWayIn(Conflict):
    """Without it, the account could not be signed in to any more."""

    code = "last_way_in"


class NotLetIn(Forbidden):
    """Somebody has proved who they are elsewhere, and is not let in here."""

    code = "not_let_in"


class EmailHasAccount(Conflict):
    """There is an account with the e-mail address, which the word of another house alone does not open."""

    code = "email_has_account"

"""A directory of people that is kept elsewhere and judges their passwords."""

from dataclasses import dataclass

from gatepass_server.domain.errors import GatepassError, RetryLater


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    """A person as the directory has them.

    Attributes:
        subject: What the directory calls the person, and will call nobody else (``entryUUID``, ``objectGUID``).
        dn: Where the entry is at present; for logs alone.
        email: As the directory has it, unchecked; empty where it has none.
        name: As the directory has it, unchecked; empty where it has none.
        label: What the person is known by there, such as a user name.
        roles: What the person's groups stand for here, in order.
    """

    subject: str
    dn: str
    email: str = ""
    name: str = ""
    label: str = ""
    roles: tuple[str, ...] = ()


class NotProven(GatepassError):
    """The directory does not say that this person is who they say. Only the log learns why.

    Args:
        why: the class of the failure, for the audit log: ``unknown_email``, ``wrong_password``, ``ambiguous``.
        reason: what the operator needs to know.
    """

    code = "not_proven"

    def __init__(self, why: str, *, reason: str) -> None:
        super().__init__("The directory does not confirm this password.", reason=reason)
        self.why = why


class DirectoryUnavailable(RetryLater):
    """The directory that would have to judge the password cannot be asked: nothing is said of the password."""

    code = "directory_unavailable"

    def __init__(self, *, reason: str, retry_after: int = 30) -> None:
        super().__init__(
            "Passwords cannot be checked at the moment. Please try again later.",
            retry_after=retry_after,
            reason=reason,
        )

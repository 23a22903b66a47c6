"""A directory of people that is kept elsewhere and judges their passwords."""

from dataclasses import dataclass
from typing import ClassVar

from gatepass_server.domain.errors import RetryLater


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


class NotProven(Exception):
    """The directory does not say that this person is who they say; whoever asked makes a refusal of it.

    Args:
        why: the class of the failure, for the audit log: ``unknown_email``, ``wrong_password``, ``ambiguous``.
        reason: what the operator needs to know.
    """

    def __init__(self, why: str, *, reason: str) -> None:
        super().__init__(why)
        self.why = why
        self.reason = reason


class DirectoryUnavailable(RetryLater):
    """The directory that would have to judge the password cannot be asked: nothing is said of the password."""

    code = "directory_unavailable"
    _SENTENCE: ClassVar[str] = "Passwords cannot be checked at the moment. Please try again later."

    def __init__(self, message: str = _SENTENCE, *, reason: str = "", retry_after: int = 30) -> None:
        super().__init__(message, retry_after=retry_after, reason=reason)

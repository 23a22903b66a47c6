"""What a page hands on to the next: the flow that it is a step of, or where to go afterwards."""

from dataclasses import dataclass

from gatepass_server.web.pages.links import local_address
from gatepass_server.web.query_argument import query_argument

FIELDS = ("flow", "next", "account")
ANOTHER = "another"
"""As ``account``: sign in as somebody beside the one who is signed in."""

_LONGEST_HANDLE = 200


@dataclass(frozen=True, slots=True)
class Carried:
    """Parameters of the address, or hidden fields of a form.

    Attributes:
        flow: The handle of an authorization request that waits, see ``protocol.flows``.
        next: A path on this host.
        another: Whether the sign-in is one more beside the current one.
    """

    flow: str = ""
    next: str = ""
    another: bool = False

    @property
    def as_parameters(self) -> dict[str, str]:
        """As they are carried; empty ones are left out where links and forms are made."""
        return {"flow": self.flow, "next": self.next, "account": ANOTHER if self.another else ""}


def from_address() -> Carried:
    """What the address of the request carries; what cannot be taken is left out."""
    return carried(*(query_argument(name) for name in FIELDS))


def carried(flow: str | None, next_address: str | None, account: str | None) -> Carried:
    """What these texts carry."""
    handle = flow if flow and len(flow) <= _LONGEST_HANDLE else ""
    return Carried(handle, local_address(next_address), account == ANOTHER)

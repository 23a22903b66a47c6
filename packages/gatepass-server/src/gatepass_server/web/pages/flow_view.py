"""An authorization request that waits for its person, as pages see it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramView:
    """A program that asks for a sign-in, as it is shown.

    Attributes:
        name: What people call it; its host where it has no name.
        host: Where the answer goes, which cannot be made up as a name can; empty for a program on the device.
        logo: The address of its picture. Only of programs that the operator knows.
        accent: Its colour, ``#rrggbb``, or empty.
        policy: The address of its privacy policy, or empty.
        terms: The address of its terms of service, or empty.
        is_known: Whether the operator made it, rather than it itself.
    """

    name: str
    host: str = ""
    logo: str = ""
    accent: str = ""
    policy: str = ""
    terms: str = ""
    is_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowView:
    """A step of a flow, as a page needs it.

    Attributes:
        program: Who asks.
        redirect_uri: Where the answer goes: forms may lead there.
        scopes: What it asks for.
        login_hint: Who is expected.
        ui_locales: Languages, by preference.
    """

    program: ProgramView
    redirect_uri: str
    scopes: tuple[str, ...] = ()
    login_hint: str = ""
    ui_locales: str = ""


class Flows(Protocol):
    """What pages ask of flows; ``handle`` is what they carry."""

    def find(self, handle: str) -> FlowView | None:
        """The flow, if it waits."""
        ...

    def note_sign_in(self, handle: str, session_id: str) -> None:
        """The person has signed in for this flow."""
        ...


class NoFlows:
    """Where no program may ask for a sign-in."""

    def find(self, handle: str) -> FlowView | None:  # noqa: ARG002 - the protocol's
        """None."""
        return None

    def note_sign_in(self, handle: str, session_id: str) -> None:
        """Nothing."""

"""The buttons of other houses, on the pages where people sign in, sign up, or add one to their account."""

from collections.abc import Mapping
from dataclasses import dataclass

from gatepass_server.domain.upstreams import Upstream

PATH = "/sign-in/through"


@dataclass(frozen=True, slots=True)
class Door:
    """One button.

    Attributes:
        name: Of the house, in the settings.
        label: What people call it.
        logo: The name of its picture among the assets; empty without one.
    """

    name: str
    label: str
    logo: str = ""

    @property
    def path(self) -> str:
        """Where the button leads."""
        return f"{PATH}/{self.name}"


def doors_of(upstreams: Mapping[str, Upstream], logos: Mapping[str, str]) -> tuple[Door, ...]:
    """The buttons, in the order of the settings.

    Args:
        upstreams: the houses, by name.
        logos: the names of their pictures among the assets.
    """
    return tuple(
        Door(name, upstream.label or name, logos.get(name, "")) for name, upstream in upstreams.items()
    )

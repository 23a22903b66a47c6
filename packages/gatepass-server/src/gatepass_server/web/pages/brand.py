"""The house as its visitors know it: name, logo, colour."""

from dataclasses import dataclass

from gatepass_server.settings.logo import Logo


@dataclass(frozen=True, slots=True)
class Brand:
    """What the settings ``brand_name``, ``brand_color`` (``#rrggbb``) and ``brand_logo`` say."""

    name: str
    colour: str
    logo: Logo | None = None

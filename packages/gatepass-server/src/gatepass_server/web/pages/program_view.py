"""A program, as pages show it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from gatepass_server.domain.clients import Client
from gatepass_server.web.pages.colours import HEX


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramView:
    """A program that asks for a sign-in, or has access.

    Attributes:
        name: What people call it.
        names: The same by language tag, where its registration has more than one.
        host: Where its answers go, which cannot be made up as a name can; empty for a program on the device.
        published_by: The host that vouches for it, where its id is the address of a document there.
        logo: The address of its picture, over https.
        accent: Its colour, ``#rrggbb``, or empty.
        home: The address of its own page, or empty.
        policy: The address of its privacy policy, or empty.
        terms: The address of its terms of service, or empty.
    """

    name: str
    names: tuple[tuple[str, str], ...] = ()
    host: str = ""
    published_by: str = ""
    logo: str = ""
    accent: str = ""
    home: str = ""
    policy: str = ""
    terms: str = ""


def program_view(client: Client | None, client_id: str, redirect_uri: str = "") -> ProgramView:
    """How a program is shown.

    Args:
        client: it, where it is still known here.
        client_id: what it is called where nothing else is known.
        redirect_uri: where an answer goes.
    """
    if client is None:
        return ProgramView(name=client_id)
    metadata = client.metadata
    return ProgramView(
        name=client.name.strip() or client_id,
        names=tuple(metadata.names.items()),
        host=host_of(redirect_uri),
        published_by=client.host,
        # Who publishes what it is could draw another's logo, and would see who is asked.
        logo="" if client.host else _https(metadata.logo_uri),
        accent=metadata.accent_color if HEX.fullmatch(metadata.accent_color) else "",
        home=_web(metadata.client_uri),
        policy=_web(metadata.policy_uri),
        terms=_web(metadata.tos_uri),
    )


def host_of(address: str) -> str:
    """The host of a web address, with its port; empty for any other."""
    parts = urlsplit(address)
    return parts.netloc.rpartition("@")[2] if parts.scheme in {"http", "https"} else ""


def _https(address: str) -> str:
    return address if address.startswith("https://") else ""


def _web(address: str) -> str:
    """An address that a link may have: nothing that runs."""
    return address if address.startswith(("https://", "http://")) else ""

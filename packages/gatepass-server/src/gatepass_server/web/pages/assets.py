"""Static files under names that change with what is in them, so that browsers keep them for ever."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from flask import Response
from werkzeug.exceptions import NotFound

from gatepass_server.settings.logo import Logo
from gatepass_server.web.pages.colours import accent_stylesheet
from gatepass_server.web.pages.links import Links

PATH = "/assets"
_FOLDER = Path(__file__).parent.parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_ACCENT = re.compile(r"accent-([0-9a-f]{6})\.css")
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""Of a picture that somebody opens by itself: an SVG is a document, and this one may do nothing."""


@dataclass(frozen=True, slots=True)
class _Asset:
    data: bytes
    media_type: str


class Assets:
    """Serves the files of ``static/``, the house's logo, and a stylesheet for any accent colour.

    Args:
        links: to where they are.
        logo: a picture of the operator's, if there is one.
        others: further pictures, by their names.
    """

    def __init__(
        self, links: Links, logo: Logo | None, others: Mapping[str, Logo] = MappingProxyType({})
    ) -> None:
        self._links = links
        self._by_address: dict[str, _Asset] = {}
        self._addresses: dict[str, str] = {}
        for path in sorted(_FOLDER.iterdir()):
            self._take(path.name, _Asset(path.read_bytes(), _TYPES[path.suffix]))
        if logo is not None:
            self._take("logo" + logo.suffix, _Asset(logo.data, logo.media_type))
        for name, other in others.items():
            self._take(name, _Asset(other.data, other.media_type))

    def __call__(self, name: str) -> str:
        """The path of a file."""
        return self._links(f"{PATH}/{self._addresses[name]}")

    def accent(self, colour: str) -> str:
        """The path of the stylesheet that gives pages the colour ``#rrggbb``."""
        return self._links(f"{PATH}/accent-{colour[1:].lower()}.css")

    def get(self, name: str) -> Response:
        """200 with what never changes under this name.

        Raises:
            NotFound: there is no such file, or it had this name in another version.
        """
        if accent := _ACCENT.fullmatch(name):
            asset = _Asset(accent_stylesheet(f"#{accent[1]}").encode(), _TYPES[".css"])
        elif (found := self._by_address.get(name)) is not None:
            asset = found
        else:
            raise NotFound
        response = Response(asset.data, content_type=asset.media_type)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Content-Security-Policy"] = _PICTURE_POLICY
        return response

    def _take(self, name: str, asset: _Asset) -> None:
        stem, _, suffix = name.rpartition(".")
        address = f"{stem}.{hashlib.sha256(asset.data).hexdigest()[:12]}.{suffix}"
        self._by_address[address] = asset
        self._addresses[name] = address

"""The picture that the pages show, as the setting ``brand_logo`` names it."""

from dataclasses import dataclass
from pathlib import Path

from gatepass_server.domain.errors import OperatorError

MOST_LOGO_BYTES = 256 * 1024
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", ".png", "image/png"),
    (b"\xff\xd8\xff", ".jpg", "image/jpeg"),
    (b"RIFF", ".webp", "image/webp"),
)


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture, read already."""

    data: bytes
    suffix: str
    media_type: str


def read_logo(path: str, *, setting: str = "brand_logo") -> Logo | None:
    """The picture at ``path``; None where no path is given. ``setting`` is what names it, for sentences.

    Raises:
        OperatorError: it cannot be read, is too large, or is none of SVG, PNG, JPEG and WebP.
    """
    if not path:
        return None
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST_LOGO_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no such path"
        raise OperatorError(f"The picture that {setting} names, {path}, cannot be read: {why}.") from None
    if len(data) > MOST_LOGO_BYTES:
        raise OperatorError(
            f"The picture that {setting} names, {path}, has more than 256 KiB: make it smaller."
        )
    for signature, suffix, media_type in _SIGNATURES:
        if data.startswith(signature):
            return Logo(data, suffix, media_type)
    if b"<svg" in data[:1024]:
        return Logo(data, ".svg", "image/svg+xml")
    raise OperatorError(
        f"The picture that {setting} names, {path}, is none of SVG, PNG, JPEG and WebP. Name one of those."
    )

"""An accent colour that can be read in light and in dark (WCAG 2.2, criteria 1.4.3 and 1.4.11)."""

import re

HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
_READABLE = 4.5
"""The contrast that text needs (WCAG 2.2, 1.4.3)."""

_LIGHT, _DARK = (0xFF, 0xFF, 0xFF), (0x1B, 0x1E, 0x24)
"""What the accent stands on, as ``static/pages.css`` has it."""

_INK = (0x11, 0x13, 0x18)
_Colour = tuple[int, int, int]


def accent_stylesheet(accent: str) -> str:
    """The few lines of CSS by which pages take a colour on.

    A button has the colour itself in light, and a brighter one in dark where it would drown; its text is whichever of
    black and white can be read on it. Links and the ring around what has the focus are darkened or brightened until
    they can be read on the page.

    Args:
        accent: ``#rrggbb``.
    """
    own = _parse(accent)
    bright = _until_readable(own, on=_DARK, towards=(255, 255, 255))
    dark = _until_readable(own, on=_LIGHT, towards=(0, 0, 0))
    return (
        f":root{{--accent:{_hex(own)};--on-accent:{_hex(_ink_on(own))};--accent-text:{_hex(dark)}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{--accent:{_hex(bright)};--on-accent:{_hex(_ink_on(bright))};"
        f"--accent-text:{_hex(bright)}}}}}\n"
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours ``#rrggbb``, from 1 to 21."""
    return _contrast(_parse(one), _parse(other))


def _ink_on(colour: _Colour) -> _Colour:
    white = (255, 255, 255)
    return white if _contrast(white, colour) >= _READABLE else _INK


def _until_readable(colour: _Colour, *, on: _Colour, towards: _Colour) -> _Colour:
    for step in range(21):
        mixed = (
            _mixed(colour[0], towards[0], step),
            _mixed(colour[1], towards[1], step),
            _mixed(colour[2], towards[2], step),
        )
        if _contrast(mixed, on) >= _READABLE:
            return mixed
    return towards


def _mixed(channel: int, target: int, twentieths: int) -> int:
    return round(channel + (target - channel) * twentieths / 20)


def _contrast(one: _Colour, other: _Colour) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: _Colour) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _parse(text: str) -> _Colour:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _hex(colour: _Colour) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in colour)

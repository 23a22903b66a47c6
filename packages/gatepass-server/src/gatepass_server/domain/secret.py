"""A secret that hides itself when printed."""

import hmac
from typing import Final


class Secret:
    """A text that no log, ``repr`` or error message can show by accident.

    ``reveal()`` is the only way to the text, so that a search for it finds every use.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text: Final = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def matches(self, other: str) -> bool:
        """Compare in a time that tells nothing of the text (its length may show)."""
        return hmac.compare_digest(_bytes(self._text), _bytes(other))

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return self.matches(other._text) if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(**********)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not written anywhere: reveal() it where it is used")


def _bytes(text: str) -> bytes:
    """Lone surrogates pass: an encoding error would hold the whole text."""
    return text.encode("utf-8", "surrogatepass")

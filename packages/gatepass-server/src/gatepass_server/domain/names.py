"""Names of people: anything a person is called, less what breaks terminals and databases."""

import unicodedata

MAX_CHARACTERS = 200

_REFUSED = frozenset({"Cc", "Cs", "Co", "Zl", "Zp"})
"""Controls, lone surrogates, private use, line and paragraph separators."""

_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They reorder the text around a name, so that one line of a list can be read as another (Unicode TR 36)."""


def parse_name(text: str) -> str:
    """Trim ``text`` and check it. The result is in normalisation form C.

    Joiners are taken, since Persian and Indic names are written with them.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    name = _line(text, "A name")
    if not any(_is_visible(character) for character in name):
        raise ValueError("A name is needed.")
    return name


def parse_description(text: str) -> str:
    """As ``parse_name``, for a line of text that may be empty.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    return _line(text, "A description")


def _line(text: str, what: str) -> str:
    line = text.strip()
    if len(line) <= 4 * MAX_CHARACTERS:  # composing shortens by less, and can take quadratic time
        line = unicodedata.normalize("NFC", line)
    if len(line) > MAX_CHARACTERS:
        raise ValueError(f"{what} has at most {MAX_CHARACTERS} characters.")
    if any(unicodedata.category(character) in _REFUSED for character in line):
        raise ValueError(f"{what} has no control characters.")
    if not _BIDI_CONTROLS.isdisjoint(line):
        raise ValueError(f"{what} has no characters that turn the direction of writing.")
    return line


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" or unicodedata.category(character) == "Cn"

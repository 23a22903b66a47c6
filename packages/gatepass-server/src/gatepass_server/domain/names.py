"""Names of people: anything a person is called, less what breaks terminals and databases."""

import unicodedata

MAX_CHARACTERS = 200


def parse_name(text: str) -> str:
    """Trim ``text`` and check it.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    name = unicodedata.normalize("NFC", text.strip())
    if not name:
        raise ValueError("A name is needed.")
    if len(name) > MAX_CHARACTERS:
        raise ValueError(f"A name has at most {MAX_CHARACTERS} characters.")
    if any(unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} for character in name):
        raise ValueError("A name has no control characters.")
    return name

"""Distinguished names (RFC 4514), compared as directories compare them."""

import re

Name = tuple[frozenset[tuple[str, str]], ...]
"""The parts of a name, outermost last, each a type and a value; most have one."""

_PAIR = re.compile(rb"\\([0-9A-Fa-f]{2})|\\(.)", re.DOTALL)
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]*|[0-9]+(\.[0-9]+)*")


def parse_name(text: str) -> Name:
    """What two spellings of one name have in common; case and runs of blanks do not count (RFC 4518).

    Raises:
        ValueError: this is not a name.
    """
    return tuple(frozenset(_attribute(one) for one in _split(part, "+")) for part in _split(text, ",;"))


def _split(text: str, separators: str) -> list[str]:
    parts, current, is_escaped = [], "", False
    for character in text:
        if character in separators and not is_escaped:
            parts.append(current)
            current = ""
        else:
            current += character
        is_escaped = character == "\\" and not is_escaped
    return [*parts, current]


def _attribute(text: str) -> tuple[str, str]:
    kind, equals, value = text.partition("=")
    kind = kind.strip()
    if not equals or not _ATTRIBUTE.fullmatch(kind):
        raise ValueError(f"{text[:80]!r} is no part of a distinguished name, such as cn=staff.")
    plain = _PAIR.sub(_character, value.strip().encode("utf-8", "surrogatepass"))
    try:
        return kind.lower(), " ".join(plain.decode("utf-8").casefold().split())
    except UnicodeDecodeError:
        raise ValueError(f"{text[:80]!r} is not UTF-8.") from None


def _character(pair: re.Match[bytes]) -> bytes:
    return bytes.fromhex(pair[1].decode()) if pair[1] else pair[2]

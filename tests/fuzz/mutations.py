"""Ways to change a token. Each takes the scene and numbers, and returns another text; the numbers choose.

A mutation that finds nothing to work on returns the text as it was.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gatepass import base64url
from tests.fuzz import values
from tests.fuzz.cast import Cast, House

T = TypeVar("T")

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass
class Scene:
    """A token on its way to becoming a mutant.

    Attributes:
        cast: Everybody.
        house: Whose token it was.
        original: The good token.
        text: What has become of it.
        signers: Houses one of whose keys signed it on the way: they may rightly take it.
    """

    cast: Cast
    house: House
    original: str
    text: str
    signers: set[str] = field(default_factory=set)

    def segments(self) -> list[str]:
        """At least three."""
        parts = self.text.split(".")
        return parts + [""] * (3 - len(parts))

    def with_segment(self, place: int, segment: str) -> str:
        """The text with another segment."""
        parts = self.segments()
        parts[place] = segment
        return ".".join(parts)

    def members(self, place: int) -> dict[str, Any]:
        """The JSON object of a segment; an empty one where it is none."""
        try:
            found = json.loads(decoded(self.segments()[place]))
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


Mutation = Callable[[Scene, int, int, int], str]


def encoded(data: bytes) -> str:
    return base64url.encode(data).decode()


def decoded(segment: str) -> bytes:
    try:
        return base64url.decode(segment.encode("utf-8", "replace"))
    except ValueError:
        return b""


def written(value: object, style: int = 0) -> bytes:
    """JSON in one of several spellings."""
    styles: list[dict[str, Any]] = [
        {"separators": (",", ":")},
        {},
        {"indent": 1},
        {"ensure_ascii": False},
        {"sort_keys": True},
    ]
    return json.dumps(value, **styles[style % len(styles)]).encode("utf-8", "surrogatepass")


def pick(pool: Sequence[T], number: int) -> T:
    return pool[number % len(pool)]


# ---- the text ----


def flip_a_bit(scene: Scene, place: int, byte: int, bit: int) -> str:
    data = bytearray(decoded(scene.segments()[place % 3]))
    if not data:
        return scene.text
    data[byte % len(data)] ^= 1 << bit % 8
    return scene.with_segment(place % 3, encoded(bytes(data)))


def change_a_character(scene: Scene, place: int, other: int, _: int) -> str:
    if not scene.text:
        return scene.text
    place %= len(scene.text)
    return scene.text[:place] + pick(tuple(ALPHABET), other) + scene.text[place + 1 :]


def change_an_edge(scene: Scene, place: int, other: int, back: int) -> str:
    """One of the first or last characters of a segment."""
    segment = scene.segments()[place % 3]
    if not segment:
        return scene.text
    at = (back % 12 - 6) % len(segment)
    return scene.with_segment(place % 3, segment[:at] + pick(tuple(ALPHABET), other) + segment[at + 1 :])


def insert_a_character(scene: Scene, place: int, which: int, times: int) -> str:
    place %= len(scene.text) + 1
    return scene.text[:place] + pick(values.CHARACTERS, which) * (1 + times % 3) + scene.text[place:]


def insert_at_an_edge(scene: Scene, edge: int, which: int, side: int) -> str:
    parts = scene.segments()
    character = pick(values.CHARACTERS, which)
    place = edge % len(parts)
    parts[place] = character + parts[place] if side % 2 else parts[place] + character
    return ".".join(parts)


def delete_characters(scene: Scene, place: int, count: int, _: int) -> str:
    place %= len(scene.text) + 1
    return scene.text[:place] + scene.text[place + 1 + count % 8 :]


def truncate(scene: Scene, place: int, side: int, _: int) -> str:
    place %= len(scene.text) + 1
    return scene.text[place:] if side % 4 == 3 else scene.text[:place]


def repeat_a_stretch(scene: Scene, start: int, length: int, times: int) -> str:
    start %= len(scene.text) + 1
    stretch = scene.text[start : start + 1 + length % 200]
    return scene.text[:start] + stretch * (2 + times % 40) + scene.text[start + len(stretch) :]


def swap_case(scene: Scene, start: int, length: int, _: int) -> str:
    start %= len(scene.text) + 1
    end = start + 1 + length % 64
    return scene.text[:start] + scene.text[start:end].swapcase() + scene.text[end:]


# ---- segments ----


def reorder_segments(scene: Scene, order: int, _: int, __: int) -> str:
    first, second, third = scene.segments()[:3]
    orders = (
        (third, second, first),
        (second, first, third),
        (first, third, second),
        (second, third, first),
        (third, first, second),
    )
    return ".".join(pick(orders, order))


def repeat_a_segment(scene: Scene, source: int, target: int, _: int) -> str:
    parts = scene.segments()
    return scene.with_segment(target % 3, parts[source % 3])


def add_or_drop_segments(scene: Scene, how: int, which: int, _: int) -> str:
    parts = scene.segments()
    ways = (
        *(
            [*parts, ""],
            ["", *parts],
            parts[:-1],
            parts[1:],
            [*parts, parts[which % 3]],
            [*parts, "AAAA", "AAAA"],
        ),
        *(
            [parts[0], *parts],
            [parts[0], "", parts[2]],
            ["", parts[1], parts[2]],
            [parts[0], parts[1], ""],
            parts * 2,
        ),
    )
    return ".".join(pick(ways, how))


def splice(scene: Scene, house: int, token: int, segments: int) -> str:
    """Take one or two segments of another good token."""
    other = pick(pick(scene.cast.houses, house).tokens, token).split(".")
    parts = scene.segments()
    for place in range(3):
        if (1 + segments % 6) >> place & 1:
            parts[place] = other[place]
    return ".".join(parts)


def splice_within(scene: Scene, house: int, token: int, cut: int) -> str:
    """The front of this token and the end of another, cut at any character."""
    other = pick(pick(scene.cast.houses, house).tokens, token)
    cut %= len(scene.text) + 1
    return scene.text[:cut] + other[cut:]


def respell(scene: Scene, place: int, how: int, number: int) -> str:
    """The same bytes in other base64."""
    place %= 3
    segment = scene.segments()[place]
    last = ALPHABET.find(segment[-1:]) if segment else 0
    cut = number % (len(segment) + 1)
    ways = (
        *(
            segment + "=" * (1 + number % 4),
            segment.replace("-", "+").replace("_", "/"),
            segment + "\n",
            " " + segment,
        ),
        *(
            segment[:cut] + "\n" + segment[cut:],
            segment[:cut] + "=" + segment[cut:],
            encoded(segment.encode("utf-8", "replace")),
        ),
        *(
            segment[:-1] + ALPHABET[(last + 1 + number % 15) % 64],
            segment + "A",
            segment + "AA",
            segment + "AAA",
            segment + "AAAA",
        ),
        *(
            segment[:-1],
            segment.replace("A", "%41", 1),
            decoded(segment).hex(),
            decoded(segment).decode("latin-1"),
        ),
    )
    return scene.with_segment(place, pick(ways, how))


def change_the_spare_bits(scene: Scene, place: int, bits: int, _: int) -> str:
    """Where the last character of a segment holds fewer than six bits, the rest of it should be zero."""
    segment = scene.segments()[place % 3]
    spare = {2: 16, 3: 4}.get(len(segment) % 4)
    if spare is None or segment[-1] not in ALPHABET:
        return scene.text
    value = ALPHABET.index(segment[-1]) // spare * spare
    return scene.with_segment(place % 3, segment[:-1] + ALPHABET[value + 1 + bits % (spare - 1)])


def append_bytes(scene: Scene, place: int, which: int, side: int) -> str:
    data = decoded(scene.segments()[place % 3])
    extra = pick((b"\0", b"\n", b" ", b"{}", b"\xff", b"\xef\xbb\xbf", b"\0" * 32, data), which)
    return scene.with_segment(place % 3, encoded(extra + data if side % 2 else data + extra))


# ---- JSON, under the signature that was there ----


def respell_json(scene: Scene, place: int, how: int, style: int) -> str:
    place %= 2
    members = scene.members(place)
    text = written(members, style)
    ways = (
        *(
            text,
            b" " + text,
            text + b"\n",
            b"\xef\xbb\xbf" + text,
            text.decode("utf-8", "replace").encode("utf-16"),
        ),
        *(
            text.replace(b'"a', b'"\\u0061', 1),
            text.replace(b"}", b",}"),
            text.replace(b"{", b"{,", 1),
            text[:-1],
            text * 2,
        ),
        *(
            text.replace(b'"', b"'"),
            b"[" + text + b"]",
            text.replace(b":", b": ", 1),
            written(dict(reversed(members.items()))),
        ),
        *(
            b"null",
            b"[]",
            b"{}",
            b"",
            b'""',
            b"1",
            text.replace(b"1", b"1.0", 1),
            text.replace(b"0", b"0e0", 1),
        ),
    )
    return scene.with_segment(place, encoded(pick(ways, how)))


def double_a_member(scene: Scene, place: int, which: int, value: int) -> str:
    place %= 2
    members = scene.members(place)
    if not members:
        return scene.text
    name = pick(list(members), which)
    extra = written({name: pick(values.VALUES, value)})
    text = written(members)
    both = text[:-1] + b"," + extra[1:] if value % 2 else extra[:-1] + b"," + text[1:]
    return scene.with_segment(place, encoded(both))


def nest(scene: Scene, place: int, depth: int, how: int) -> str:
    depth = pick((2, 50, 500, 1_000, 2_000), depth)
    text = pick((b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth, b"[" * depth), how)
    return scene.with_segment(place % 2, encoded(text))


def set_a_claim(scene: Scene, name: int, value: int, style: int) -> str:
    claims = scene.members(1) | {pick(values.CLAIM_NAMES, name): pick(values.VALUES, value)}
    return scene.with_segment(1, encoded(written(claims, style)))


def drop_a_claim(scene: Scene, which: int, _: int, style: int) -> str:
    claims = scene.members(1)
    if claims:
        del claims[pick(list(claims), which)]
    return scene.with_segment(1, encoded(written(claims, style)))


def set_a_parameter(scene: Scene, name: int, value: int, style: int) -> str:
    header = scene.members(0) | {pick(values.HEADER_NAMES, name): pick(values.VALUES, value)}
    return scene.with_segment(0, encoded(written(header, style)))


def drop_a_parameter(scene: Scene, which: int, _: int, style: int) -> str:
    header = scene.members(0)
    if header:
        del header[pick(list(header), which)]
    return scene.with_segment(0, encoded(written(header, style)))


def rename_the_algorithm(scene: Scene, alg: int, signature: int, _: int) -> str:
    header = scene.members(0) | {"alg": pick(values.ALGORITHMS, alg)}
    parts = [encoded(written(header)), *scene.segments()[1:]]
    if signature % 4 == 3:
        parts[2] = ""
    return ".".join(parts)


def change_the_kid(scene: Scene, kid: int, known: int, _: int) -> str:
    kids = [key.kid for house in scene.cast.houses for key in house.keys] if known % 2 else values.KIDS
    return scene.with_segment(0, encoded(written(scene.members(0) | {"kid": pick(kids, kid)})))


def change_the_type(scene: Scene, typ: int, _: int, __: int) -> str:
    return scene.with_segment(0, encoded(written(scene.members(0) | {"typ": pick(values.TYPES, typ)})))

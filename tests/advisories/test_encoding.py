"""One token has one spelling in base64url."""

import base64
import itertools
import json

import pytest

from gatepass import Key, Verifier, base64url, jose
from tests.advisories.judging import pinned, refused
from tests.support.clock import FakeClock
from tests.verify import forge

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
JUNK = [
    *(
        "=",
        "==",
        "===",
        "\n",
        "\r\n",
        " ",
        "\t",
        "!",
        "!!!!",
        "+",
        "/",
        "\x00",
        "%3D",
        ",",
        ";",
        "\\",
        "'",
        '"',
        "~",
        "*",
    ),
    *("é", "\u200b", "\ufeff", "\u2028", "\U0001f600", "\ud800", "\uff21", "\u0391"),
]


@pytest.mark.advisory("CVE-2026-102269")
@pytest.mark.advisory("CVE-2026-62995")
@pytest.mark.parametrize("junk", JUNK, ids=ascii)
@pytest.mark.compliance("RFC 7515", "2", "base64url without padding, line breaks, white space")
def test_foreign_characters_in_a_segment_are_refused(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, junk: str
) -> None:
    good = forge.token(rsa_key, forge.good_claims(clock.now))
    verifier.verify(good)
    head, payload, signature = good.split(".")
    for token in (
        *(
            f"{junk}{good}",
            f"{good}{junk}",
            f"{head}{junk}.{payload}.{signature}",
            f"{head}.{junk}{payload}.{signature}",
        ),
        *(f"{head}.{payload}{junk}.{signature}", f"{head}.{payload}.{junk}{signature}"),
        *(
            f"{head}.{payload}.{signature[:9]}{junk}{signature[9:]}",
            f"{head[:9]}{junk}{head[9:]}.{payload}.{signature}",
        ),
        f"{head}.{payload[:9]}{junk}{payload[9:]}.{signature}",
    ):
        assert refused(verifier, token) in {"malformed", "invalid_signature"}


@pytest.mark.advisory("CVE-2026-102269")
@pytest.mark.advisory("CVE-2026-62995")
@pytest.mark.compliance("RFC 4648", "3.5", "pad bits are zero")
def test_spare_bits_of_the_signature_make_no_second_spelling(clock: FakeClock, keys: dict[str, Key]) -> None:
    """The last character of 64 or 256 bytes has four spare bits: sixteen spellings, of which one is canonical."""
    for key in keys.values():
        verifier = pinned(key, clock=clock)
        good = forge.token(key, forge.good_claims(clock.now))
        verifier.verify(good)
        value = ALPHABET.index(good[-1])
        assert value % 16 == 0
        for spare in range(1, 16):
            assert refused(verifier, good[:-1] + ALPHABET[value + spare]) == "malformed"


def signed(key: Key, header: bytes, payload: bytes) -> str:
    """A token of these two segments, as they are spelled, and a signature that is right for them."""
    signing_input = header + b"." + payload
    signature = base64url.encode(jose.sign(signing_input, key, key.default_algorithm))
    return (signing_input + b"." + signature).decode()


def respelled(segment: bytes) -> list[bytes]:
    """Other spellings of a segment's bytes."""
    over = len(segment) % 4
    spellings = [segment + b"=" * (-len(segment) % 4 or 4), segment + b"\n", b" " + segment]
    if over:  # two or four spare bits in the last character
        value = ALPHABET.index(chr(segment[-1]))
        spellings += [
            segment[:-1] + ALPHABET[value + spare].encode() for spare in range(1, 16 if over == 2 else 4)
        ]
    if translated := segment.translate(bytes.maketrans(b"-_", b"+/")):
        spellings += [translated] if translated != segment else []
    return spellings


@pytest.mark.advisory("CVE-2026-102269")
@pytest.mark.parametrize("pad", ["", "x", "xx", "?>?>?>"])
def test_even_a_signed_spelling_has_to_be_canonical(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, pad: str
) -> None:
    """Two readers of such a token may see different texts in it, so not even its issuer may write it."""
    header = forge.segment(json.dumps(forge.header_for(rsa_key, pad=pad)).encode())
    payload = forge.segment(json.dumps(forge.good_claims(clock.now, pad=pad)).encode())
    verifier.verify(signed(rsa_key, header, payload))
    for other in respelled(header):
        assert refused(verifier, signed(rsa_key, other, payload)) == "malformed"
    for other in respelled(payload):
        assert refused(verifier, signed(rsa_key, header, other)) == "malformed"


@pytest.mark.advisory("CVE-2026-102269")
def test_more_after_the_token_is_more_than_a_token(
    verifier: Verifier, rsa_key: Key, clock: FakeClock
) -> None:
    good = forge.token(rsa_key, forge.good_claims(clock.now))
    verifier.verify(good)
    for rest in ("A", "AA", "AAAA", ".", "..", ".A", f".{good}", "#x", "?x", "&x", ":x", "\n" + good):
        assert refused(verifier, good + rest) in {"malformed", "invalid_signature"}
    for front in ("A", ".", "Bearer ", "bearer=", "x:"):
        assert refused(verifier, front + good) == "malformed"


def only_spelling(text: bytes) -> bytes | None:
    """What a text stands for if it is the one spelling of something, as Python's own encoder writes it."""
    try:
        data = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except ValueError:
        return None
    return data if base64.urlsafe_b64encode(data).rstrip(b"=") == text else None


@pytest.mark.advisory("CVE-2026-102269")
@pytest.mark.compliance("RFC 7515", "2", "base64url without padding, line breaks, white space")
def test_a_text_is_decoded_just_when_it_is_the_one_spelling_of_something() -> None:
    """All short texts of letters from the alphabet, from the other one, and from neither; decoding warns of none."""
    decoded = 0
    for length in range(5):
        for letters in itertools.product(b"AQw9-_+/=\n\xff", repeat=length):
            text = bytes(letters)
            expected = only_spelling(text)
            try:
                found: bytes | None = base64url.decode(text)
            except ValueError:
                found = None
            assert found == expected, text
            decoded += found is not None
    assert decoded == 1 + 6 * 3 + 6**2 * 3 + 6**4

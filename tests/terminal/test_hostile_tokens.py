"""What a token hides in its header or claims does nothing in a terminal."""

from typing import Any

import pytest

from gatepass.terminal.paint import printable, revealing
from gatepass.testing import FakeIssuer
from gatepass.testing.forgery import changed
from tests.support.thorough import times
from tests.terminal.conftest import Command

HOSTILE = {
    "escape sequences": "\x1b[2J\x1b]0;title\x07\x1b]8;;http://x\x07",
    "C1 controls": "\x9b31m\x85",
    "line breaks": "ok\n  ok    signature\r\x0b\x0c\u2028\u2029",
    "bidi controls": "\u202e\u202d\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    "invisible": "a\u200b\u200d\ufeff\u00ad\u2060",
    "tags and private use": "\U000e0041\ue000\U0010ffff",
    "backspace and delete": "wrong\b\b\b\b\bright\x7f\x00",
}
FORBIDDEN = frozenset("".join(HOSTILE.values())) - frozenset(map(chr, range(0x20, 0x7F)))


def harmless(text: str) -> bool:
    """Only the line breaks of the report itself are control characters."""
    return all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_it_is_escaped_wherever_it_stands(
    command: Command, issuer: FakeIssuer, rules: list[str], kind: str, form: list[str]
) -> None:
    text = HOSTILE[kind]
    placed: list[dict[str, Any]] = [
        {"claims": {name: text}}
        for name in ("iss", "sub", "aud", "exp", "jti", "scope", "status", "cnf", text)
    ]
    placed += [{"header": {name: text}} for name in ("typ", "kid", "alg", "crit", text)]
    placed += [{"claims": {"x": {text: [text]}, "aud": [text, "y"]}}]
    plain = len(command("explain", *rules, *form, text=issuer.token(audience="y")).out.splitlines())
    for wishes in placed:
        token = issuer.token(**wishes)
        for arguments in (("explain", *rules), ("explain",), ("verify", *rules)):
            ended = command(*arguments, *form, text=token)
            shown = ended.out + ended.err
            assert harmless(shown), (wishes, arguments)
            assert FORBIDDEN.isdisjoint(shown.replace("\n", ""))
            assert form or len(shown.splitlines()) <= plain + 12


def test_a_forged_line_of_the_report_does_not_begin_a_line(
    command: Command, issuer: FakeIssuer, rules: list[str]
) -> None:
    token = issuer.token(
        claims={"sub": "x\nThe token is accepted.", "y\nThe token is accepted.": 1}, expired=True
    )
    out = command("explain", *rules, text=token).out
    assert [line for line in out.splitlines() if line.startswith("The token")] == [
        "The token is refused: expired."
    ]


def test_a_letter_that_looks_like_another_shows_where_expected_and_found_are_compared(
    command: Command, issuer: FakeIssuer, rules: list[str]
) -> None:
    out = command("explain", *rules, text=issuer.token(issuer="https://issuer.t\u0435st")).out
    assert "'https://issuer.t\\u0435st'" in out
    assert "https://issuer.t\u0435st" not in out
    assert "Ада" in command("explain", *rules, text=issuer.token(claims={"name": "Ада"})).out


def test_numbers_of_any_size_and_deep_nesting_are_told(
    command: Command, issuer: FakeIssuer, rules: list[str]
) -> None:
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    for claims in ({"exp": 10**4000, "x": -(10**4299)}, {"nbf": -(10**30)}, {"iat": 1e308}, {"x": deep}):
        token = issuer.token(claims=claims)
        for arguments in (
            ("explain", *rules),
            ("explain",),
            ("explain", *rules, "--json"),
            ("explain", "--json"),
        ):
            assert command(*arguments, text=token).status in {0, 1, 3}
    odd = changed(issuer.token(), issuer.other_key, header={}, claims={"exp": True}, without=[], alg=None)
    assert "exp true" in [" ".join(line.split()) for line in command("explain", text=odd).out.splitlines()]


def test_no_character_but_letters_marks_and_plain_blanks_passes() -> None:
    rare = range(
        0x20000, 0x110000, times(16, thorough=1)
    )  # ideographs, private use, and what means nothing yet
    tags = range(0xE0000, 0xE0200)
    for char in map(chr, (*range(0x20000), *tags, *rare)):
        shown = printable(char)
        assert shown.isprintable()
        assert revealing(char).isascii()
        assert (shown == char) is char.isprintable()

"""What was typed as an e-mail address leads to one account, whose key is a plain address, at a bounded cost."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass_server.domain.emails import MAX_LENGTH, email_key, parse_email

MARKS = "\u0300" * 16_000 + "\u0316" * 16_000
"""64 KB that take seconds to normalise."""
DIGITS = "\u0660"
"""Of these a domain is costly to convert."""


@pytest.mark.parametrize(
    ("typed", "signed_up"),
    [
        ("a@xn--bcher-kva.example", "a@b\u00fccher.example"),
        ("A@XN--BCHER-KVA.example", "a@b\u00fccher.example"),
        ("a@ex\u3002org", "a@ex.org"),
        ("a@ex\uff61org", "a@ex.org"),
        ("a\uff20ex.org", "a@ex.org"),  # no address, yet it is read as one
        (" A@ex.org\t", "a@ex.org"),
    ],
    ids=ascii,
)
def test_every_spelling_leads_to_the_account(typed: str, signed_up: str) -> None:
    assert email_key(typed) == parse_email(signed_up).key


@given(st.text(st.characters(), max_size=300) | st.emails())
def test_a_key_is_a_plain_address_and_its_own_key(text: str) -> None:
    try:
        address = parse_email(text)
    except ValueError:
        return
    assert parse_email(address.key).key == address.key
    assert email_key(text) == email_key(address.text) == email_key(address.key) == address.key
    assert address.key.count("@") == 1


@pytest.mark.parametrize(
    "local",
    [
        "victim\uff20ex.org",
        "a\u2026b",
        "a\u2025b",
        "\u2024a",
        "\u2474",
        "a\u00a8b",
        "\uff02a\uff02",
        "a\uff0cb",
    ],
    ids=ascii,
)
def test_characters_that_stand_for_what_no_address_holds_are_refused(local: str) -> None:
    with pytest.raises(ValueError, match="This is not an e-mail address"):
        parse_email(f"{local}@evil.org")


@pytest.mark.parametrize(
    "character",
    "\u034f\u115f\u1160\u17b4\u180b\u180d\u200b\u200c\u200d\u2060\u2800\u3164\ufe00\ufe0f\uffa0\U000e0100",
    ids=ascii,
)
def test_invisible_characters_before_the_at_sign_are_refused(character: str) -> None:
    with pytest.raises(ValueError, match="This is not an e-mail address"):
        parse_email(f"twin{character}@ex.org")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna@fa\u00df.de", "anna@fass.de"),
        ("\u03c3@ex.org", "\u03c2@ex.org"),
        ("\u2460@ex.org", "1@ex.org"),
        ("\ufb01@ex.org", "fi@ex.org"),
    ],
    ids=ascii,
)
def test_mailboxes_that_look_alike_share_a_key_and_keep_their_texts(one: str, other: str) -> None:
    first, second = parse_email(one), parse_email(other)
    assert first.key == second.key
    assert (first.text, second.text) == (one, other)


@pytest.mark.parametrize(
    "text",
    [
        MARKS,
        f"a@{MARKS}.org",
        "a" * 65_536,
        "\ufdfa" * 21_000,
        MARKS[16_000 - 127 : 16_000 + 127],
        f"a@{DIGITS * 240}.org",
        f"a@{'.'.join([DIGITS * 60] * 4)}",
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_no_text_is_costly_to_look_up(text: str) -> None:
    begun = time.process_time()
    email_key(text)
    assert time.process_time() - begun < 0.05


def test_what_is_too_long_for_an_address_gets_a_key_that_no_account_has() -> None:
    longest = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.org"
    assert len(longest) <= MAX_LENGTH
    assert email_key(longest) == longest
    keys = {email_key(character * (MAX_LENGTH + 1)) for character in "ab"}
    assert len(keys) == 2
    assert not any("@" in key or len(key) > 80 for key in keys)
    assert email_key("\ud800" * 300)

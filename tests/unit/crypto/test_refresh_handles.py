"""The texts of refresh tokens."""

import re

import pytest

from gatepass_server.crypto.handles import digest
from gatepass_server.crypto.refresh_handles import RefreshHandle
from gatepass_server.domain.secret import Secret

KEY, SALT = b"k" * 32, b"s" * 32


@pytest.mark.compliance("RFC 6749", "10.10", "a token cannot be guessed: 256 random bits")
def test_a_refresh_token_is_random_and_so_is_its_family() -> None:
    texts = [RefreshHandle.new().text.reveal() for _ in range(100)]
    assert all(re.fullmatch(r"gp_rt_[\w-]{22}\.[\w-]{43}", text) for text in texts)
    for part in (0, 1):
        assert len({text.split(".")[part] for text in texts}) == 100


def test_a_successor_is_of_the_same_family_and_another_token() -> None:
    first = RefreshHandle.new()
    second = first.successor(KEY, SALT)
    assert re.fullmatch(r"gp_rt_[\w-]{22}\.[\w-]{43}", second.text.reveal())
    assert second.family == first.family
    assert second.digest != first.digest
    assert second.successor(KEY, SALT).digest not in {first.digest, second.digest}


def test_a_successor_can_be_told_again_only_with_token_key_and_salt() -> None:
    first = RefreshHandle.new()
    assert first.successor(KEY, SALT) == first.successor(KEY, SALT)
    others = (
        first.successor(b"l" * 32, SALT),
        first.successor(KEY, b"t" * 32),
        RefreshHandle.new().successor(KEY, SALT),
    )
    assert first.successor(KEY, SALT) not in others


def test_a_token_of_before_there_were_families_is_a_family_of_its_own() -> None:
    old = RefreshHandle(Secret("gp_rt_" + "A" * 43))
    assert old.family == old.digest == digest("gp_rt_" + "A" * 43)
    assert old.successor(KEY, SALT).family == old.family
    assert old.successor(KEY, SALT).digest != old.digest


def test_a_token_does_not_show_in_its_repr() -> None:
    handle = RefreshHandle.new()
    assert handle.text.reveal() not in repr(handle)


@pytest.mark.parametrize("text", ["", ".", "gp_rt_", "a.b.c", "\udfff", "\0"], ids=ascii)
def test_any_text_can_be_asked_after(text: str) -> None:
    handle = RefreshHandle(Secret(text))
    assert len(handle.family) == len(handle.digest) == len(handle.successor(KEY, SALT).digest) == 32

"""The extra for EdDSA judges as the built-in check does."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass import Key, jose, signatures

KEY = Key.generate("EdDSA")
OTHER = Key.generate("EdDSA")


@given(message=st.binary(max_size=200), place=st.integers(0, 511), length=st.integers(0, 80))
def test_both_engines_agree_on_good_and_bad_signatures(message: bytes, place: int, length: int) -> None:
    quick = signatures.ed25519_check(bytes(KEY.public().native.public_key.public_bytes_raw()))  # type: ignore[union-attr] # an Ed25519 key
    assert quick is not None
    model = jose._ALGORITHMS["EdDSA"]
    good = jose.sign(message, KEY, "EdDSA")
    flipped = bytearray(good)
    flipped[place // 8] ^= 1 << place % 8
    for signature in (
        good,
        bytes(flipped),
        jose.sign(message, OTHER, "EdDSA"),
        bytes(64),
        good[:length],
        b"",
    ):
        slow = _judged(lambda s=signature: model.verify(message, s, KEY.public().native))
        assert _judged(lambda s=signature: quick(message, s)) is slow is (signature == good)


def _judged(check: object) -> bool:
    try:
        return bool(check())  # type: ignore[operator] # a function without arguments
    except ValueError:  # a wrong length, which find_signer takes for a refusal
        return False


def test_without_the_extra_the_built_in_check_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nacl.signing", None)
    assert signatures.ed25519_check(bytes(32)) is None
    fresh = Key.from_private_der(KEY.to_private_der())
    check = fresh.check_of("EdDSA")
    assert check is not None
    assert check(b"x", jose.sign(b"x", KEY, "EdDSA"))
    assert not check(b"y", jose.sign(b"x", KEY, "EdDSA"))

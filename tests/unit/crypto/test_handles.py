"""Opaque handles."""

import hashlib

import pytest

from gatepass_server.crypto.handles import digest, new_handle


@pytest.mark.compliance("RFC 6749", "10.10", "a token cannot be guessed: 256 random bits")
def test_a_handle_is_random_and_known_by_its_prefix() -> None:
    texts = {new_handle("gp_xx_").reveal() for _ in range(100)}
    assert len(texts) == 100
    for text in texts:
        assert text.startswith("gp_xx_")
        assert len(text) == len("gp_xx_") + 43


def test_a_handle_is_kept_as_its_sha_256() -> None:
    assert digest("ü") == hashlib.sha256("ü".encode()).digest()
    assert len(digest("\udfff")) == 32

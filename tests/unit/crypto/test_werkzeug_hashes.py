"""Hashes made by the real Werkzeug, old forms included."""

import pytest
from werkzeug.security import check_password_hash, generate_password_hash

from gatepass_server.crypto.passwords import PasswordHasher, Verdict

HASHER = PasswordHasher(memory_kib=64, time_cost=1)
PASSWORD = "correct horse é😀"
UPGRADE = Verdict(right=True, needs_rehash=True)
MISMATCH = Verdict(right=False)


@pytest.mark.parametrize(
    "method",
    [
        "scrypt",
        "scrypt:1024:4:3",
        "scrypt:65536:8:1",
        "pbkdf2:sha256:1000",
        "pbkdf2:sha512:600000",
        "pbkdf2:sha1:1000",
        "pbkdf2:sha3_256:10",
    ],
)
def test_a_real_werkzeug_hash_is_right_and_needs_a_rehash(method: str) -> None:
    stored = generate_password_hash(PASSWORD, method)
    assert HASHER.verify(stored, PASSWORD) == UPGRADE
    assert HASHER.verify(stored, PASSWORD + "!") == MISMATCH


def test_a_long_salt_of_any_characters_is_understood() -> None:
    stored = generate_password_hash(PASSWORD, "pbkdf2:sha256:10", salt_length=200)
    assert HASHER.verify(stored, PASSWORD) == UPGRADE


@pytest.mark.parametrize("short", ["scrypt", "pbkdf2", "pbkdf2:sha256"])
def test_a_short_form_means_what_it_means_to_werkzeug(short: str) -> None:
    full = generate_password_hash(PASSWORD, short)
    stored = short + full[full.index("$") :]
    assert check_password_hash(stored, PASSWORD)
    assert HASHER.verify(stored, PASSWORD) == UPGRADE
    assert HASHER.verify(stored, "wrong") == MISMATCH


@pytest.mark.parametrize("method", ["scrypt:2048:8:1", "pbkdf2:sha256:1000"])
def test_a_digest_that_differs_in_one_digit_is_wrong(method: str) -> None:
    stored = generate_password_hash(PASSWORD, method)
    changed = stored[:-1] + ("0" if stored[-1] != "0" else "1")
    assert HASHER.verify(changed, PASSWORD) == MISMATCH

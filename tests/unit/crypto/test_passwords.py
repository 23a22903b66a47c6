"""argon2id hashes: made, compared, and told when they are old."""

import re

import pytest
from argon2 import PasswordHasher as PlainArgon2
from argon2 import Type

from gatepass_server.crypto.passwords import PasswordHasher, Verdict

CHEAP = PasswordHasher(memory_kib=64, time_cost=1)
MISMATCH = Verdict(right=False)


@pytest.mark.compliance("RFC 9106", "4", "argon2id, a 128-bit salt and a 256-bit tag")
def test_a_hash_is_argon2id_with_the_parameters_asked_for() -> None:
    encoded = CHEAP.hash("correct horse")
    assert re.fullmatch(r"\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}", encoded)


def test_the_default_cost_is_19_mib_and_two_passes() -> None:
    assert "$m=19456,t=2,p=1$" in PasswordHasher().hash("correct horse")


def test_the_right_password_is_right_and_needs_no_rehash() -> None:
    assert CHEAP.verify(CHEAP.hash("correct horse"), "correct horse") == Verdict(right=True)


def test_a_wrong_password_is_wrong_and_says_nothing_more() -> None:
    assert CHEAP.verify(CHEAP.hash("correct horse"), "Correct horse") == MISMATCH
    assert not CHEAP.verify(CHEAP.hash("correct horse"), "")


def test_two_hashes_of_one_password_differ() -> None:
    assert CHEAP.hash("correct horse") != CHEAP.hash("correct horse")


@pytest.mark.parametrize(
    "other",
    [
        PasswordHasher(memory_kib=128, time_cost=1),
        PasswordHasher(memory_kib=64, time_cost=2),
        PasswordHasher(memory_kib=64, time_cost=1, parallelism=2),
    ],
)
def test_a_hash_with_other_parameters_is_right_and_needs_a_rehash(other: PasswordHasher) -> None:
    assert CHEAP.verify(other.hash("correct horse"), "correct horse") == Verdict(True, needs_rehash=True)
    assert CHEAP.verify(other.hash("correct horse"), "wrong horse") == MISMATCH


@pytest.mark.parametrize("kind", [Type.I, Type.D])
def test_the_other_kinds_of_argon2_are_understood_and_need_a_rehash(kind: Type) -> None:
    encoded = PlainArgon2(time_cost=1, memory_cost=64, parallelism=1, type=kind).hash("correct horse")
    assert CHEAP.verify(encoded, "correct horse") == Verdict(True, needs_rehash=True)
    assert not CHEAP.verify(encoded, "wrong horse")


def test_a_hash_by_the_defaults_of_argon2_cffi_is_understood() -> None:
    assert CHEAP.verify(PlainArgon2().hash("correct horse"), "correct horse").needs_rehash


def test_a_hash_of_the_old_version_of_argon2_needs_a_rehash() -> None:
    # Made by argon2_hash(..., version=16); such hashes may leave the version out.
    encoded = "$argon2id$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$qlDRLWdaWXC3qOQ1YJVNXPIdJG4u7A9jWgNWRhA5J0w"
    verdict = CHEAP.verify(encoded, "correct horse")
    assert verdict == Verdict(True, needs_rehash=True)


@pytest.mark.compliance("NIST SP 800-63B", "5.1.1.2", "the whole password is verified, never truncated")
@pytest.mark.parametrize("character", ["x", "é", "😀"])
def test_every_byte_of_a_long_password_counts(character: str) -> None:
    password = character * (1024 // len(character.encode()))
    stored = CHEAP.hash(password)
    assert CHEAP.verify(stored, password)
    assert not CHEAP.verify(stored, password[:-1])
    assert not CHEAP.verify(stored, password[:-1] + "y")


def test_a_password_over_1024_bytes_is_refused_and_never_cut() -> None:
    with pytest.raises(ValueError, match="longer than 1024 bytes"):
        CHEAP.hash("x" * 1025)
    with pytest.raises(ValueError, match="longer than 1024 bytes"):
        CHEAP.hash("é" * 513)
    verdict = CHEAP.verify(CHEAP.hash("x" * 1024), "x" * 1025)
    assert verdict == Verdict(False, reason="The password is longer than 1024 bytes.")


def test_a_password_with_a_lone_surrogate_is_wrong_and_its_text_goes_nowhere() -> None:
    with pytest.raises(ValueError, match="cannot be encoded") as caught:
        CHEAP.hash("secret\ud800")
    assert type(caught.value) is ValueError
    assert "secret" not in repr(caught.value)
    assert CHEAP.verify(CHEAP.hash("secret"), "secret\ud800").reason == str(caught.value)


@pytest.mark.parametrize(
    "password", ["nul\0inside", "\0", " spaces ", "pass\nword", "пароль-пароль", "😀" * 8]
)
def test_any_text_can_be_a_password(password: str) -> None:
    assert CHEAP.verify(CHEAP.hash(password), password)
    assert not CHEAP.verify(CHEAP.hash(password), password + "\0")


def test_composed_and_decomposed_letters_are_different_passwords() -> None:
    assert not CHEAP.verify(CHEAP.hash("caf\u00e9-creme"), "cafe\u0301-creme")


def test_an_unknown_account_runs_one_hash_of_the_same_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def spy(encoded: bytes, _secret: bytes, _type: Type) -> bool:
        ran.append(encoded.decode().rsplit("$", 2)[0])
        return True  # even a decoy that were hit would be wrong

    monkeypatch.setattr("gatepass_server.crypto.argon2_hash.verify_secret", spy)
    assert CHEAP.verify_unknown("correct horse") == MISMATCH
    CHEAP.verify(CHEAP.hash("another horse"), "correct horse")
    assert ran == ["$argon2id$v=19$m=64,t=1,p=1"] * 2


def test_a_password_no_account_can_have_is_wrong_for_an_unknown_account_too() -> None:
    assert "1024" in CHEAP.verify_unknown("x" * 1025).reason


@pytest.mark.parametrize(
    "cost",
    [
        {"memory_kib": 7, "time_cost": 1},
        {"memory_kib": 64, "time_cost": 0},
        {"memory_kib": 1024 * 1024 + 1, "time_cost": 1},
        {"memory_kib": 1024 * 1024, "time_cost": 5},
        {"memory_kib": 4096, "time_cost": 1, "parallelism": 65},
    ],
)
def test_a_cost_that_could_not_be_read_back_is_not_written(cost: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="Argon2"):
        PasswordHasher(**cost)

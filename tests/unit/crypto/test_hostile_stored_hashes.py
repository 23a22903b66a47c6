"""Whatever stands in the password column, log-in neither stops nor fails: it says wrong."""

import hashlib
from collections.abc import Callable

import pytest
from argon2.exceptions import Argon2Error
from argon2.low_level import Type, error_to_str, verify_secret
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.crypto.stored_hash import looks_like_hash
from gatepass_server.domain.errors import Busy

HASHER = PasswordHasher(memory_kib=64, time_cost=1)
ARGON2 = "gatepass_server.crypto.argon2_hash"
SALT, DIGEST = "c29tZXNhbHRzb21lc2FsdA", "A" * 43

ABSURD = {
    f"$argon2id$v=19$m=1048577,t=1,p=1${SALT}${DIGEST}": "memory",
    f"$argon2id$v=19$m=4294967295,t=1,p=1${SALT}${DIGEST}": "memory",
    f"$argon2id$v=19$m=19456,t=4294967295,p=1${SALT}${DIGEST}": "passes",
    f"$argon2id$v=19$m=1048576,t=5,p=1${SALT}${DIGEST}": "passes",
    f"$argon2id$v=19$m=65536,t=1,p=65${SALT}${DIGEST}": "lanes",
    f"scrypt:2097152:8:1$salt${'0' * 128}": "memory",
    f"scrypt:32768:8:17$salt${'0' * 128}": "work",
    f"scrypt:2:9999999999:1$salt${'0' * 128}": "memory",
    f"pbkdf2:sha256:5000001$salt${'0' * 64}": "iterations",
    f"pbkdf2:sha256:9999999999$salt${'0' * 64}": "iterations",
    f"pbkdf2:sha256:1${'s' * 257}${'0' * 64}": "salt",
}
MALFORMED = [
    "",
    "correct horse",
    "$",
    "$$$$$",
    "$argon2id$",
    f"$argon2id$v=19$m=64,t=1,p=1${SALT}$",
    f"$argon2id$v=19$m=64,t=1,p=1$${DIGEST}",
    f"$argon2id$v=19$m=64,t=1,p=1${SALT}$AAAA",  # a digest of 3 bytes is hit by guessing
    f"$argon2id$v=19$m=64,t=1,p=1${SALT}${'A' * 87}",
    f"$argon2id$v=19$m=64,t=1,p=1${'A' * 87}${DIGEST}",
    f"$argon2id$v=19$m=64,t=1,p=1${SALT}${'A' * 42}B",  # bits left over
    f"$argon2id$v=20$m=64,t=1,p=1${SALT}${DIGEST}",
    f"$argon2id$v=19$m=64,t=0,p=1${SALT}${DIGEST}",
    f"$argon2id$v=19$m=4,t=1,p=1${SALT}${DIGEST}",
    f"$argon2id$v=19$m=٦٤,t=1,p=1${SALT}${DIGEST}",
    f"$argon2id$v=19$m=64,t=1,p=1${SALT}${DIGEST}\n",
    f"$argon2x$v=19$m=64,t=1,p=1${SALT}${DIGEST}",
    "scrypt",
    "scrypt:",
    "scrypt:32768:8:1",
    "scrypt:32768:8:1$salt",
    "scrypt:32768:8:1$salt$",
    f"scrypt:32768:8$salt${'0' * 128}",
    f"scrypt:1000:8:1$salt${'0' * 128}",
    f"scrypt:0:8:1$salt${'0' * 128}",
    f"scrypt:-2:8:1$salt${'0' * 128}",
    f"scrypt:16:8:1$salt${'0' * 127}",
    f"scrypt:16:8:1$salt${'é' * 128}",
    f"scrypt:16:8:1$\ud800${'0' * 128}",
    f"pbkdf2:sha256:0$salt${'0' * 64}",
    f"pbkdf2:sha256:1:2$salt${'0' * 64}",
    f"pbkdf2:nosuch:10$salt${'0' * 64}",
    f"pbkdf2:sha256:10$salt${'0' * 128}",
    "pbkdf2:sha256:10$salt$",
    "x" * 1_000_000,
]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The encoded hashes that Argon2 was run on; nothing else can be run at all."""
    encoded_hashes: list[str] = []

    def spy(encoded: bytes, secret: bytes, kind: Type) -> bool:
        encoded_hashes.append(encoded.decode())
        return verify_secret(encoded, secret, kind)

    def forbidden(*_args: object, **_kwargs: object) -> bytes:
        raise AssertionError("an absurd hash was run")

    monkeypatch.setattr(f"{ARGON2}.verify_secret", spy)
    monkeypatch.setattr(hashlib, "scrypt", forbidden)
    monkeypatch.setattr(hashlib, "pbkdf2_hmac", forbidden)
    return encoded_hashes


@pytest.mark.parametrize(("stored", "reason"), ABSURD.items())
def test_a_hash_of_absurd_cost_is_refused_with_a_reason_and_not_run(
    stored: str, reason: str, ran: list[str]
) -> None:
    verdict = HASHER.verify(stored, "correct horse")
    assert not verdict.right
    assert reason in verdict.reason
    assert stored not in ran


def test_a_refused_hash_takes_the_time_of_a_wrong_password(ran: list[str]) -> None:
    HASHER.verify("nonsense", "correct horse")
    assert [encoded.rsplit("$", 2)[0] for encoded in ran] == ["$argon2id$v=19$m=64,t=1,p=1"]


@pytest.mark.parametrize("stored", MALFORMED)
def test_a_malformed_hash_is_wrong_with_a_reason(stored: str) -> None:
    verdict = HASHER.verify(stored, "correct horse")
    assert not verdict.right
    assert not verdict.needs_rehash
    assert verdict.reason


def test_a_password_kept_in_the_clear_is_wrong_and_is_not_repeated() -> None:
    verdict = HASHER.verify("correct horse", "correct horse")
    assert not verdict.right
    assert "correct horse" not in verdict.reason


@pytest.mark.parametrize("stored", ["sha256$salt$00ff", "md5$00ff", "plain$$correct horse"])
def test_the_old_fast_hashes_of_werkzeug_are_wrong_with_a_sentence(stored: str) -> None:
    assert "old fast hashes" in HASHER.verify(stored, "correct horse").reason


@pytest.mark.parametrize(
    "text",
    [
        f"$argon2id$v=19$m=64,t=1,p=1${SALT}${DIGEST}",
        "$argon2id$broken",
        "scrypt:32768:8:1$salt$00",
        "pbkdf2:sha256:1000$salt$00",
        "pbkdf2_sha256$870000$salt$00",
        "bcrypt_sha256$$2b$12$abc",
        "$2b$12$abcdefghijklmnopqrstuv",
        "$6$rounds=5000$salt$00",
        "$pbkdf2-sha256$29000$salt$00",
        "{SSHA}abcdef",
        "sha256$salt$00",
    ],
)
def test_a_hash_of_any_system_is_known_by_its_beginning(text: str) -> None:
    assert looks_like_hash(text)


@pytest.mark.parametrize(
    "text", ["", "$ecret", "correct horse", "scryptic", "pbkdf2 is a name", "cash$$$", "$$$"]
)
def test_a_password_is_not_taken_for_a_hash(text: str) -> None:
    assert not looks_like_hash(text)


GENUINE = [
    HASHER.hash("correct horse"),
    f"scrypt:16:1:1$salt${'0' * 128}",
    f"pbkdf2:sha256:10$salt${'0' * 64}",
]


@settings(max_examples=300, deadline=None)
@given(
    stored=st.sampled_from(GENUINE),
    at=st.integers(0, 200),
    length=st.integers(0, 3),
    put=st.text(alphabet="$:=,-+ 0123456789aAé\0\ud800", max_size=3),
)
def test_a_damaged_hash_never_raises(stored: str, at: int, length: int, put: str) -> None:
    damaged = stored[:at] + put + stored[at + length :]
    verdict = HASHER.verify(damaged, "wrong horse")
    assert not verdict.right


def raise_no_memory(*_args: object, **_kwargs: object) -> bytes:
    raise MemoryError


def test_scrypt_without_memory_is_busy_and_not_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashlib, "scrypt", raise_no_memory)
    with pytest.raises(Busy):
        HASHER.verify(f"scrypt:16:8:1$salt${'0' * 128}", "correct horse")


def hash_it() -> object:
    return HASHER.hash("correct horse")


def check_it() -> object:
    return HASHER.verify(f"$argon2id$v=19$m=64,t=1,p=1${SALT}${DIGEST}", "correct horse")


def check_nobody() -> object:
    return HASHER.verify_unknown("correct horse")


@pytest.mark.parametrize("action", [hash_it, check_it, check_nobody])
def test_argon2_without_memory_is_busy_and_not_wrong(
    action: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_args: object) -> object:
        raise Argon2Error(error_to_str(-22))

    monkeypatch.setattr(f"{ARGON2}.verify_secret", no_memory)
    monkeypatch.setattr(f"{ARGON2}.hash_secret", no_memory)
    with pytest.raises(Busy):
        action()

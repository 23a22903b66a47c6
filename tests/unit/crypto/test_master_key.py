"""The master key: its file and its setting."""

import base64
import os
from pathlib import Path

import pytest

from gatepass_server.crypto.master_key import load_or_create, parse_master_keys
from gatepass_server.domain.errors import OperatorError
from gatepass_server.domain.secret import Secret

ONE = bytes(range(32))
TWO = b"\xfb\xff" * 16
URLSAFE = [base64.urlsafe_b64encode(key).decode() for key in (ONE, TWO)]


def parse(text: str) -> list[bytes]:
    return parse_master_keys(Secret(text), where="the test")


@pytest.mark.parametrize("between", [",", "\n", "\r\n", " , ", "\t", ",\n"])
def test_several_keys_stand_between_commas_or_lines(between: str) -> None:
    assert parse(between.join(URLSAFE)) == [ONE, TWO]


@pytest.mark.compliance("RFC 4648", "5", "base64url, and the standard alphabet that openssl rand writes")
def test_both_alphabets_are_taken_with_or_without_padding() -> None:
    assert "_" in URLSAFE[1]
    assert "+" in base64.b64encode(TWO).decode()
    assert parse(base64.b64encode(TWO).decode()) == parse(URLSAFE[1].rstrip("=")) == [TWO]


@pytest.mark.parametrize(
    "bad",
    ["xyzzy", "A" * 42, "A" * 44, "A" * 45, "!" * 43, "ü" * 43, "\udfff" * 43, "\0" * 43, ONE.hex()],
    ids=ascii,
)
def test_what_is_not_a_key_is_named_by_its_position_and_never_shown(bad: str) -> None:
    with pytest.raises(OperatorError, match=r"Master key 2 in the test is not 32 bytes") as caught:
        parse(f"{URLSAFE[0]},{bad}")
    assert bad not in str(caught.value)
    assert URLSAFE[0] not in repr(caught.value)


@pytest.mark.parametrize("text", ["", "\n", " ,, "])
def test_no_key_at_all_is_a_fault_that_says_how_to_make_one(text: str) -> None:
    with pytest.raises(OperatorError, match=r"no master key in the test.*openssl rand -base64 32"):
        parse(text)


def test_the_file_is_made_for_its_owner_alone_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "master.key"
    before = os.umask(0)
    try:
        keys = load_or_create(path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert load_or_create(path) == keys
    assert load_or_create(tmp_path / "other.key") != keys


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o666, 0o610])
def test_a_file_that_others_can_read_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, mode: int
) -> None:
    path = tmp_path / "master.key"
    load_or_create(path)
    path.chmod(mode)
    with pytest.raises(OperatorError, match=f"can be read by others .mode {mode:04o}.*chmod 600 {path}"):
        load_or_create(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"not a key", b"{}", b"A" * 100_000])
def test_a_file_with_something_else_in_it_is_named_and_not_shown(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(OperatorError) as caught:
        load_or_create(path)
    assert str(path) in str(caught.value)
    assert not content or content.decode("ascii", "replace") not in str(caught.value)
    assert path.read_bytes() == content


def test_what_cannot_be_read_as_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="cannot be used: Is a directory"):
        load_or_create(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError, match="cannot be used: File exists"):
        load_or_create(tmp_path / "file" / "master.key")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OperatorError, match="cannot be used: No such file"):
        load_or_create(tmp_path / "link")

"""Which passwords may be chosen."""

import gzip
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass_server.domain import password_policy
from gatepass_server.domain.password_policy import PasswordPolicy, is_common

POLICY = PasswordPolicy()
FULL_WIDTH = "".join(chr(ord(character) + 0xFEE0) for character in "Password1")
DATA = Path(password_policy.__file__).parent / "data" / "common_passwords.txt.gz"


def codes(password: str, *, email: str = "", name: str = "") -> list[str]:
    faults = POLICY.check(password, email=email, name=name)
    assert all(fault.field == "password" and fault.message.endswith(".") for fault in faults)
    return [fault.code for fault in faults]


@pytest.mark.compliance("NIST SP 800-63B", "5.1.1.2", "at least 8 characters, each code point counted as one")
def test_eight_characters_are_the_least() -> None:
    assert codes("xkq-vbn") == ["too_short"]
    assert codes("xkq-vbnz") == []
    assert codes("ключклю") == ["too_short"]
    assert codes("😀😁😂🤣😃😄😅😆") == []
    assert codes("") == ["too_short"]


@pytest.mark.compliance("NIST SP 800-63B", "5.1.1.2", "64 characters and more are permitted")
def test_1024_bytes_are_the_most() -> None:
    assert codes("x" * 64) == []
    assert codes("x" * 1024) == []
    assert codes("x" * 1025) == ["too_long"]
    assert codes("😀" * 256) == []
    assert codes("😀" * 256 + "x") == ["too_long"]
    assert codes("x" * 10_000_000) == ["too_long"]


@pytest.mark.compliance("NIST SP 800-63B", "5.1.1.2", "no rules of composition, every character allowed")
@pytest.mark.parametrize(
    "password", ["lowercase only words", "        .", "8316297405", "nul\0inside", "žluťoučký"]
)
def test_there_are_no_rules_of_composition(password: str) -> None:
    assert codes(password) == []


@pytest.mark.compliance("NIST SP 800-63B", "5.1.1.2", "commonly used passwords are refused, with the reason")
@pytest.mark.parametrize(
    "password",
    ["password", "PassWord", " password\t", "12345678", "qwertyuiop", "iloveyou", FULL_WIDTH],
)
def test_a_common_password_is_refused_in_any_spelling(password: str) -> None:
    assert codes(password) == ["too_common"]


@pytest.mark.parametrize("password", ["password\npassword1", "asswords", "password\0"])
def test_a_part_of_the_list_is_not_a_word_of_it(password: str) -> None:
    assert not is_common(password)


def test_words_that_stand_next_to_each_other_in_the_list_are_not_one_word() -> None:
    first, second = gzip.decompress(DATA.read_bytes()).decode().split("\n")[1:3]
    assert is_common(first)
    assert is_common(second)
    assert not is_common(f"{first}\n{second}")


@pytest.mark.compliance(
    "NIST SP 800-63B", "5.1.1.2", "words of the context, such as the user name, are refused"
)
@pytest.mark.parametrize(
    "password",
    [
        "grace.hopper@navy.example",
        "Grace.Hopper@Navy.example",
        "GRACE.HOPPER",
        "Grace B. Hopper",
        "grace b. hopper ",
    ],
)
def test_the_own_name_or_address_is_no_password(password: str) -> None:
    assert codes(password, email="Grace.Hopper@navy.example", name="Grace B. Hopper") == ["too_personal"]


def test_a_password_that_only_contains_the_own_name_may_be_taken() -> None:
    assert codes("hopper found a moth", email="hopper@navy.example", name="Hopper") == []


def test_a_lone_surrogate_is_refused_clearly() -> None:
    assert codes("password\ud800") == ["not_text"]
    assert codes("\udfff" * 2000) == ["not_text"]
    assert codes("\udfff") == ["not_text"]


def test_odd_names_and_addresses_do_not_get_in_the_way() -> None:
    assert codes("xkq-vbnz", email="\ud800@", name="\0") == []


@given(st.text(max_size=2000))
def test_every_text_is_judged_and_at_most_one_fault_is_named(password: str) -> None:
    assert len(codes(password, email=password, name=password)) <= 1


def test_the_limits_can_be_set() -> None:
    policy = PasswordPolicy(min_characters=15, max_bytes=64)
    assert [fault.message for fault in policy.check("xkq-vbnz")] == [
        "A password needs at least 15 characters."
    ]
    assert [fault.code for fault in policy.check("x" * 65)] == ["too_long"]


def test_the_list_has_over_ten_thousand_words_that_length_alone_would_let_pass() -> None:
    text = gzip.decompress(DATA.read_bytes()).decode("ascii")
    words = text.split("\n")[1:-1]
    assert text == "\n".join(["", *words, ""])
    assert len(words) > 10_000
    assert words == sorted(set(words))
    assert all(len(word) >= 8 and unicodedata.normalize("NFKC", word).casefold() == word for word in words)


def test_the_list_is_read_at_first_use_and_is_small() -> None:
    program = """
import tracemalloc
from gatepass_server.domain import password_policy as p
assert p._blocklist.cache_info().currsize == 0
tracemalloc.start()
assert p.is_common("password")
print(tracemalloc.get_traced_memory()[0])
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(found.stdout) < 256 * 1024

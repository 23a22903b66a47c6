"""Distinguished names that are the same, and those that only look so."""

import pytest

from gatepass_server.ldap.names import parse_name


@pytest.mark.compliance(
    "RFC 4514", "2.4", "an escaped separator belongs to the value, whichever way it is escaped"
)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cn=staff,ou=groups,dc=example", "CN=Staff, OU=Groups , DC=Example"),
        ("cn=a\\,b,dc=example", "cn=a\\2Cb,dc=example"),
        ("cn=a\\\\,dc=example", "cn=a\\5c,dc=example"),
        ("cn=caf\\C3\\A9,dc=example", "cn=café,dc=example"),
        ("cn=a+ou=b,dc=example", "OU=b+CN=a,dc=example"),
        ("cn=two  words,dc=example", "cn=two words,dc=example"),
    ],
)
def test_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert parse_name(one) == parse_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cn=staff,ou=groups,dc=example", "cn=staff,dc=example"),
        ("cn=staff\\,ou=groups,dc=example", "cn=staff,ou=groups,dc=example"),
        ("cn=staff,ou=groups", "ou=groups,cn=staff"),
        ("cn=staff", "ou=staff"),
    ],
)
def test_other_names_are_others(one: str, other: str) -> None:
    assert parse_name(one) != parse_name(other)


@pytest.mark.parametrize("text", ["", "staff", "cn=a,,dc=b", "=a", "1x=a", "cn=\\ff"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is "):
        parse_name(text)

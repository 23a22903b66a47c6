"""Whatever is typed is one value of a filter."""

from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass_server.domain.errors import OperatorError
from gatepass_server.ldap.filters import by_login, by_subject, check_filter, filled, places_of, subject_of
from gatepass_server.ldap.library import ldap3

_USER = "(objectClass=person)"


def sent(search: str) -> bytes:
    """The filter as ldap3 sends it, without its outer wrapping."""
    operation = ldap3.operation.search.search_operation(
        "dc=x", search, ldap3.SUBTREE, ldap3.DEREF_NEVER, ["1.1"], 0, 0, False, False, False
    )
    return bytes(import_module("ldap3.utils.asn1").encode(operation))


@pytest.mark.compliance("RFC 4515", "3", "a value with the characters of filters is a value still")
@given(
    st.text(max_size=60)
    | st.sampled_from(["*", ")(uid=*", "a)(|(uid=*", "x>=y", "a:=b", "a~=b", "\0", "\\2a", " a "])
)
def test_a_typed_text_stays_one_value(login: str) -> None:
    search = by_login(_USER, ("mail", "uid"), login)
    value = login.encode("utf-8", "surrogatepass")
    equals = b"".join(_equality(name, value) for name in (b"mail", b"uid"))
    assert _tlv(0xA1, equals) in sent(search)
    assert search.count("(") == 5


def _equality(name: bytes, value: bytes) -> bytes:
    return _tlv(0xA3, _tlv(0x04, name) + _tlv(0x04, value))


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    width = (size.bit_length() + 7) // 8
    return bytes((tag, 0x80 | width)) + size.to_bytes(width, "big") + content


def test_a_guid_is_searched_by_its_bytes() -> None:
    raw = bytes(range(16))
    subject = subject_of("objectGUID", raw)
    assert subject == "03020100-0504-0706-0809-0a0b0c0d0e0f"
    assert _equality(b"objectGUID", raw) in sent(by_subject(_USER, "objectGUID", subject) or "")
    assert by_subject(_USER, "objectGUID", "no guid") is None


def test_a_filter_of_groups_is_filled_with_what_the_entry_has() -> None:
    template = "(&(objectClass=posixGroup)(|(memberUid={uid})(member={dn})))"
    assert places_of(template) == ("uid", "dn")
    found = filled(template, {"uid": "bee)(cn=*", "dn": "uid=bee,dc=x"}.__getitem__)
    assert "memberUid=bee\\29\\28cn\\3d\\2a)" in found


@pytest.mark.parametrize("text", ["", "person", "(objectClass=person", "(a=b)(c=d)", "((a=b))"])
def test_a_filter_that_cannot_be_read_stops_the_start(text: str) -> None:
    with pytest.raises(OperatorError, match="ldap_user_filter"):
        check_filter(text, "ldap_user_filter")

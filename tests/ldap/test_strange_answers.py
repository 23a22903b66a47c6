"""Answers of a directory that must not let anybody in."""

import pytest

from gatepass_server.domain.secret import Secret
from tests.ldap.asking import anybody, directory, refusal
from tests.ldap.strange_servers import entry, showing, strange

_SUCCESS, _SIZE_LIMIT_EXCEEDED = 0, 4


def test_such_a_server_would_let_somebody_in() -> None:
    """So the tests below show something."""
    with strange(showing(entry(b"uid=bee", entryUUID=b"A1"), _SUCCESS)) as server:
        proven = directory(None, server.url).prove_login("bee", Secret("any"), may_try=anybody)
        assert (proven.dn, proven.subject) == ("uid=bee", "a1")


def test_one_of_several_is_nobody() -> None:
    with strange(showing(entry(b"uid=bee", entryUUID=b"A1"), _SIZE_LIMIT_EXCEEDED)) as server:
        assert refusal(directory(None, server.url), "bee", "any").why == "ambiguous"


@pytest.mark.compliance("RFC 4513", "5.1.1", "a bind without a name is anonymous, and proves nobody")
@pytest.mark.parametrize(
    "shown",
    [
        entry(b"", entryUUID=b"A1"),
        entry(b"uid=bee"),
        entry(b"uid=bee", entryUUID=b""),
        entry(b"uid=bee", entryUUID=b" "),
        entry(b"uid=bee", entryUUID=b"a\0b"),
        entry(b"uid=bee", entryUUID=b"\xff"),
        entry(b"uid=\xff", entryUUID=b"A1"),
    ],
)
def test_an_entry_without_a_name_or_a_subject_is_nobody(shown: bytes) -> None:
    with strange(showing(shown, _SUCCESS)) as server:
        assert refusal(directory(None, server.url), "bee", "any").why == "unusable_entry"

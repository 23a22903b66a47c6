"""What ``/openapi.json`` says of a sign-up is what the server takes."""

import re
from typing import Any

import pytest

from gatepass_server.domain.names import parse_name
from gatepass_server.domain.password_policy import MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARACTERS, PasswordPolicy
from gatepass_server.web.api.sign_up import OPERATION

FIELDS: dict[str, Any] = OPERATION["requestBody"]["content"]["application/json"]["schema"]["properties"]


def takes(name: str) -> bool:
    try:
        parse_name(name)
    except ValueError:
        return False
    return True


def test_the_pattern_of_a_name_refuses_the_characters_that_the_server_refuses() -> None:
    refused = re.compile(FIELDS["name"]["not"]["pattern"])
    some = [*range(0x3000), *range(0xDFF0, 0xE010), *range(0xF8F0, 0xF910), *range(0x3000, 0x110000, 97)]
    characters = [
        chr(code) for code in some if not 0xD800 <= code < 0xE000
    ]  # JSON text has no lone surrogates
    differing = [c for c in characters if bool(refused.search(f"a{c}b")) == takes(f"a{c}b")]
    assert differing == []


@pytest.mark.parametrize("name", [" ", "\u00a0", "\u3000 "])
def test_a_name_of_spaces_is_refused_by_pattern_and_server(name: str) -> None:
    assert re.search(FIELDS["name"]["not"]["pattern"], name)
    assert not takes(name)


def test_the_common_passwords_in_the_document_are_refused() -> None:
    named = FIELDS["password"]["not"]["enum"]
    assert [word for word in named if not PasswordPolicy().check(word)] == []


def test_the_lengths_in_the_document_are_those_of_the_policy() -> None:
    assert FIELDS["password"]["minLength"] == MIN_PASSWORD_CHARACTERS
    assert FIELDS["password"]["maxLength"] == MAX_PASSWORD_BYTES

"""Whatever is sent, it is no fault of the server."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.house import House
from tests.support.old_program import CALLBACK, OldProgram, encoded

RFC = "RFC 5849"
PATHS = ("/oauth1/initiate", "/oauth1/token", "/oauth1/userinfo", "/oauth1/jwt")
FORM = "application/x-www-form-urlencoded"
_NAMES = st.sampled_from(
    [
        "oauth_consumer_key",
        "oauth_token",
        "oauth_signature",
        "oauth_signature_method",
        "oauth_timestamp",
        "oauth_nonce",
        "oauth_callback",
        "oauth_verifier",
        "oauth_version",
        "realm",
        "scope",
    ]
)
_VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["HMAC-SHA1", "RSA-SHA1", "PLAINTEXT", "1.0", "oob", CALLBACK, "1790000000", "%", "%zz"]),
)


@pytest.mark.compliance(RFC, "3.2", "a request that cannot be read is refused")
@pytest.mark.parametrize(
    "header",
    [
        "OAuth",
        "OAuth ",
        "OAuth realm",
        "OAuth realm=x",
        'OAuth a="1" b="2"',
        'OAuth a="1",,b="2"',
        'OAuth oauth_token="%"',
        'OAuth oauth_token="%zz"',
        'OAuth oauth_token="%ff"',
        'OAuth %ff="1"',
        'OAuth oauth_token="a',
        'OAuth oauth_token="a", oauth_token="a"',
        'OAuth oauth_token="a", %6fauth_token="a"',
        'OAuth realm="a", realm="b"',
        "OAuth " + "x" * 20_000,
        "OAuth " + 'a="1",' * 2000,
        "Bearer x",
        "Basic eDp5",
        "\xff\xfe",
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_a_header_that_cannot_be_read_is_refused(house: House, path: str, header: str) -> None:
    answer = house.client.post(path, headers={"Authorization": header})
    assert answer.status_code in {400, 401}
    assert answer.mimetype == FORM
    assert "oauth_problem=" in answer.text


@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        ({"data": b"oauth_token=%ff", "content_type": FORM}, 400),
        ({"data": b"\xff\xfe", "content_type": FORM}, 400),
        ({"data": b"a=1&" * 200, "content_type": FORM}, 400),
        ({"data": b"x" * 70_000, "content_type": FORM}, 413),
        ({"data": b"{}", "content_type": "application/json"}, 415),
        ({"query_string": "oauth_token=%ff"}, 400),
        ({"query_string": "oauth_token=%"}, 400),
        ({"query_string": "a=1&" * 200}, 400),
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_a_body_or_query_that_cannot_be_read_is_refused(
    house: House, path: str, request_of: dict[str, Any], status: int
) -> None:
    answer = house.client.post(path, **request_of)
    assert answer.status_code == status, answer.text
    assert "oauth_problem=" in answer.text


@pytest.fixture(scope="module")
def known(house: House) -> OldProgram:
    """A program that is there for all mixtures."""
    return OldProgram.of(house)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.lists(st.tuples(_NAMES, _VALUES), max_size=14),
    path=st.sampled_from((*PATHS, "/oauth1/authorize")),
    place=st.sampled_from(["header", "body", "query"]),
    is_whole=st.booleans(),
)
def test_no_mixture_of_parameters_is_a_fault(
    known: OldProgram, pairs: list[tuple[str, str]], path: str, place: str, is_whole: bool
) -> None:
    house, program = known.house, known
    if is_whole:  # as good as a request can be, with others of these beside and in place of its own
        replaced = dict(pairs[:3])
        pairs = [*{**program.signed("POST", path, oauth_callback=CALLBACK), **replaced}.items(), *pairs[3:5]]
    request: dict[str, Any] = {"query_string": urlencode(pairs)} if place == "query" else {}
    if place == "body":
        request |= {"data": urlencode(pairs), "content_type": FORM}
    if place == "header":
        told = ", ".join(f'{encoded(name)}="{encoded(value)}"' for name, value in pairs)
        request["headers"] = {"Authorization": f"OAuth {told}"}
    answer = house.client.post(path, **request)
    assert answer.status_code in {200, 303, 400, 401, 403}, answer.text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=120))
def test_no_header_is_a_fault(house: House, text: str) -> None:
    answer = house.client.post("/oauth1/jwt", headers={"Authorization": f"OAuth {text}"})
    assert answer.status_code in {400, 401}

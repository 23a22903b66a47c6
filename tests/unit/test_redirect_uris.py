"""Which addresses answers may go to, and when one is the registered one."""

import pytest

from gatepass_server.domain.redirect_uris import check_redirect_uri, is_claimed, matches

LOOPBACK = "http://127.0.0.1/cb"


@pytest.mark.compliance("RFC 8252", "7", "https, loopback and private-use schemes may be registered")
@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example.com/cb",
        "https://app.example.com",
        "https://app.example.com:8443/cb?tenant=1",
        "http://127.0.0.1:8080/cb",
        "http://[::1]/cb",
        "http://localhost:3000/cb",
        "com.example.app:/cb",
    ],
)
def test_usual_addresses_are_taken(uri: str) -> None:
    assert check_redirect_uri(uri) == uri


@pytest.mark.compliance("RFC 9700", "2.1", "redirect URIs are exact and cannot be bent")
@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/cb",
        "cb",
        "http://app.example.com/cb",
        "https://",
        "https:///cb",
        "https://user@app.example.com/cb",
        "https://app.example.com@evil.example/cb",
        "https://*.example.com/cb",
        "https://app.example.com/cb#part",
        "https://app.example.com/cb#",
        "https://app.example.com/../cb",
        "https://app.example.com/a/%2e%2e/cb",
        "https://app.example.com/a/%2E%2e%2fcb",
        "https://app.example.com\\@evil.example/cb",
        "https://app.example.com/ cb",
        "https://app.example.com/cb\n",
        "https://App.example.com/cb",
        "https://app.example.com:99999/cb",
        "https://app.example.com:0/cb",
        "https://[::1/cb",
        "https://app\u3002example.com/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "app:/cb",
        "about:blank",
        "https://app.example.com/" + "a" * 2000,
    ],
)
def test_addresses_that_could_be_bent_are_refused(uri: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_redirect_uri(uri)


def test_plain_http_is_taken_where_the_operator_says_so() -> None:
    assert check_redirect_uri("http://grafana.internal/cb", allow_http=True)


@pytest.mark.compliance("RFC 6749", "3.1.2.3", "addresses are compared as they are")
@pytest.mark.parametrize(
    "asked",
    [
        "https://app.example.com/cb/",
        "https://app.example.com/CB",
        "https://APP.example.com/cb",
        "https://app.example.com:443/cb",
        "https://app.example.com/cb?",
        "https://app.example.com/cb?x=1",
        "https://app.example.com/cb#x",
        "https://app.example.com/./cb",
        "https://app.example.com/%63b",
        "https://user@app.example.com/cb",
        "https://app.example.com@evil.example/cb",
        "https://app.example.com\\.evil.example/cb",
        "https://app.example.com.evil.example/cb",
        "https://evil.example/https://app.example.com/cb",
        "http://app.example.com/cb",
        "//app.example.com/cb",
        " https://app.example.com/cb",
        "https://app.example.com/cb%00",
    ],
)
def test_almost_the_registered_address_is_another_one(asked: str) -> None:
    assert matches("https://app.example.com/cb", "https://app.example.com/cb")
    assert not matches("https://app.example.com/cb", asked)


@pytest.mark.compliance("RFC 8252", "7.3", "the port of a loopback address is not compared")
@pytest.mark.parametrize(
    ("registered", "asked", "same"),
    [
        (LOOPBACK, "http://127.0.0.1:51004/cb", True),
        ("http://127.0.0.1:8080/cb", "http://127.0.0.1/cb", True),
        ("http://[::1]/cb", "http://[::1]:51004/cb", True),
        ("http://localhost/cb", "http://localhost:3000/cb", True),
        (LOOPBACK, "http://127.0.0.2:51004/cb", False),
        (LOOPBACK, "http://localhost:51004/cb", False),
        (LOOPBACK, "http://127.0.0.1:51004/cb?x", False),
        (LOOPBACK, "http://127.0.0.1:51004/other", False),
        (LOOPBACK, "http://127.0.0.1:51004@evil.example/cb", False),
        (LOOPBACK, "http://127.0.0.1:0/cb", False),
        (LOOPBACK, "http://127.0.0.1:99999/cb", False),
        (LOOPBACK, "http://127.0.0.1:/cb", False),
        (LOOPBACK, "http://127.0.0.1:051004/cb", False),
        (LOOPBACK, "http://127.0.0.1.evil.example:1/cb", False),
        (LOOPBACK, "https://127.0.0.1:51004/cb", False),
        ("https://127.0.0.1/cb", "https://127.0.0.1:51004/cb", False),
    ],
)
def test_a_native_program_may_listen_on_any_port(registered: str, asked: str, same: bool) -> None:
    assert matches(registered, asked) is same


@pytest.mark.compliance("RFC 8252", "8.6", "only an https address of its own shows who receives an answer")
def test_only_https_addresses_are_claimed() -> None:
    assert is_claimed("https://app.example.com/cb")
    assert not any(map(is_claimed, [LOOPBACK, "com.example.app:/cb", "https://localhost/cb"]))

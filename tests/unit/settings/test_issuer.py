"""Which texts can be an issuer."""

import pytest

from gatepass_server.settings import Settings, SettingsError, load_settings
from gatepass_server.settings.issuer import is_loopback


@pytest.mark.compliance("RFC 8414", "2", "the issuer is an https URL without query and fragment")
@pytest.mark.parametrize(
    "issuer",
    [
        "https://auth.example.com",
        "https://auth.example.com/",
        "https://auth.example.com:8443/tenant-1/",
        "https://xn--mnchen-3ya.example",
        "https://[2001:db8::1]:8443",
        "https://192.0.2.1",
        "https://under_score.example/a%20b/~c",
        "http://localhost:8000",
        "http://app.localhost",
        "http://127.0.0.1:8000",
        "http://127.9.9.9",
        "http://[::1]:8000",
    ],
)
def test_an_issuer_is_kept_byte_for_byte(issuer: str) -> None:
    settings = load_settings(environ={"GATEPASS_ISSUER": issuer})
    assert settings.public_issuer == issuer
    assert settings.public_audience == issuer


@pytest.mark.compliance("RFC 8414", "2", "the issuer is an https URL without query and fragment")
@pytest.mark.parametrize(
    ("issuer", "word"),
    [
        ("auth.example.com", "absolute"),
        ("//auth.example.com", "absolute"),
        ("https:auth.example.com", "absolute"),
        ("https://", "absolute"),
        ("https:///path", "absolute"),
        ("ftp://auth.example.com", "absolute"),
        ("javascript:alert(1)", "absolute"),
        ("https://a.example?x=1", "no query"),
        ("https://a.example/?", "no query"),
        ("https://a.example/#", "no fragment"),
        ("https://a.example/#x", "no fragment"),
        ("https://ada@a.example", "no user"),
        ("https://ada:pw@a.example", "no user"),
        ("https://@a.example", "no user"),
        ("https://a.example:", "cannot be reached"),
        ("https://a.example:0", "cannot be reached"),
        ("https://a.example:99999", "not a URL"),
        ("https://a.example:x", "not a URL"),
        ("https://[::1", "not a URL"),
        ("https://[fe80::1%25eth0]", "cannot be reached"),
        ("https://a..example", "cannot be reached"),
        ("https://-a.example", "cannot be reached"),
        ("https://a.example\\@b.example", "characters"),
        ("https://a.example\n", "characters"),
        ("https://a.exa\tmple", "characters"),
        (" https://a.example", "characters"),
        ("https://münchen.example", "characters"),
        ("https://a.example/<script>", "characters"),
        ("https://a.example\0", "characters"),
        ("https://a.example/a/../b", "segments"),
        ("https://a.example//b", "segments"),
        ("http://a.example", "use https"),
        ("http://127.evil.example", "use https"),
        ("http://127.0.0.1.evil.example", "use https"),
        ("http://localhost.evil.example", "use https"),
        ("http://notlocalhost", "use https"),
        ("http://0.0.0.0:8000", "use https"),
        ("http://2130706433", "use https"),
        ("http://[::ffff:0.0.0.0]", "use https"),
    ],
    ids=ascii,
)
def test_anything_else_is_refused_in_one_sentence(issuer: str, word: str) -> None:
    with pytest.raises(SettingsError, match=word) as caught:
        load_settings(environ={"GATEPASS_ISSUER": issuer})
    assert len(caught.value.faults) == 1


def test_plain_http_needs_a_word_of_its_own() -> None:
    environ = {"GATEPASS_ISSUER": "http://a.example", "GATEPASS_INSECURE_HTTP": "true"}
    assert load_settings(environ=environ).issuer == "http://a.example"


def test_without_an_issuer_it_is_the_port_here() -> None:
    assert Settings(port=9000).public_issuer == "http://127.0.0.1:9000"
    assert Settings(audience="api").public_audience == "api"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.255.0.1", "::1", "localhost", "x.localhost"])
def test_what_never_leaves_the_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "127.1", "127.0.0.1.example", "localhost.example"])
def test_what_may_leave_the_machine(host: str) -> None:
    assert not is_loopback(host)

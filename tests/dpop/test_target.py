"""Which addresses are the same (RFC 3986 section 6.2, as RFC 9449 section 4.3 has it)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.dpop.target import normalised, same_target

EXAMPLES_OF_SECTION_5_4 = [
    ("/b/c/g", "/b/c/./g"),
    ("/b/c/g/", "/b/c/g/."),
    ("/b/c/", "/b/c/."),
    ("/b/c/", "/b/c/./"),
    ("/b/", "/b/c/.."),
    ("/b/", "/b/c/../"),
    ("/b/g", "/b/c/../g"),
    ("/", "/b/c/../.."),
    ("/g", "/b/c/../../g"),
    ("/g", "/b/c/../../../g"),
    ("/g", "/./g"),
    ("/g", "/../g"),
    ("/b/c/g.", "/b/c/g."),
    ("/b/c/.g", "/b/c/.g"),
    ("/b/c/g..", "/b/c/g.."),
    ("/b/c/..g", "/b/c/..g"),
    ("/b/g", "/b/c/./../g"),
    ("/b/c/g/", "/b/c/./g/."),
    ("/b/c/g/h", "/b/c/g/./h"),
    ("/b/c/h", "/b/c/g/../h"),
    ("/b/c/g;x=1/y", "/b/c/g;x=1/./y"),
    ("/b/c/y", "/b/c/g;x=1/../y"),
    ("/a/g", "/a/b/c/./../../g"),
    ("/", "/.."),
    ("/", "/."),
    ("/a/b", "/a//../b"),
]


@pytest.mark.compliance("RFC 3986", "6.2.2.3", "dot segments are removed")
@pytest.mark.parametrize(("plain", "path"), EXAMPLES_OF_SECTION_5_4)
def test_dot_segments_are_resolved(plain: str, path: str) -> None:
    assert normalised(f"http://a{path}") == f"http://a{plain}"


SAME = [
    ("HTTPS://API.Example.COM/orders", "https://api.example.com/orders"),
    ("https://api.example.com:443/orders", "https://api.example.com/orders"),
    ("https://api.example.com:/orders", "https://api.example.com/orders"),
    ("http://api.example.com:80", "http://api.example.com/"),
    ("https://api.example.com", "https://api.example.com/"),
    ("https://api.example.com?x=1", "https://api.example.com/"),
    ("https://api.example.com/%7euser/%41", "https://api.example.com/~user/A"),
    ("https://api.example.com/a%2fb", "https://api.example.com/a%2Fb"),
    ("https://api.example.com/%c3%a9", "https://api.example.com/%C3%A9"),
    ("https://api.example.com/a/%2E%2e/b", "https://api.example.com/b"),
    ("https://%61pi.example.com/", "https://api.example.com/"),
    ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]/"),
    ("https://[2001:db8:0::1]:8443/", "https://[2001:db8::1]:08443/"),
]


@pytest.mark.compliance("RFC 9449", "4.3", "htu is compared after normalization by syntax and scheme")
@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_target_are_the_same(one: str, other: str) -> None:
    assert same_target(one, other)
    assert same_target(other, one)


OTHER = [
    ("https://api.example.com/orders", "https://api.example.com/orders/"),
    ("https://api.example.com/orders", "https://api.example.com//orders"),
    ("https://api.example.com/orders", "https://api.example.com/ORDERS"),
    ("https://api.example.com/orders", "http://api.example.com/orders"),
    ("https://api.example.com:80/", "https://api.example.com/"),
    ("http://api.example.com:443/", "http://api.example.com/"),
    ("https://api.example.com/a%2Fb", "https://api.example.com/a/b"),
    ("https://api.example.com/a%3Fb", "https://api.example.com/a?b"),
    ("https://api.example.com/a%25b", "https://api.example.com/a%2525b"),
    ("https://api.example.com/%252e%252e/b", "https://api.example.com/b"),
    ("https://api.example.com/a;x=1", "https://api.example.com/a"),
    ("https://api.example.com./", "https://api.example.com/"),
    ("https://api.example.com/a+b", "https://api.example.com/a%20b"),
]


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_targets_are_not_the_same(one: str, other: str) -> None:
    assert not same_target(one, other)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/orders",
        "//api.example.com/orders",
        "https:///orders",
        "https://",
        "https://:443/",
        "ftp://api.example.com/",
        "javascript:alert(1)",
        "https://user:secret@api.example.com/",
        "https://@api.example.com/",
        "https://api.example.com\\@evil.example/",
        "https://api.example.com/%",
        "https://api.example.com/%4",
        "https://api.example.com/%zz",
        "https://api.example.com/%+1",
        "https://api.example.com/% 1",
        "https://api.example.com:443443/",
        "https://api.example.com:-1/",
        "https://api.example.com:4x/",
        "https://[::1/",
        "https://[v1.x]x/",
        "https://[::1]x/",
        "https://x[::1]/",
        "https://[::1%25eth0]/",
        "https://[api.example.com]/",
        "https://api%2fexample.com/",
        "https://api%40example.com/",
        "https://api.example.com:443:443/",
        "https://api.example.com/a\\b",
        "https://api.example.com/\u00e9",
        "https://\u0430pi.example.com/",
        "https://api.example.com/a b",
        "https://api.example.com/\x00",
        "https://api.example.com/\r\n",
        "\thttps://api.example.com/",
    ],
)
def test_what_is_no_plain_http_address_is_none(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - that it is refused is what counts; urlsplit words some of them
        normalised(url)


PATHS = st.text("ab./%~;:@2eEfF-", max_size=20)


@given(PATHS)
def test_a_normal_form_is_its_own_normal_form(path: str) -> None:
    try:
        once = normalised(f"https://api.example.com/{path}")
    except ValueError:
        return
    assert normalised(once) == once
    assert "/./" not in once
    assert "/../" not in once


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for url in (text, "https://" + text, "https://a/" + text):
        try:
            assert normalised(url).startswith(("http://", "https://"))
        except ValueError:
            continue

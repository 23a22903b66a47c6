"""What an address may look like before anybody asks where it leads."""

import pytest

from gatepass_server.outbound.errors import Forbidden
from gatepass_server.outbound.places import read_place, shown_url


@pytest.mark.parametrize(
    "url",
    [
        "http://keys.test/jwks",
        "http://localhost/jwks",
        "HTTP://keys.test/",
        "file:///etc/passwd",
        "ftp://keys.test/jwks",
        "data:application/json,{}",
        "gopher://keys.test:70/_x",
        "//keys.test/jwks",
        "keys.test/jwks",
        "https:///jwks",
        "https://",
        "",
        "https://user@keys.test/",
        "https://user:pw@keys.test/",
        "https://keys.test@127.0.0.1/",
        "https://keys.test:443@127.0.0.1/",
        "https://keys.test\\@127.0.0.1/",
        "https://keys.test\\.evil.test/",
        "https://keys.test /",
        "https://keys.test\r\nHost: evil.test/",
        "https://keys.test\t.evil.test/",
        "https://keys.test/\r\nX: y",
        "https://keys.test%2f.evil.test/",
        "https://k\u0435ys.test/",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://127\u30020.0.1/",
        "https://[::1%25eth0]/",
        "https://[::1/",
        "https://[v1.x]/",
        "https://keys.test:99999/",
        "https://keys.test:abc/",
        "https://keys.test./",
        "https://keys.test/" + "a" * 3000,
    ],
)
def test_an_address_that_can_be_read_in_two_ways_or_is_no_https_is_refused(url: str) -> None:
    with pytest.raises(Forbidden):
        read_place(url, plain_http=False)


def test_plain_http_is_read_where_the_operator_loosened_it() -> None:
    place = read_place("http://keys.test/a?b=c", plain_http=True)
    assert (place.is_https, place.host, place.port, place.target) == (False, "keys.test", 80, "/a?b=c")
    assert place.has_default_port
    with pytest.raises(Forbidden):
        read_place("ftp://keys.test/", plain_http=True)


def test_a_fragment_is_never_sent() -> None:
    assert read_place("https://Keys.Test#frag", plain_http=False).target == "/"
    assert read_place("https://keys.test/a?b#frag", plain_http=False).target == "/a?b"


def test_what_logs_show_of_an_address_has_no_query_no_fragment_and_no_password() -> None:
    assert shown_url("https://u:pw@keys.test/a?token=1#x") == "https://keys.test/a"
    assert shown_url("https://keys.test?token=1") == "https://keys.test"
    assert shown_url("https://keys.test/\r\nfake log line") == "https://keys.test/??fake log line"
    assert len(shown_url("https://keys.test/" + "a" * 999)) == 200

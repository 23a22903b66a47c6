"""The path that a client asked for, as servers hand it on."""

from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import pytest

from gatepass.dpop.target import same_target
from gatepass.guard.paths import asgi_path, wsgi_path


@pytest.mark.parametrize(
    ("environ", "path"),
    [
        ({"PATH_INFO": "/orders"}, "/orders"),
        ({"SCRIPT_NAME": "/v1", "PATH_INFO": "/orders"}, "/v1/orders"),
        ({"SCRIPT_NAME": "/v1", "PATH_INFO": ""}, "/v1"),
        ({"PATH_INFO": ""}, "/"),
        ({}, "/"),
        ({"PATH_INFO": "/a b"}, "/a%20b"),
        ({"PATH_INFO": "/100%"}, "/100%25"),
        ({"PATH_INFO": "/\xc3\xa9"}, "/%C3%A9"),  # PEP 3333: bytes of UTF-8, read as latin-1
        ({"PATH_INFO": "/a;b=c,d@e:f"}, "/a;b=c,d@e:f"),
        ({"PATH_INFO": "/a?b#c"}, "/a%3Fb%23c"),  # both were encoded, or they would not be in the path
        ({"PATH_INFO": "/decoded/x", "REQUEST_URI": "/decoded%2Fx?y=1"}, "/decoded%2Fx"),
        ({"PATH_INFO": "/decoded/x", "RAW_URI": "/decoded%2Fx?y=1"}, "/decoded%2Fx"),
        ({"PATH_INFO": "/x", "REQUEST_URI": "http://elsewhere.test/x?y"}, "/x"),
        ({"PATH_INFO": "/x", "REQUEST_URI": "http://elsewhere.test"}, "/"),
        ({"PATH_INFO": "//x/y", "REQUEST_URI": "//x/y"}, "//x/y"),
        ({"PATH_INFO": "*", "REQUEST_URI": "*"}, "*"),
        ({"PATH_INFO": "/x", "REQUEST_URI": "http://[broken/x"}, "/"),
        ({"PATH_INFO": "/x", "REQUEST_URI": ""}, "/x"),
    ],
)
def test_the_path_of_a_wsgi_request(environ: dict[str, Any], path: str) -> None:
    assert wsgi_path(environ) == path


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ({"path": "/orders", "raw_path": b"/orders"}, "/orders"),
        ({"path": "/decoded/x", "raw_path": b"/decoded%2Fx"}, "/decoded%2Fx"),
        ({"path": "/x", "raw_path": b"/x?y=1"}, "/x"),  # some servers leave the query there
        ({"path": "/a b"}, "/a%20b"),
        ({"path": "/é", "raw_path": None}, "/%C3%A9"),
        ({"path": "/\udcff", "raw_path": b""}, "/%3F"),
        ({"path": ""}, "/"),
        ({}, "/"),
    ],
)
def test_the_path_of_an_asgi_request(scope: dict[str, Any], path: str) -> None:
    assert asgi_path(scope) == path


@pytest.mark.parametrize("sent", ["/orders/7", "/a%20b", "/%C3%A9", "/a;b=c,d@e:f!$&'()*+", "/~ann/x.y-z_"])
def test_a_path_without_encoded_delimiters_survives_a_server_that_decodes_it(sent: str) -> None:
    by_wsgi = wsgi_path({"PATH_INFO": unquote_to_bytes(sent).decode("latin-1")})
    by_asgi = asgi_path({"path": unquote(sent)})
    for path in (by_wsgi, by_asgi):
        assert same_target(f"https://api.test{path}", f"https://api.test{sent}")

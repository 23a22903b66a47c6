"""Requests that no honest client sends, by name: the arguments of a Werkzeug test client."""

import json
from typing import Any

from gatepass_server.web.body import MAX_BODY_BYTES

Case = dict[str, Any]

FIELDS = ("name", "email", "password", "refresh_token")
JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
_GOOD = {
    "name": "Ann",
    "email": "ann@example.com",
    "password": "one fine long password",
    "refresh_token": "gp_rt_x",
}


def _json(data: str | bytes, **more: Any) -> Case:
    raw = data.encode() if isinstance(data, str) else data
    return {"data": raw, "content_type": JSON, **more}


def _form(data: bytes) -> Case:
    return {"data": data, "content_type": FORM}


def _multipart(*parts: bytes, end: bytes = b"--x--\r\n") -> Case:
    data = b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + end
    return {"data": data, "content_type": f"{MULTIPART}; boundary=x"}


def _part(name: str, value: bytes, more: bytes = b"") -> bytes:
    return b'Content-Disposition: form-data; name="%s"%s\r\n\r\n%s' % (name.encode(), more, value)


def _each(value: str) -> str:
    """A JSON object whose every field is ``value``, which is JSON already."""
    return "{" + ", ".join(f'"{name}": {value}' for name in FIELDS) + "}"


def _urlencoded(value: bytes) -> bytes:
    return b"&".join(name.encode() + b"=" + value for name in FIELDS)


BODIES: dict[str, Case] = {
    "no body": {},
    "an empty JSON body": _json(""),
    "an empty form": _form(b""),
    "an empty multipart form": _multipart(),
    "no content type": {"data": b"name=Ann", "content_type": ""},
    "a content type of another kind": {"data": b"<a/>", "content_type": "application/xml"},
    "a content type that is none": {"data": b"x", "content_type": "\x7f;;=;\\"},
    "text that claims nothing": {"data": json.dumps(_GOOD).encode(), "content_type": "text/plain"},
    "a JSON array": _json("[]"),
    "a JSON string": _json('"name"'),
    "a JSON number": _json("1"),
    "JSON null": _json("null"),
    "truncated JSON": _json('{"email": "ann@exam'),
    "JSON with more behind it": _json(json.dumps(_GOOD) + "{}"),
    "single quotes": _json("{'email': 'a'}"),
    "numbers as fields": _json(_each("1")),
    "booleans as fields": _json(_each("true")),
    "nulls as fields": _json(_each("null")),
    "arrays as fields": _json(_each('["a"]')),
    "objects as fields": _json(_each('{"$ne": ""}')),
    "NaN": _json(_each("NaN")),
    "Infinity beside good fields": _json(json.dumps({**_GOOD, "email": "?", "other": float("inf")})),
    "a huge exponent": _json(_each("1e999999")),
    "a number of 60,000 digits": _json('{"email": ' + "9" * 60_000 + "}"),
    "JSON of 20,000 levels": _json("[" * 20_000),
    "objects of 10,000 levels": _json('{"a":' * 10_000 + "1" + "}" * 10_000),
    "JSON of 100,000 levels": _json("[" * 100_000 + "]" * 100_000),
    "a duplicate field in JSON": _json('{"email": "a@example.com", "email": "b@example.com"}'),
    "a duplicate field that nobody asked for": _json('{"a": 1, "a": 2}'),
    "lone surrogates escaped": _json(_each(r'"\ud800"')),
    "lone surrogates as raw bytes": _json(_each('"?"').encode().replace(b"?", b"\xed\xa0\x80")),
    "JSON that is not UTF-8": _json(_each('"?"').encode().replace(b"?", b"\xff\xfe")),
    "JSON in UTF-16": {"data": json.dumps(_GOOD).encode("utf-16"), "content_type": f"{JSON}; charset=utf-16"},
    "JSON in UTF-8 with a byte order mark": _json(b"\xef\xbb\xbf" + json.dumps(_GOOD).encode()),
    "a charset that does not exist": _json(_each('""'), content_type=f"{JSON}; charset=nonsense"),
    "NULs escaped": _json(_each(r'"\u0000"')),
    "raw NULs": _json(_each('"\0"')),
    "NULs in a form": _form(_urlencoded(b"%00")),
    "a form that is not UTF-8": _form(_urlencoded(b"%ff%fe")),
    "a form of raw bytes that are not UTF-8": _form(_urlencoded(b"\xff\xfe")),
    "a form of lone surrogates": _form(_urlencoded(b"%ed%a0%80")),
    "broken percent signs": _form(_urlencoded(b"%zz%")),
    "duplicate fields in a form": _form(_urlencoded(b"a") + b"&" + _urlencoded(b"b")),
    "a form of 50,000 fields": _form(b"a&" * 30_000),
    "a name of 1 MB in JSON": _json(_each(json.dumps("a" * 250_000))),
    "a name of 1 MB in a form": _form(b"name=" + b"a" * 1_000_000),
    "a name of 1 MB in a multipart form": _multipart(_part("name", b"a" * 1_000_000)),
    "a name as long as the limit lets through": _form(b"name=" + b"a" * (MAX_BODY_BYTES - 5)),
    "fields of 15,000 characters": _json(_each(json.dumps("\u00e9" * 7_000))),
    "a multipart form without boundary": {"data": b"--x\r\n", "content_type": MULTIPART},
    "a multipart form that stops": _multipart(_part("email", b"a"), end=b""),
    "a multipart form with another boundary": {"data": b"--y--", "content_type": f"{MULTIPART}; boundary=x"},
    "a boundary of other letters": {"data": b"x", "content_type": f"{MULTIPART}; boundary=\u00e9"},
    "a multipart form that is not UTF-8": _multipart(*(_part(name, b"\xff\xfe") for name in FIELDS)),
    "files as fields": _multipart(*(_part(name, b"a", b'; filename="f"') for name in FIELDS)),
    "duplicate parts": _multipart(*(_part(name, b"a") for name in FIELDS * 2)),
    "parts without names": _multipart(b"Content-Disposition: form-data\r\n\r\na", b"\r\n\r\nb"),
    "a part with a header of 10 kB": _multipart(_part("email", b"a", b"; x=" + b"a" * 10_000)),
    "1,000 parts": _multipart(*(_part(f"p{number}", b"") for number in range(1_000))),
    "an encoding that was not asked for": {**_json(json.dumps(_GOOD)[:-1]), "headers": {"Content-Encoding": "gzip"}},
    "a length that is a word": {"headers": {"Content-Length": "many"}, "content_type": JSON},
    "a negative length": {"headers": {"Content-Length": "-1"}, "content_type": JSON},
}  # fmt: skip

HEADERS: dict[str, dict[str, str]] = {
    "a token of 100 kB": {"Authorization": "Bearer " + "a" * 100_000},
    "a token of 100 kB in the article's header": {"x-access-token": "eyJ" + "a" * 100_000 + ".a.a"},
    "a token of 10,000 dots": {"Authorization": "Bearer " + "." * 10_000},
    "a token of NULs": {"Authorization": "Bearer \0\0"},
    "a token that is not ASCII": {"Authorization": "Bearer \xff\xe9"},
    "an empty token": {"Authorization": "Bearer "},
    "an empty header": {"Authorization": "", "x-access-token": ""},
    "another scheme": {"Authorization": "Basic YTpi"},
    "a scheme alone": {"Authorization": "Bearer"},
    "two tokens joined": {"Authorization": "Bearer a, Bearer b"},
    "a deep header in a token": {"Authorization": "Bearer W1tbW1tbW1tbW1tb.W1tb.W1tb"},
    "a number as header of a token": {"Authorization": "Bearer MQ.MQ.MQ"},
    "a null as header of a token": {"x-access-token": "bnVsbA.bnVsbA.bnVsbA"},
    "alg none": {"x-access-token": "eyJhbGciOiJub25lIn0.e30."},
    "an odd Accept": {"Accept": "*/*;q=x, \xff"},
    "a header of 100 kB": {"User-Agent": "a" * 100_000},
    "a range": {"Range": "bytes=9-1", "If-None-Match": "\xff", "If-Modified-Since": "x"},
    "an odd cookie": {"Cookie": "=;=\xff; a=\x01"},
    "an odd host": {"Host": "\xff:99999999"},
    "an odd id": {"X-Request-Id": "a\x7f\xff", "X-Forwarded-For": ",,,\xff"},
    "an expectation": {"Expect": "the unexpected"},
}

QUERIES = (
    "after=%00", "after=%ff", "after=%ed%a0%80", "after=" + "a" * 60_000, "limit=1e999", "limit=-1", "limit=NaN",
    "limit=%d9%a1", "limit=" + "9" * 10_000, "limit=1&limit=1", "after=a&after=a", "limit[]=1", "&&&===", "%", "?",
    "limit=1;after=2", "access_token=a.b.c", "\xff", "a&" * 10_000,
)  # fmt: skip

METHODS = (
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "BREW",
    "\xff",
    "A" * 5_000,
)

"""One argument of the address, for pages: what cannot be read was not sent."""

from flask import request


def query_argument(name: str) -> str:
    """The argument; empty without one, and where the query has raw bytes that are not UTF-8, which no browser sends."""
    try:
        return request.args.get(name, "")
    except UnicodeDecodeError:
        return ""

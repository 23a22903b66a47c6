"""httpx reads the world's certificates anew for every client, even for one request over plain http: 50 ms each time."""

import os
import ssl
from typing import Any

import httpx
from httpx._transports import default

_make = httpx.create_ssl_context
_made: dict[object, ssl.SSLContext] = {}


def _make_once(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    if verify is not True or cert is not None:
        return _make(verify, cert, trust_env)
    asked = (trust_env, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    if asked not in _made:
        _made[asked] = _make(verify, cert, trust_env)
    return _made[asked]


def read_certificates_once() -> None:
    """From now on, in this process, for clients that trust whom everybody trusts."""
    changed: Any = default
    changed.create_ssl_context = _make_once

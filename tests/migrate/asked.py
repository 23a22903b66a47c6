"""The requests that the tables of the guides name."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.migrate.minting import Mint

Request = tuple[str, list[tuple[str, str]]]
"""A path, and headers."""


def bearer(token: str, path: str = "/protected", scheme: str = "Bearer") -> Request:
    return path, [("Authorization", f"{scheme} {token}")]


def _changed(token: str) -> str:
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    told = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "root"}).encode()).decode().rstrip("=")
    return f"{header}.{told}.{signature}"


def _scoped(path: str, **mint: Any) -> Callable[[Mint], Request]:
    return lambda make: bearer(make(**mint), path)


def _plain(**mint: Any) -> Callable[[Mint], Request]:
    return _scoped("/protected", **mint)


def _timed(**seconds: int) -> Callable[[Mint], Request]:
    """Claims that lie so many seconds ahead of now."""
    return lambda make: bearer(make(claims={name: int(time.time()) + far for name, far in seconds.items()}))


REQUESTS: Mapping[str, Callable[[Mint], Request]] = {
    "a good token": _plain(),
    "no token": lambda _: ("/protected", []),
    "`Basic` instead of `Bearer`": lambda _: bearer("YW5uOnB3", scheme="Basic"),
    "`bearer` in lower case": lambda make: bearer(make(), scheme="bearer"),
    "two `Authorization` headers": lambda make: ("/protected", bearer(make())[1] * 2),
    "not a token": lambda _: bearer("nonsense"),
    "expired": _timed(exp=-7200, iat=-9000),
    "not valid yet": _timed(nbf=7200),
    "issued 30 seconds in the future": _timed(iat=30),
    "signed with another key": _plain(forged=True),
    "claims changed after signing": lambda make: bearer(_changed(make())),
    "`alg` `none`": _plain(header={"alg": "none"}),
    "a `kid` that nobody knows": _plain(header={"kid": "unknown"}),
    "`crit` in the header": _plain(header={"crit": ["x"], "x": 1}),
    "another issuer": _plain(claims={"iss": "https://elsewhere.test"}),
    "another audience": _plain(claims={"aud": "billing-api"}),
    "no `iss`": _plain(without=["iss"]),
    "no `aud`": _plain(without=["aud"]),
    "no `exp`": _plain(without=["exp"]),
    "no `sub`": _plain(without=["sub"]),
    "no `client_id`, `jti` and `iat`": _plain(without=["client_id", "jti", "iat"]),
    "no `typ`": _plain(header={"typ": None}),
    "`typ` `JWT`": _plain(header={"typ": "JWT"}),
    "`typ` `logout+jwt`": _plain(header={"typ": "logout+jwt"}),
    "a list as `scope`": _plain(claims={"scope": ["orders:read"]}),
    "longer than 16,384 characters": _plain(claims={"padding": "x" * 16000}),
    "`/orders` with the scope": _scoped("/orders"),
    "`/orders` without the scope": _scoped("/orders", claims={"scope": "other", "scopes": ["other"]}),
    "a refresh token": _plain(claims={"type": "refresh"}),
    "no `type`": _plain(without=["type"]),
    "`/staff` with the role": _scoped("/staff"),
    "`/staff` with another role": _scoped("/staff", claims={"role": "guest"}),
    "a user who is not active": _plain(claims={"sub": "00000000-0000-0000-0000-000000000003"}),
    "a user who is not there": _plain(claims={"sub": "00000000-0000-0000-0000-000000000004"}),
    "a `sub` that is no UUID": _plain(claims={"sub": "ann"}),
    "`/admin` as a superuser": _scoped("/admin", claims={"sub": "00000000-0000-0000-0000-000000000002"}),
    "`/admin` as somebody else": _scoped("/admin"),
}

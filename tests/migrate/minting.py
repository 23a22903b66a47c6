"""Tokens as the old programs sign them, and with everything that can be wrong with one."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import jwt

from gatepass.testing import FakeIssuer

AUDIENCE = "orders-api"
SECRET = "a secret of the old program, of more than thirty-two bytes"
OTHER_SECRET = "a secret of nobody we know, of more than thirty-two bytes"


class Mint(Protocol):
    """Makes a good token, but for what is asked otherwise."""

    def __call__(
        self,
        *,
        claims: Mapping[str, Any] = ...,
        without: Sequence[str] = ...,
        header: Mapping[str, Any] = ...,
        forged: bool = ...,
    ) -> str:
        """Make one.

        Args:
            claims: Claims to set.
            without: Claims to leave out.
            header: Header parameters to set; ``None`` leaves one out.
            forged: Sign with a key that the program does not know.
        """
        ...


class WithSecret:
    """Signs as PyJWT does: HS256, ``typ`` ``JWT``.

    Args:
        claims: What every good token says besides ``exp``.
    """

    def __init__(self, **claims: Any) -> None:
        self._claims = claims

    def __call__(
        self,
        *,
        claims: Mapping[str, Any] = {},
        without: Sequence[str] = (),
        header: Mapping[str, Any] = {},
        forged: bool = False,
    ) -> str:
        told = {**self._claims, "exp": int(time.time()) + 600, **claims}
        kept = {name: value for name, value in told.items() if name not in without}
        if header.get("alg") == "none":
            return jwt.encode(kept, "", "none", headers=dict(header))
        return jwt.encode(kept, OTHER_SECRET if forged else SECRET, "HS256", headers=dict(header))


class WithKey:
    """Signs as an issuer does that publishes its keys.

    Args:
        issuer: Whose keys.
        typ: What its tokens are called.
    """

    def __init__(self, issuer: FakeIssuer, typ: str) -> None:
        self._issuer, self._typ = issuer, typ

    def __call__(
        self,
        *,
        claims: Mapping[str, Any] = {},
        without: Sequence[str] = (),
        header: Mapping[str, Any] = {},
        forged: bool = False,
    ) -> str:
        told = {"typ": self._typ, **header}
        typ = told.pop("typ") or ""
        none = told.pop("alg", None) == "none"
        return self._issuer.token(
            "ann",
            scopes=["orders:read"],
            client_id="web",
            claims=claims,
            without=without,
            header={**told, **({"kid": self._issuer.kid} if forged else {})},
            typ=typ,
            key="other" if forged else None,
            alg="none" if none else None,
        )

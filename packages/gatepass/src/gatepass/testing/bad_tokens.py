"""Every kind of token that an API must refuse, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gatepass.testing.issuer import FakeIssuer


@dataclass(frozen=True, slots=True)
class BadToken:
    """A token that is wrong in one way and right in every other.

    Attributes:
        name: Its kind, one of :data:`BAD_TOKENS`.
        token: The token, in compact form.
        code: The ``TokenError.code`` with which the issuer's verifier refuses it.
        sentence: What is wrong with it.
    """

    name: str
    token: str = field(repr=False)
    code: str
    sentence: str

    @property
    def headers(self) -> dict[str, str]:
        """A request's headers with this token."""
        return {"Authorization": f"Bearer {self.token}"}

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of bad token, and how it is made."""

    name: str
    code: str
    sentence: str
    make: Callable[[FakeIssuer], str]

    def of(self, issuer: FakeIssuer) -> BadToken:
        """Make one."""
        return BadToken(self.name, self.make(issuer), self.code, self.sentence)


def _without(claim: str) -> Kind:
    return Kind(
        f"without_{claim}",
        "invalid_claims",
        f"It has no {claim}.",
        lambda issuer: issuer.token(without=[claim]),
    )


KINDS: Final[Sequence[Kind]] = (
    Kind("no_token", "malformed", "It is no token at all.", lambda _: "no-token"),
    Kind(
        "cut_short",
        "malformed",
        "Its third segment is missing.",
        lambda issuer: issuer.token().rpartition(".")[0],
    ),
    Kind(
        "critical",
        "malformed",
        "Its header demands an extension that nobody knows (crit).",
        lambda issuer: issuer.token(header={"crit": ["x"], "x": 1}),
    ),
    Kind(
        "unsigned",
        "unsupported_algorithm",
        "Its alg is none, and it has no signature.",
        lambda issuer: issuer.token(alg="none"),
    ),
    Kind(
        "confused",
        "unsupported_algorithm",
        "It is signed with the public key as if that were a shared secret.",
        lambda issuer: issuer.token(alg="HS256"),
    ),
    Kind(
        "other_key",
        "unknown_key",
        "It is signed with a key that is not the issuer's.",
        lambda issuer: issuer.token(key="other"),
    ),
    Kind(
        "own_key",
        "unknown_key",
        "It is signed with a key that is not the issuer's and brings that key along (jwk).",
        lambda issuer: issuer.token(key="other", header={"jwk": issuer.other_key.public_jwk()}),
    ),
    Kind(
        "forged",
        "invalid_signature",
        "It is signed with another key under the name (kid) of the issuer's.",
        lambda issuer: issuer.token(key=issuer.other_key.named(issuer.kid)),
    ),
    Kind(
        "tampered",
        "invalid_signature",
        "Its claims were changed after it was signed.",
        lambda issuer: issuer.token(tampered=True),
    ),
    Kind(
        "no_signature",
        "invalid_signature",
        "Its signature was removed.",
        lambda issuer: issuer.token().rpartition(".")[0] + ".",
    ),
    Kind(
        "wrong_type",
        "wrong_type",
        "It is another kind of token (typ JWT), for instance an ID token.",
        lambda issuer: issuer.token(typ="JWT"),
    ),
    Kind("without_typ", "wrong_type", "It has no typ.", lambda issuer: issuer.token(typ="")),
    *map(_without, ("iss", "aud", "sub", "exp")),
    Kind(
        "odd_expiry",
        "invalid_claims",
        "Its exp is a text, not a number.",
        lambda issuer: issuer.token(claims={"exp": "tomorrow"}),
    ),
    Kind("expired", "expired", "Its time is over.", lambda issuer: issuer.token(expired=True)),
    Kind(
        "not_yet_valid",
        "not_yet_valid",
        "Its time has not come (nbf).",
        lambda issuer: issuer.token(not_yet_valid=True),
    ),
    Kind(
        "wrong_issuer",
        "wrong_issuer",
        "It names another issuer, though the key is right.",
        lambda issuer: issuer.token(issuer="https://other-issuer.test"),
    ),
    Kind(
        "wrong_audience",
        "wrong_audience",
        "It is meant for another API.",
        lambda issuer: issuer.token(audience="https://other-api.test"),
    ),
)

BAD_TOKENS: Final[Mapping[str, str]] = MappingProxyType({kind.name: kind.code for kind in KINDS})
"""Every kind of bad token, and the ``TokenError.code`` with which the issuer's verifier refuses it.

A verifier by PEM has no names of keys, so it refuses ``other_key`` and ``own_key`` with ``invalid_signature``.
"""


def bad_token(issuer: FakeIssuer, name: str) -> BadToken:
    """Make a bad token of one kind.

    Raises:
        ValueError: There is no such kind.
    """
    for kind in KINDS:
        if kind.name == name:
            return kind.of(issuer)
    raise ValueError(f"There is no bad token {name!r}; there are {', '.join(BAD_TOKENS)}.")

"""Keys and signers."""

from pathlib import Path
from typing import assert_type

from gatepass import Key, KeySource, Signer, Verifier, load_key


def keys() -> list[Key]:
    """Every way to a key."""
    made = Key.generate("RS256", 4096)
    assert_type(made, Key)
    assert_type(made.kid, str)
    assert_type(made.kind, str)
    assert_type(made.bits, int)
    assert_type(made.thumbprint, str)
    assert_type(made.is_private, bool)
    assert_type(made.algorithms, tuple[str, ...])
    assert_type(made.default_algorithm, str)
    assert_type(made.public_jwk(), dict[str, str])
    assert_type(made.public_jwk("RS512"), dict[str, str])
    assert_type(made.public_pem(), str)
    assert_type(made.to_private_der(), bytes)
    return [
        made.public().named("key-1").restrict(["RS256"]),
        Key.from_private_der(b"", trusted=True),
        Key.from_raw(object()),
        load_key("key.pem"),
        load_key(Path("key.pem"), "passphrase"),
        load_key(b"-----BEGIN", passphrase=b"passphrase", private=True),
    ]


def signed(key: Key) -> str:
    """Every way to a token."""
    signer = Signer(key, issuer="i", audience="a", algorithm="RS256", clock=lambda: 0.0)
    assert_type(signer.algorithm, str)
    assert_type(signer.kid, str)
    Signer.from_secret("secret", issuer="i", audience=["a", "b"], algorithm="HS512").issue("user-1")
    token = signer.issue(
        "user-1",
        expires_in=60,
        scopes=("orders:read",),
        claims={"roles": ["admin"], "level": 3},
        audience=["b"],
        client_id="web",
        typ="at+jwt",
        jti="1",
    )
    assert_type(token, str)
    return token


class OneKey:
    """A source of keys of somebody's own: nothing to inherit from."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def find(self, kid: str | None, alg: str) -> list[Key]:
        """Return the key, if it is called so."""
        return [self._key] if kid == self._key.kid and alg in self._key.algorithms else []


def with_a_source(key: Key) -> Verifier:
    """It serves a verifier."""
    source: KeySource = OneKey(key)
    return Verifier("i", audience="a", keys=source)

"""Mutations that put another signature under a token, changed or not."""

import hmac
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from gatepass import Key
from tests.fuzz import values
from tests.fuzz.cast import SECRET, sign
from tests.fuzz.mutations import Scene, decoded, encoded, pick, written

_HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def _resigned(scene: Scene, header: Mapping[str, object], signature_of: "Signer") -> str:
    head = encoded(written(header))
    payload = scene.segments()[1]
    signing_input = f"{head}.{payload}".encode("utf-8", "surrogatepass")
    return f"{head}.{payload}.{encoded(signature_of(signing_input))}"


class Signer:
    """Signs with a key, in one of its algorithms."""

    def __init__(self, key: Key, number: int) -> None:
        self.key = key
        self.alg: str = pick(key.algorithms, number)

    def __call__(self, signing_input: bytes) -> bytes:
        return sign(signing_input, self.key, self.alg)


class Hmac(Signer):
    """Signs with something that is published."""

    def __init__(self, secret: bytes, number: int) -> None:
        self.secret = secret
        self.alg = pick(tuple(_HASHES), number)

    def __call__(self, signing_input: bytes) -> bytes:
        return hmac.digest(self.secret, signing_input, _HASHES[self.alg])


def sign_as_an_attacker(scene: Scene, which: int, header: int, admin: int) -> str:
    """Somebody's own key: under its own name, the issuer's, or none; with the key in the header, or its address."""
    key: Key = pick(scene.cast.attackers, which)
    signer = Signer(key, 0)
    old = scene.members(0)
    own = {**old, "alg": signer.alg}
    headers: Sequence[Mapping[str, object]] = (
        *(own, {**own, "kid": key.kid}, {name: value for name, value in own.items() if name != "kid"}, old),
        *({**own, "jwk": key.public_jwk()}, {**own, "kid": key.kid, "jwk": key.public_jwk()}),
        *(
            {**own, "jku": "https://evil.example/k"},
            {**own, "x5u": "file:///k"},
            {**own, "x5c": [key.public_pem()]},
        ),
        {"alg": signer.alg, "typ": "at+jwt"},
    )
    if admin % 2:
        scene.text = scene.with_segment(1, encoded(written(scene.members(1) | {"sub": "admin"})))
    return _resigned(scene, pick(headers, header), signer)


def sign_with_another_house(scene: Scene, which: int, alg: int, kid: int) -> str:
    """The key of another issuer, in any of its algorithms, and under any name of the two."""
    others = [house for house in scene.cast.houses if house is not scene.house]
    house = pick(others, which)
    key: Key = pick(house.keys, which // len(others))
    scene.signers.add(house.name)
    signer = Signer(key, alg)
    header = scene.members(0) | {"alg": signer.alg}
    if kid % 3 == 1:
        header["kid"] = key.kid
    elif kid % 3 == 2:
        header.pop("kid", None)
    return _resigned(scene, header, signer)


def sign_with_what_is_published(scene: Scene, which: int, alg: int, named: int) -> str:
    signer = Hmac(pick(scene.cast.published, which), alg)
    said = signer.alg if named % 4 else scene.members(0).get("alg")
    return _resigned(scene, {**scene.members(0), "alg": said}, signer)


def name_another_algorithm_and_sign(scene: Scene, which: int, said: int, used: int) -> str:
    """An attacker's key of any kind, used with one algorithm and said to be another."""
    key: Key = pick(scene.cast.attackers, which)
    return _resigned(scene, {**scene.members(0), "alg": pick(values.ALGORITHMS, said)}, Signer(key, used))


def replace_the_signature(scene: Scene, how: int, number: int, _: int) -> str:
    """Bytes that are no signature, or one in another form. (r, n - s) is left out: that one is good."""
    raw = decoded(scene.segments()[2])
    half = len(raw) // 2
    r, s = int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
    order = ec.SECP256R1().group_order
    size = number % 300
    ways = (
        *(
            b"",
            b"\0" * size,
            b"\xff" * size,
            b"\0" * len(raw),
            raw[half:] + raw[:half],
            raw[::-1],
            raw[:half],
            raw * 2,
        ),
        *(
            raw + b"\0",
            b"\0" + raw,
            raw[:-1],
            raw[1:],
            encode_dss_signature(r, s) if half else b"",
            hmac.digest(SECRET, raw, "sha256"),
        ),
        *(
            (order + r % order).to_bytes(33, "big") + raw[half:],
            b"\0" * half + raw[half:],
            raw[:half] + b"\0" * half,
        ),
        *(
            raw[:half] + (1).to_bytes(max(half, 1), "big"),
            bytes(number % 256 for _ in raw),
            raw[: number % (len(raw) + 1)],
        ),
    )
    return scene.with_segment(2, encoded(pick(ways, how)))

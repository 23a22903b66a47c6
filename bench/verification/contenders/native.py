"""Libraries whose whole check is compiled: Rust, with AWS-LC or ring for the signature."""

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from bench.verification.contenders.on_cryptography import REQUIRED
from bench.verification.sides import Check, Contender, Kind
from bench.verification.tokens import AUDIENCE, ISSUER, Material


def _ryjwt(material: Material) -> Check:
    ryjwt = import_module("ryjwt")
    key = ryjwt.PublicKey.from_jwks(
        {"keys": [material.jwk]}, algorithms=[material.lane.alg], audience=AUDIENCE, issuer=ISSUER
    )
    struct, claims = import_module("msgspec").defstruct, ("iat", "nbf", "jti", "client_id", "scope", "sid")
    # It has no list of required claims; a type to read them into makes it demand them, and that sub is a string.
    types = {name: int if name in {"exp", "iat", "nbf"} else str for name in (*REQUIRED, *claims)}
    into = struct("Claims", list(types.items()))
    decode = key.decode
    return lambda token: decode(token, into=into)


def _members(claims: Any) -> Mapping[str, Any]:
    members: Mapping[str, Any] = import_module("msgspec").to_builtins(claims)
    return members


def _jwtoxide(material: Material) -> Check:
    jwtoxide = import_module("jwtoxide")
    key = jwtoxide.DecodingKey.from_jwk(jwtoxide.Jwk.from_json(json.dumps(material.jwk)))
    options = jwtoxide.ValidationOptions(
        aud={AUDIENCE},
        iss={ISSUER},
        required_spec_claims=set(REQUIRED),
        leeway_seconds=0,
        algorithms=[material.lane.alg],
    )
    decode = jwtoxide.decode
    return lambda token: decode(token, key, options)


def _oxyjwt(material: Material) -> Check:
    oxyjwt = import_module("oxyjwt")
    key, algorithms = oxyjwt.DecodingKey.from_jwk(json.dumps(material.jwk)), [material.lane.alg]
    options = {"require": list(REQUIRED)}
    decode = oxyjwt.decode
    return lambda token: decode(
        token, key, algorithms=algorithms, audience=AUDIENCE, issuer=ISSUER, options=options, typ="at+jwt"
    )


def _webtoken(material: Material) -> Check:
    webtoken = import_module("webtoken")
    key, algorithms = webtoken.PyJWK(dict(material.jwk)), [material.lane.alg]
    options = {"require": list(REQUIRED)}
    decode = webtoken.decode
    return lambda token: decode(
        token, key, algorithms=algorithms, audience=AUDIENCE, issuer=ISSUER, options=options
    )


CONTENDERS = (
    Contender("ryjwt", "ryjwt", Kind.NATIVE, _ryjwt, _members),
    Contender("jwtoxide", "jwtoxide", Kind.NATIVE, _jwtoxide),
    Contender("oxyjwt", "oxyjwt", Kind.NATIVE, _oxyjwt),
    Contender("webtoken", "webtoken", Kind.NATIVE, _webtoken),
)

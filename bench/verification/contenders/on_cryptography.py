"""Libraries written in Python whose signatures ``cryptography`` checks, as it does ours.

They are imported by name while the benchmark runs: they live in the peers' environment alone.
"""

import json
import warnings
from importlib import import_module
from typing import Any

from bench.verification.sides import Check, Contender, Kind, NotSupportedError
from bench.verification.tokens import AUDIENCE, ISSUER, Material

REQUIRED = ("iss", "aud", "exp", "sub")


def _pyjwt(material: Material) -> Check:
    jwt, algorithms = import_module("jwt"), [material.lane.alg]
    key, options = jwt.PyJWK(dict(material.jwk)), {"require": list(REQUIRED)}
    return lambda token: jwt.decode(
        token, key, algorithms=algorithms, audience=AUDIENCE, issuer=ISSUER, options=options
    )


def _joserfc(material: Material) -> Check:
    jwt, jwk = import_module("joserfc.jwt"), import_module("joserfc.jwk")
    key, algorithms = jwk.import_key(dict(material.jwk)), [material.lane.alg]
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
        sub={"essential": True},
    )

    def check(token: str) -> Any:
        decoded = jwt.decode(token, key, algorithms=algorithms)
        registry.validate(decoded.claims)
        return decoded.claims

    return check


def _authlib_jose(material: Material) -> Check:
    import_module("authlib.deprecate")  # which insists on its warnings when it is imported, so it goes first
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is deprecated, and what programs still use
        jose = import_module("authlib.jose")
    jwt, key = jose.JsonWebToken([material.lane.alg]), jose.JsonWebKey.import_key(dict(material.jwk))
    options = {
        "iss": {"essential": True, "value": ISSUER},
        "aud": {"essential": True, "value": AUDIENCE},
        "exp": {"essential": True},
        "sub": {"essential": True},
    }

    def check(token: str) -> Any:
        claims = jwt.decode(token, key, claims_options=options)
        claims.validate()
        return claims

    return check


def _authlib_protector(material: Material) -> Check:
    if material.lane.alg in {"PS256", "EdDSA"}:
        raise NotSupportedError  # its validator takes joserfc's recommended algorithms, and no others
    rfc9068, jwk = import_module("authlib.oauth2.rfc9068"), import_module("joserfc.jwk")
    keys = jwk.KeySet([jwk.import_key(dict(material.jwk))])
    validator = rfc9068.JWTBearerTokenValidator(ISSUER, AUDIENCE)
    validator.get_jwks = lambda: keys

    def check(token: str) -> Any:
        claims = validator.authenticate_token(token)
        validator.validate_token(claims, None, None)
        return claims

    return check


def _python_jose(material: Material) -> Check:
    if material.lane.alg in {"PS256", "EdDSA"}:
        raise NotSupportedError
    jwt, jwk = import_module("jose.jwt"), import_module("jose.jwk")
    key, algorithms = jwk.construct(material.pem, material.lane.alg), [material.lane.alg]
    options = {f"require_{name}": True for name in REQUIRED}
    return lambda token: jwt.decode(
        token, key, algorithms=algorithms, audience=AUDIENCE, issuer=ISSUER, options=options
    )


def _jwcrypto(material: Material) -> Check:
    jwt, jwk = import_module("jwcrypto.jwt"), import_module("jwcrypto.jwk")
    key, algorithms = jwk.JWK(**material.jwk), [material.lane.alg]
    # A list of claims to check replaces its own checks, so nbf must be named to be looked at.
    expected = {"iss": ISSUER, "aud": AUDIENCE, "exp": None, "nbf": None, "sub": None}

    def check(token: str) -> Any:
        # It hands the claims out as JSON text, which nobody can use before it is parsed once more.
        return json.loads(jwt.JWT(jwt=token, key=key, algs=algorithms, check_claims=expected).claims)

    return check


CONTENDERS = (
    Contender("PyJWT", "PyJWT", Kind.PYTHON, _pyjwt),
    Contender("joserfc", "joserfc", Kind.PYTHON, _joserfc),
    Contender("Authlib, JsonWebToken", "Authlib", Kind.PYTHON, _authlib_jose),
    Contender("Authlib, RFC 9068 validator", "Authlib", Kind.PYTHON, _authlib_protector),
    Contender("python-jose", "python-jose", Kind.PYTHON, _python_jose),
    Contender("jwcrypto", "jwcrypto", Kind.PYTHON, _jwcrypto),
)

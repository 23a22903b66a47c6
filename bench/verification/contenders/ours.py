"""This library, by its public face: with nothing remembered, and with its memory."""

from typing import Any

from bench.verification.sides import Check, Contender, Kind
from bench.verification.tokens import AUDIENCE, ISSUER, Material
from gatepass import Principal, Verifier


def _verifier(material: Material, **options: Any) -> Verifier:
    return Verifier.from_jwks(
        {"keys": [material.jwk]},
        issuer=ISSUER,
        audience=AUDIENCE,
        algorithms=[material.lane.alg],
        **options,
    )


def _cold(material: Material) -> Check:
    return _verifier(material, cache_size=0).verify


def _cold_claims(material: Material) -> Check:
    verify = _verifier(material, cache_size=0).verify
    return lambda token: verify(token).claims


def _remembering(material: Material) -> Check:
    return _verifier(material).verify


def _claims(principal: Principal) -> dict[str, Any]:
    return principal.claims


COLD = Contender("gatepass, cold", "gatepass", Kind.OURS, _cold, _claims)
COLD_CLAIMS = Contender("gatepass, cold, with a dictionary of claims", "gatepass", Kind.OURS, _cold_claims)
REMEMBERING = Contender("gatepass, remembered", "gatepass", Kind.OURS, _remembering, _claims, remembers=True)

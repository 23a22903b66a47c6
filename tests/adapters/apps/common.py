"""What the programs of the adapter tests have in common: settings and what their routes ask for."""

import os
from typing import Any

from gatepass import DPoP, Verifier
from gatepass.dpop import Nonces
from gatepass.guard import Requirement

ISSUER = os.environ["ISSUER"]
PORT = int(os.environ["PORT"])
RESOURCE = f"http://127.0.0.1:{PORT}"

REQUIREMENTS = {
    "/open": Requirement(optional=True),
    "/protected": Requirement(),
    "/scoped": Requirement(scopes=("orders:read",)),
    "/all": Requirement(scopes=("a", "b")),
    "/any": Requirement(any_of=("a", "b")),
    "/fresh": Requirement(max_age=60),
    "/strong": Requirement(acr_values=("mfa", "hwk")),
}


def asked(path: str) -> dict[str, Any]:
    """What a route asks for, as the arguments of token_required and require."""
    asked = REQUIREMENTS[path]
    return {"any_of": asked.any_of, "acr_values": asked.acr_values, "max_age": asked.max_age}


def verifier() -> Verifier:
    return Verifier(ISSUER, audience=os.environ["AUDIENCE"])


def options() -> dict[str, Any]:
    """The options of every guard."""
    nonces = Nonces(b"n" * 32) if os.environ.get("NONCES") else None
    return {
        "realm": "orders",
        "extra_headers": ("x-access-token",),
        "resource": RESOURCE,
        "dpop": DPoP(nonces=nonces),
    }

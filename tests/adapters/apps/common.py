"""What the programs of the adapter tests have in common: settings, what their routes ask for, how they are served."""

import os
from typing import TYPE_CHECKING, Any

from gatepass import DPoP, Verifier
from gatepass.dpop import Nonces
from gatepass.guard import Requirement

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

ISSUER = os.environ["ISSUER"]
PORT = int(os.environ["PORT"])
RESOURCE = f"http://127.0.0.1:{PORT}"
SERVER = os.environ.get("SERVER", "")

SLOW = "/slow"
NAP = 0.02
"""Seconds for which a view at ``SLOW`` lets others go first before it says who is calling."""

REQUIREMENTS = {
    "/open": Requirement(optional=True),
    "/protected": Requirement(),
    SLOW: Requirement(),
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


def middleware() -> list[str]:
    """Django's setting of that name."""
    name = os.environ.get("MIDDLEWARE")
    return [f"gatepass.django.{name}"] if name else []


def serve(app: "WSGIApplication", module: str) -> None:
    """Serve a WSGI program, which is also the name ``app`` of a module here."""
    if SERVER == "granian":
        from granian import Granian  # noqa: PLC0415 - only where it serves
        from granian.constants import Interfaces  # noqa: PLC0415 - the same

        target = f"tests.adapters.apps.{module}:app"
        Granian(target, port=PORT, interface=Interfaces.WSGI, log_enabled=False).serve()
    else:
        from werkzeug.serving import make_server  # noqa: PLC0415 - the same

        make_server("127.0.0.1", PORT, app, threaded=True).serve_forever()

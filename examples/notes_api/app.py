"""An API of its own, in another process: all it knows of Gatepass is the issuer's address.

Run it with ``python examples/notes_api/app.py`` beside ``make serve``. Tokens are verified here, with the issuer's
public keys, so it keeps working while the server is away.
"""

import os
from collections import defaultdict

from flask import Flask, request

from gatepass import Verifier
from gatepass.flask import TokenGuard

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8000")
PORT = int(os.environ.get("PORT", "8001"))

app = Flask(__name__)
guard = TokenGuard(Verifier(ISSUER, audience=ISSUER))
notes: dict[str, list[str]] = defaultdict(list)


@app.get("/notes")
@guard.token_required
def list_notes() -> dict[str, list[str]]:
    """The caller's own notes."""
    return {"notes": notes[guard.principal.subject]}


@app.post("/notes")
@guard.token_required("account")
def add_note() -> tuple[dict[str, int], int]:
    """Add a note; the token must carry the scope ``account``, which every log-in has."""
    notes[guard.principal.subject].append(request.form["text"])
    return {"count": len(notes[guard.principal.subject])}, 201


if __name__ == "__main__":
    app.run(port=PORT)

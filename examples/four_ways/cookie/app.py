"""Stay logged in by a cookie: pages rendered by the server, and no token within reach of any script.

Run it with ``python examples/four_ways/cookie/app.py`` and open http://127.0.0.1:8002. The accounts live in
``./gatepass-data``. The guard lets in who has the cookie, refuses forms of other sites, and keeps private pages out of
every cache.
"""

import os
from collections import defaultdict

from flask import Flask, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gatepass_server import mount

PORT = int(os.environ.get("PORT", "8002"))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

app = Flask(__name__)
guard = mount(app, prefix="/auth", settings={"port": PORT})
notes: dict[str, list[str]] = defaultdict(list)


@app.get("/")
@guard.token_optional
def home() -> ResponseReturnValue:
    """Somebody's notes, for nobody else; who is a stranger signs in first."""
    if guard.optional_principal is None:
        return redirect(url_for("sign_in"), 303)
    own = notes[guard.principal.subject]
    return render_template("home.html", user=guard.user, notes=own, csrf_token=guard.csrf_token)


@app.post("/notes")
@guard.token_required
def add_note() -> ResponseReturnValue:
    """Add a note. The guard has seen the form's ``csrf_token`` already."""
    notes[guard.principal.subject].append(request.form["text"][:200])
    return redirect(url_for("home"), 303)


@app.get("/sign-in")
def sign_in() -> str:
    """The page whose script posts to ``/auth/login`` with ``mode=cookie``."""
    return render_template("sign_in.html")


@app.after_request
def harden(response: Response) -> Response:
    """No script but our own files, on any page."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response


if __name__ == "__main__":
    app.run(port=PORT)

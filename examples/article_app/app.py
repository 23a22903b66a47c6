"""The tutorial's app, rebuilt: sign up, log in, and a list of users behind a token.

Run it with ``python examples/article_app/app.py``; /signup, /login and /user answer as in the tutorial, and the
accounts live in ``./gatepass-data``.
"""

import os

from flask import Flask

from gatepass_server import mount

PORT = int(os.environ.get("PORT", "8000"))

app = Flask(__name__)
guard = mount(app, prefix="", settings={"port": PORT})


@app.get("/hello")
@guard.token_required
def hello() -> dict[str, str]:
    """A route of the app's own, behind the same token."""
    return {"hello": guard.principal.subject}


if __name__ == "__main__":
    app.run(port=PORT)

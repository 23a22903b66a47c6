"""The routes of the shared suite with Flask."""

import time

from flask import Flask, request

from gatepass.flask import TokenGuard
from tests.adapters.apps import common

app = Flask(__name__)
guard = TokenGuard(common.verifier(), **common.options())
guard.serve_metadata(app)


def view() -> dict[str, str | None]:
    if request.path == common.SLOW:
        time.sleep(common.NAP)
    caller = guard.optional_principal
    return {"caller": caller.subject if caller else None}


for path, requirement in common.REQUIREMENTS.items():
    protect = (
        guard.token_optional
        if requirement.optional
        else guard.token_required(*requirement.scopes, **common.asked(path))
    )
    app.add_url_rule(path, path[1:], protect(view))

if __name__ == "__main__":
    common.serve(app, "flask")

"""The routes of the shared suite with WSGI."""

import json
import time
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from gatepass.wsgi import TokenGuard, TokenMiddleware
from tests.adapters.apps import common

guard = TokenGuard(common.verifier(), **common.options())


def program(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if environ["PATH_INFO"] not in common.REQUIREMENTS:
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"nothing here"]
    if environ["REQUEST_METHOD"] == "DELETE":
        start_response("405 Method Not Allowed", [("Content-Type", "text/plain")])
        return [b"no"]
    if environ["PATH_INFO"] == common.SLOW:
        time.sleep(common.NAP)
    caller = guard.optional_principal_of(environ)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"caller": caller.subject if caller else None}).encode()]


app = TokenMiddleware(program, guard, lambda environ: common.REQUIREMENTS.get(environ["PATH_INFO"]))

if __name__ == "__main__":
    common.serve(app, "wsgi")

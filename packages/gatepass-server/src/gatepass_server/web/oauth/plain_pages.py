"""Answers of the authorization endpoint that are pages, in their plainest form."""

from flask import Response
from markupsafe import escape

from gatepass_server.protocol.authorization.outcomes import Answer, Refused


def form_post(answer: Answer) -> Response:
    """A form that takes the answer to the program (Form Post Response Mode)."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in answer.parameters.items()
    )
    html = (
        f'<!doctype html><title>Sign in</title><form method="post" action="{escape(answer.redirect_uri)}">{fields}'
        "<button>Continue</button></form>"
    )
    return Response(html, content_type="text/html; charset=utf-8")


def refused(outcome: Refused) -> Response:
    """Why nobody can be sent back."""
    code, message = escape(outcome.error.code), escape(outcome.error.message)
    html = f"<!doctype html><title>Sign in</title><h1>{code}</h1><p>{message}"
    return Response(html, 400, content_type="text/html; charset=utf-8")

"""Answers of the authorization endpoint that are pages, in their plainest form."""

from flask import Response
from markupsafe import escape

from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.protocol.authorization.outcomes import Answer, Refused
from gatepass_server.protocol.log_out.end_session import Left, MustConfirm
from gatepass_server.protocol.log_out.front_channel import origins_of

_SECONDS_FOR_FRAMES = 3


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


def ask_to_leave(question: MustConfirm, cookie: CookieHandle) -> Response:
    """A form that confirms a log-out."""
    who = escape(question.client.name) if question.client else ""
    html = (
        f"<!doctype html><title>Sign out</title><h1>Sign out?</h1><p>{who}"
        '<form method="post">'
        f'<input type="hidden" name="request" value="{escape(question.handle.reveal())}">'
        f'<input type="hidden" name="csrf_token" value="{escape(cookie.csrf_token.reveal())}">'
        "<button>Sign out</button></form>"
    )
    return Response(html, content_type="text/html; charset=utf-8")


def left(outcome: Left) -> Response:
    """The news that it is done; loads what tells programs, then goes on."""
    frames = "".join(f'<iframe src="{escape(frame)}" hidden></iframe>' for frame in outcome.frames)
    on, link = "", ""
    if outcome.target:
        target = escape(outcome.target)
        on = f'<meta http-equiv="refresh" content="{_SECONDS_FOR_FRAMES};url={target}">'
        link = f'<p><a href="{target}">Continue</a>'
    html = f"<!doctype html><title>Signed out</title>{on}<h1>You are signed out</h1>{link}{frames}"
    response = Response(html, content_type="text/html; charset=utf-8")
    sources = " ".join(origins_of(outcome.frames)) or "'none'"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; frame-src {sources}; frame-ancestors 'none'; base-uri 'none'"
    )
    return response

"""``/logout`` and ``/sessions``: where one is logged in, and the end of it."""

from typing import Any

from flask import Response, request

from gatepass_server.accounts.log_out import LogOut
from gatepass_server.accounts.session_list import SessionList
from gatepass_server.domain.errors import NotFound
from gatepass_server.domain.ids import is_public_id
from gatepass_server.domain.sessions import Session
from gatepass_server.store.ports import LiveSession
from gatepass_server.web.answers import json_answer, no_content
from gatepass_server.web.body import read_fields
from gatepass_server.web.caller import CallerGuard
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.paging import id_query, page_queries, read_id, read_limit
from gatepass_server.web.schema import NOTHING, PROBLEM, Schema, body_of, json_of, object_of, operation, path

_SECONDS = {"type": "integer", "description": "Seconds since the epoch."}
SESSION: dict[str, Schema] = {
    "id": {"type": "string", "description": "The claim `sid` of its tokens."},
    "current": {"type": "boolean", "description": "Whether it is the one that asks."},
    "mode": {"type": "string", "enum": ["token", "opaque", "cookie"]},
    "client_id": {"type": "string"},
    "scope": {"type": "string"},
    "methods": {"type": "array", "items": {"type": "string"}, "description": "As RFC 8176 names them."},
    "address": {"type": "string", "description": "The IP address of the log-in."},
    "device": {"type": "string", "description": "The `User-Agent` of the log-in."},
    "created_at": _SECONDS,
    "last_seen_at": _SECONDS,
    "idle_expires_at": {**_SECONDS, "description": "When it ends unless it is used."},
    "expires_at": _SECONDS,
}
_OF_ANOTHER = id_query("user", "The `public_id` of another user; only for an admin.")
_NOT_YOURS = ("The sessions of others are an admin's to see and to end.", PROBLEM)
_BY_ACCESS_TOKEN = operation(
    "Log out: end the session of the token or the cookie, or of the refresh token in the body",
    secured=True,
    body=body_of(
        required=(),
        refresh_token={
            "type": "string",
            "description": "Instead of an access token, which may have expired. Where it is unknown, an access token "
            "that was sent as well counts.",
        },
    ),
    answers={
        204: ("The session has ended. An unknown refresh token gets the same answer.", NOTHING),
        400: ("The body cannot be read.", PROBLEM),
        403: ("A cookie was sent, and another site may have asked (`csrf_failed`).", PROBLEM),
    },
)
LOG_OUT = {**_BY_ACCESS_TOKEN, "security": [{"bearer": []}, {}]}
LIST = operation(
    "List one's live sessions, newest first",
    secured=True,
    parameters=[*page_queries("Sessions"), _OF_ANOTHER],
    answers={
        200: (
            "`next` is the `after` of the next page, if there is one.",
            json_of(
                object_of(
                    sessions={"type": "array", "items": object_of(**SESSION)},
                    optional={"next": {"type": "string"}},
                )
            ),
        ),
        400: ("A parameter cannot be taken.", PROBLEM),
        403: _NOT_YOURS,
    },
)
END = operation(
    "End one session: one's own, or for an admin anybody's",
    secured=True,
    parameters=[path("session_id", "The session.")],
    answers={
        204: ("It has ended.", NOTHING),
        403: ("A cookie was sent, and another site may have asked (`csrf_failed`).", PROBLEM),
        404: ("There is no such live session.", PROBLEM),
    },
)
END_ALL = operation(
    "End all of one's sessions but the current one",
    secured=True,
    parameters=[_OF_ANOTHER],
    answers={
        200: ("How many ended.", json_of(object_of(ended={"type": "integer"}))),
        400: ("A parameter cannot be taken.", PROBLEM),
        403: _NOT_YOURS,
    },
)


class SessionsEndpoint:
    """What a caller may see and end of sessions."""

    def __init__(
        self,
        guard: CallerGuard,
        sessions: SessionList,
        log_out: LogOut,
        cookie: SessionCookie,
        *,
        trusted_proxies: int,
    ) -> None:
        self._guard = guard
        self._cookie = cookie
        self._sessions = sessions
        self._log_out = log_out
        self._trusted_proxies = trusted_proxies
        self._end_current = guard.token_required(self._log_out_current)
        self._end_any = guard.token_optional(self._log_out_any)

    def log_out(self) -> Response:
        """204. A refresh token is proof enough; without one, or with an unknown one, a token or a cookie counts."""
        token = read_fields(request, ("refresh_token",))["refresh_token"]
        if not token:
            answer: Response = self._end_current()
        elif self._log_out.by_refresh_token(token, **self._origin()):
            answer = no_content()
        else:
            answer = self._end_any()
        return answer

    def _log_out_current(self) -> Response:
        self._log_out.current(LiveSession(self._guard.session, self._guard.user), **self._origin())
        answer = no_content()
        if self._guard.cookie is not None:
            self._cookie.take_back(answer)
        return answer

    def _log_out_any(self) -> Response:
        return no_content() if self._guard.optional_principal is None else self._log_out_current()

    def list(self) -> Response:
        """200 with a page of sessions."""
        caller = self._guard.user
        page = self._sessions.seen_by(
            caller, read_id("user") or caller.id, after=read_id("after"), limit=read_limit()
        )
        current = self._guard.session.id
        body: dict[str, object] = {"sessions": [session_as_json(s, current=current) for s in page.sessions]}
        if page.next_after is not None:
            body["next"] = page.next_after
        return json_answer(body)

    def end(self, session_id: str) -> Response:
        """204."""
        if not is_public_id(session_id):
            raise NotFound("There is no such session. GET /sessions lists yours.")
        self._log_out.one(self._guard.user, session_id, **self._origin())
        return no_content()

    def end_all(self) -> Response:
        """200 with how many ended."""
        caller = self._guard.user
        ended = self._log_out.all_of(
            caller, read_id("user") or caller.id, current=self._guard.session.id, **self._origin()
        )
        return json_answer({"ended": ended})

    def _origin(self) -> dict[str, str]:
        return {"address": client_address(self._trusted_proxies), "request_id": request_id()}


def session_as_json(session: Session, *, current: str) -> dict[str, Any]:
    """A session as it is told to its owner, and to an admin."""
    return {
        "id": session.id,
        "current": session.id == current,
        "mode": session.mode,
        "client_id": session.client_id,
        "scope": session.scope,
        "methods": session.methods,
        "address": session.address,
        "device": session.device,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "idle_expires_at": session.idle_expires_at,
        "expires_at": session.expires_at,
    }

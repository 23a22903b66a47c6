"""The endpoints that programs sign their requests to, in one table."""

from collections.abc import Callable, Iterator
from typing import Final

from flask import Response

from gatepass_server.protocol.messages import ProtocolResponse
from gatepass_server.protocol.oauth1.messages import SignedMessage
from gatepass_server.protocol.oauth1.provider import Oauth1
from gatepass_server.web.bridge import answer
from gatepass_server.web.oauth1.answers import FORM, answers_signed
from gatepass_server.web.oauth1.reading import read_message
from gatepass_server.web.route import Route
from gatepass_server.web.schema import Schema, json_of, object_of, operation

_TEXT: Schema = {"type": "string"}
_PROBLEM: Schema = {
    FORM: {"schema": object_of(oauth_problem=_TEXT, oauth_problem_advice=_TEXT)},
}
_CREDENTIALS: Schema = {
    FORM: {
        "schema": object_of(
            oauth_token=_TEXT, oauth_token_secret=_TEXT, optional={"oauth_callback_confirmed": _TEXT}
        )
    }
}
_REFUSED: Final = {
    400: ("A parameter is missing, sent twice or cannot be read (RFC 5849 section 3.2).", _PROBLEM),
    401: ("The signature or the credentials are not valid, or the request came before.", _PROBLEM),
    413: ("The body is larger than 64 KiB.", _PROBLEM),
    415: ("The body is no form.", _PROBLEM),
}
_LACKING: Final = {403: ("The person did not allow this.", _PROBLEM)}


def _described(summary: str, status: tuple[str, Schema], more: dict[int, tuple[str, Schema]]) -> Schema:
    return operation(
        f"{summary}. Signed (RFC 5849 section 3)",
        answers={200: status, **_REFUSED, **more},
        security="signature",
    )


INITIATE = _described(
    "Temporary credentials (RFC 5849 section 2.1)", ("Temporary credentials.", _CREDENTIALS), {}
)
TOKEN = _described(
    "Token credentials for temporary ones (RFC 5849 section 2.3)", ("Token credentials.", _CREDENTIALS), {}
)
USERINFO = _described(
    "Who is behind token credentials",
    ("The claims that the scopes stand for.", json_of(object_of(sub=_TEXT))),
    _LACKING,
)
BRIDGE = _described(
    "An access token (RFC 9068) for token credentials",
    (
        "An access token.",
        json_of(
            object_of(
                access_token=_TEXT,
                token_type={"type": "string", "enum": ["Bearer"]},
                expires_in={"type": "integer", "description": "Seconds."},
                scope=_TEXT,
            )
        ),
    ),
    _LACKING,
)


def signed_routes(provider: Oauth1, *, issuer: str, trusted_proxies: int) -> Iterator[Route]:
    """The rows of the table of addresses."""
    base = issuer.rstrip("/")

    def endpoint(path: str, service: Callable[[SignedMessage], ProtocolResponse]) -> Callable[[], Response]:
        def view() -> Response:
            return answer(service(read_message(base + path, trusted_proxies=trusted_proxies)))

        return answers_signed(issuer, view)

    who = endpoint("/oauth1/userinfo", provider.userinfo)
    yield Route(
        "POST",
        "/oauth1/initiate",
        "oauth1_initiate",
        endpoint("/oauth1/initiate", provider.initiate),
        INITIATE,
    )
    yield Route("POST", "/oauth1/token", "oauth1_token", endpoint("/oauth1/token", provider.exchange), TOKEN)
    yield Route("GET", "/oauth1/userinfo", "oauth1_userinfo", who, USERINFO)
    yield Route("POST", "/oauth1/userinfo", "oauth1_userinfo_by_post", who, USERINFO)
    yield Route("POST", "/oauth1/jwt", "oauth1_jwt", endpoint("/oauth1/jwt", provider.bridge), BRIDGE)

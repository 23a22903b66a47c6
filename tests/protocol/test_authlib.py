"""What we rely on of Authlib 1.9: an upgrade that moves one of these seams fails here, and says which."""

import inspect
import logging
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import SimpleNamespace
from typing import Any

import authlib
import pytest
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, InvalidGrantError, OAuth2Request
from authlib.oauth2.rfc6749.errors import InsecureTransportError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge, create_s256_code_challenge

from gatepass_server.protocol import grants
from gatepass_server.protocol.authlib_client import AuthlibClient
from gatepass_server.protocol.server import ProtocolServer, TokenRequest

VERIFIER = "v" * 43
BODY = {"grant_type": "authorization_code", "code": "the-code", "code_verifier": VERIFIER}
TOKEN = {"access_token": "the-access-token"}


def our_classes() -> Iterator[type]:
    """Everything of ours that is one of Authlib's."""
    yield from (ProtocolServer, TokenRequest, AuthlibClient)
    for module in iter_modules(grants.__path__, f"{grants.__name__}."):
        for _, kind in inspect.getmembers(import_module(module.name), inspect.isclass):
            theirs = any(base.__module__.startswith("authlib.") for base in kind.__mro__)
            if theirs and kind.__module__.startswith("gatepass_server."):
                yield kind


def overrides() -> Iterator[Any]:
    """Every method of ours that takes the place of one of theirs."""
    for kind in dict.fromkeys(our_classes()):
        for name, ours in vars(kind).items():
            base = next((base for base in kind.__mro__[1:] if name in vars(base)), None)
            is_theirs = base is not None and base.__module__.startswith("authlib.")
            if is_theirs and inspect.isfunction(ours) and not name.startswith("__"):
                yield pytest.param(ours, vars(base)[name], id=f"{kind.__name__}.{name}")


def test_it_is_the_release_that_was_read() -> None:
    assert authlib.__version__.startswith("1.9.")


@pytest.mark.parametrize(("ours", "theirs"), list(overrides()))
def test_what_we_override_is_there_and_is_called_alike(ours: Any, theirs: Any) -> None:
    given, asked = (inspect.signature(function).parameters for function in (ours, theirs))
    kinds = {parameter.kind for parameter in asked.values()}
    if kinds == {inspect.Parameter.POSITIONAL_OR_KEYWORD} and inspect.Parameter.VAR_KEYWORD not in {
        parameter.kind for parameter in given.values()
    }:
        assert list(given) == list(asked)


SEAMS = {
    AuthorizationServer: {
        "create_oauth2_request",
        "get_token_grant",
        "authenticate_client",
        "generate_token",
        "save_token",
        "send_signal",
        "handle_response",
        "handle_error_response",
    },
    AuthorizationCodeGrant: {"query_authorization_code", "authenticate_user", "delete_authorization_code"},
    RefreshTokenGrant: {"validate_token_request", "create_token_response", "_validate_request_client"},
    ClientMixin: {"get_client_id", "check_redirect_uri", "check_grant_type"},
}


@pytest.mark.parametrize(
    ("kind", "names"), list(SEAMS.items()), ids=lambda value: getattr(value, "__name__", "")
)
def test_the_seams_have_their_names(kind: type, names: set[str]) -> None:
    assert names <= set(dir(kind))


class Recorder:
    """Notes who is called, in which order."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def note(self, name: str, answer: Any = None) -> Any:
        """A call, and what it answers."""
        self.calls.append(name)
        return answer


class Server(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    """As little of a server as there can be."""

    def __init__(self, recorder: Recorder, grant: type) -> None:
        super().__init__()
        self.recorder = recorder
        self.grant = grant

    def create_oauth2_request(self, request: Any) -> Any:
        return request

    def get_token_grant(self, request: Any) -> Any:
        return self.grant(request, self)

    def authenticate_client(self, request: Any, methods: Any, endpoint: str = "token") -> Any:  # noqa: ARG002 - theirs
        client = SimpleNamespace(check_grant_type=lambda _: True)
        return self.recorder.note("authenticate_client", client)

    def generate_token(self, **_: Any) -> Any:
        return self.recorder.note("generate_token", dict(TOKEN))

    def save_token(self, token: Any, request: Any) -> None:  # noqa: ARG002 - theirs
        self.recorder.note("save_token")

    def send_signal(self, *_: Any, **__: Any) -> None: ...

    def handle_response(self, status: int, body: Any, headers: Any) -> Any:  # noqa: ARG002 - theirs
        return status, body


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    """A grant whose code has a plain challenge, sent without a method."""

    code = SimpleNamespace(
        code_challenge=VERIFIER,
        code_challenge_method=None,
        get_redirect_uri=lambda: "",
        get_scope=lambda: "openid",
    )

    def query_authorization_code(self, code: str, client: Any) -> Any:  # noqa: ARG002 - theirs
        return self.server.recorder.note("query_authorization_code", self.code)

    def authenticate_user(self, authorization_code: Any) -> Any:  # noqa: ARG002 - theirs
        return self.server.recorder.note("authenticate_user", "ann")

    def delete_authorization_code(self, authorization_code: Any) -> None:  # noqa: ARG002 - theirs
        self.server.recorder.note("delete_authorization_code")


class Request(OAuth2Request):  # type: ignore[misc]  # Authlib has no types
    """A request whose form is a dictionary."""

    @property
    def form(self) -> Any:
        return self.payload.data


def request(**form: str) -> Request:
    """A token request."""
    made = Request("POST", "https://auth.example.com/oauth2/token")
    made.payload = BasicOAuth2Payload({**BODY, **form})
    return made


def test_a_code_is_authenticated_before_anything_is_minted_and_deleted_after_it_was_saved() -> None:
    recorder = Recorder()
    assert Server(recorder, CodeGrant).create_token_response(request()) == (200, TOKEN)
    assert recorder.calls == [
        "authenticate_client",
        "query_authorization_code",
        "authenticate_user",
        "generate_token",
        "save_token",
        "delete_authorization_code",
    ]


def test_a_code_is_not_spent_by_authlib() -> None:
    server = Server(Recorder(), CodeGrant)
    assert [server.create_token_response(request())[0] for _ in range(2)] == [200, 200]


def test_what_a_grant_raises_reaches_the_error_handler_with_code_and_description() -> None:
    class Refusing(CodeGrant):
        def authenticate_user(self, authorization_code: Any) -> Any:  # noqa: ARG002 - theirs
            raise InvalidGrantError("It is spent.")

    seen: list[Any] = []
    server = Server(Recorder(), Refusing)
    server.handle_error_response = lambda _request, error: seen.append(error)
    server.create_token_response(request())
    assert [(error.error, error.description) for error in seen] == [("invalid_grant", "It is spent.")]


class S256Only(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012 - as Authlib writes it


def test_with_s256_alone_a_challenge_without_a_method_is_still_plain() -> None:
    """So that we check it ourselves, at both endpoints."""
    challenge = S256Only(required=True)
    asked = SimpleNamespace(request=request(code_challenge=VERIFIER))
    challenge.validate_code_challenge(asked, "")
    presented = request()
    presented.authorization_code, presented.auth_method = CodeGrant.code, "none"
    challenge.validate_code_verifier(SimpleNamespace(request=presented), None)


def test_a_required_challenge_is_not_demanded_at_the_authorization_endpoint() -> None:
    CodeChallenge(required=True).validate_code_challenge(SimpleNamespace(request=request()), "")


def test_the_s256_challenge_is_that_of_the_standard() -> None:
    found = create_s256_code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert found == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_hooks_have_no_order() -> None:
    grant = CodeGrant(request(), Server(Recorder(), CodeGrant))
    grant.register_hook("after_validate_token_request", print)
    assert isinstance(grant._hooks["after_validate_token_request"], set)


def test_plain_http_is_refused_beyond_loopback() -> None:
    OAuth2Request("POST", "http://127.0.0.1/oauth2/token")
    with pytest.raises(InsecureTransportError):
        OAuth2Request("POST", "http://auth.example.com/oauth2/token")


def test_its_debug_lines_print_whole_tokens_so_that_logger_says_nothing_below_info(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert logging.getLogger("authlib").level == logging.INFO
    with caplog.at_level(logging.DEBUG, "authlib"):
        Server(Recorder(), CodeGrant).create_token_response(request())
    assert TOKEN["access_token"] in caplog.text

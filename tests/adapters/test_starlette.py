"""What is special to Starlette and ASGI: the authentication backend, classes, WebSockets, streaming."""

import anyio
import pytest
from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.types import Message, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from gatepass.guard import Requirement
from gatepass.starlette import TokenBackend, TokenGuard, TokenMiddleware, TokenUser
from gatepass.testing import FakeIssuer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:starlette.testclient")


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture
def guard(issuer: FakeIssuer) -> TokenGuard:
    return TokenGuard(issuer.verifier())


@pytest.fixture
def by_backend(guard: TokenGuard) -> TestClient:
    async def whoami(request: Request) -> JSONResponse:
        user = request.user
        return JSONResponse(user.principal.subject if isinstance(user, TokenUser) else "nobody")

    @requires("orders:read")
    async def orders(request: Request) -> JSONResponse:
        return JSONResponse(request.user.display_name)

    backend = TokenBackend(guard)
    middleware = Middleware(AuthenticationMiddleware, backend=backend, on_error=backend.on_error)
    return TestClient(
        Starlette(routes=[Route("/", whoami), Route("/orders", orders)], middleware=[middleware])
    )


def test_the_backend_makes_the_user_of_a_request(by_backend: TestClient, issuer: FakeIssuer) -> None:
    assert by_backend.get("/").json() == "nobody"
    assert by_backend.get("/", headers=issuer.headers("user-7")).json() == "user-7"


def test_scopes_of_the_token_are_permissions_of_the_framework(
    by_backend: TestClient, issuer: FakeIssuer
) -> None:
    assert by_backend.get("/orders", headers=issuer.headers(scopes=["orders:read"])).json() == "user-1"
    assert by_backend.get("/orders", headers=issuer.headers()).status_code == 403


def test_the_backend_refuses_a_bad_token_as_the_guard_does(
    by_backend: TestClient, issuer: FakeIssuer
) -> None:
    answer = by_backend.get("/", headers=issuer.headers(expired=True))
    assert (answer.status_code, answer.json()) == (401, {"message": "Token is invalid"})
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_methods_of_an_endpoint_class_are_protected(guard: TokenGuard, issuer: FakeIssuer) -> None:
    class Orders(HTTPEndpoint):
        @guard.token_required("orders:read")
        async def get(self, request: Request) -> JSONResponse:
            return JSONResponse(guard.principal_of(request).subject)

        async def post(self, _request: Request) -> JSONResponse:
            return JSONResponse("free")

    client = TestClient(Starlette(routes=[Route("/", Orders)]))
    assert client.get("/").status_code == 401
    assert client.get("/", headers=issuer.headers(scopes=["orders:read"])).json() == "user-1"
    assert client.post("/").json() == "free"
    with pytest.raises(TypeError, match="HTTPEndpoint"):
        guard.token_required(Orders)


def test_a_websocket_is_refused_before_it_is_accepted(guard: TokenGuard, issuer: FakeIssuer) -> None:
    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(guard.principal_of(socket).subject)
        await socket.close()

    app = Starlette(routes=[WebSocketRoute("/", talk)], middleware=[Middleware(TokenMiddleware, guard)])
    client = TestClient(app)
    with client.websocket_connect("/", headers=issuer.headers("user-7")) as socket:
        assert socket.receive_text() == "user-7"
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/"):
        raise AssertionError("it was let in")
    if isinstance(refused.value, WebSocketDenialResponse):
        assert refused.value.status_code == 401
        assert refused.value.headers["WWW-Authenticate"] == "Bearer"
    else:
        assert refused.value.code == 1008


def test_one_guard_lets_nobody_in_for_another(guard: TokenGuard, issuer: FakeIssuer) -> None:
    other = TokenGuard(issuer.verifier())

    async def view(request: Request) -> JSONResponse:
        with pytest.raises(RuntimeError, match="principal"):
            other.principal_of(request)
        return JSONResponse("fine")

    app = Starlette(routes=[Route("/", view)], middleware=[Middleware(TokenMiddleware, guard, Requirement())])
    assert TestClient(app).get("/", headers=issuer.headers()).json() == "fine"


def sockets(guard: TokenGuard) -> list[BaseRoute]:
    """A WebSocket of each kind that a decorator protects."""

    @guard.token_required("chat")
    async def function(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(guard.principal_of(socket).subject)
        await socket.close()

    class Endpoint(WebSocketEndpoint):
        @guard.token_required("chat")
        async def on_connect(self, websocket: WebSocket) -> None:
            await websocket.accept()
            await websocket.send_text(guard.principal_of(websocket).subject)
            await websocket.close()

    return [WebSocketRoute("/function", function), WebSocketRoute("/class", Endpoint)]


@pytest.mark.parametrize("path", ["/function", "/class"])
def test_a_decorated_websocket_is_refused_before_it_is_accepted(
    path: str, guard: TokenGuard, issuer: FakeIssuer
) -> None:
    client = TestClient(Starlette(routes=sockets(guard)))
    with client.websocket_connect(path, headers=issuer.headers("user-7", scopes=["chat"])) as socket:
        assert socket.receive_text() == "user-7"
    for headers, status in (({}, 401), (issuer.headers(), 403)):
        with (
            pytest.raises(WebSocketDenialResponse) as refused,
            client.websocket_connect(path, headers=headers),
        ):
            raise AssertionError("it was let in")
        assert refused.value.status_code == status
        assert "message" in refused.value.json()


@pytest.mark.compliance("RFC 6455", "7.4.1", "1008 tells of a policy that was violated")
def test_a_server_that_cannot_answer_a_websocket_closes_it(guard: TokenGuard) -> None:
    async def app(_scope: object, _receive: object, _send: object) -> None:
        raise AssertionError("it was let in")

    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/", "headers": [], "extensions": {}}
    anyio.run(TokenMiddleware(app, guard), scope, receive, send)
    assert [(message["type"], message.get("code")) for message in sent] == [("websocket.close", 1008)]


def test_middleware_lets_no_unknown_protocol_through(guard: TokenGuard) -> None:
    async def app(_scope: object, _receive: object, _send: object) -> None:
        raise AssertionError("it was let in")

    async def never() -> Message:
        raise AssertionError("nothing is to be read")

    async def nothing(_message: Message) -> None:
        raise AssertionError("nothing is to be sent")

    with pytest.raises(NotImplementedError, match="webtransport"):
        anyio.run(TokenMiddleware(app, guard), {"type": "webtransport", "headers": []}, never, nothing)


def test_an_object_may_be_an_endpoint(guard: TokenGuard, issuer: FakeIssuer) -> None:
    class Endpoint:
        async def __call__(self, request: Request) -> JSONResponse:
            return JSONResponse(guard.principal_of(request).subject)

    client = TestClient(Starlette(routes=[Route("/", guard.token_required(Endpoint()))]))
    assert client.get("/").status_code == 401
    assert client.get("/", headers=issuer.headers("user-7")).json() == "user-7"


@pytest.mark.compliance("RFC 9728", "3", "the metadata document lies at its well-known address")
def test_the_metadata_document_is_there_in_front_of_a_program_that_takes_every_path(
    issuer: FakeIssuer,
) -> None:
    async def everything(_request: Request) -> JSONResponse:
        return JSONResponse("taken")

    guard = TokenGuard(issuer.verifier(), resource="https://api.test/a%20b")
    inner = Starlette(routes=[Route("/{path:path}", everything, methods=["GET", "POST"])])
    routed = Starlette(routes=[Mount("/", inner)])
    guard.serve_metadata(routed)
    for app in (routed, TokenMiddleware(inner, guard)):
        client = TestClient(app)
        assert client.get(guard.metadata_path).json()["resource"] == "https://api.test/a%20b"
    assert TestClient(TokenMiddleware(inner, guard)).post(guard.metadata_path).status_code == 401


def test_an_answer_streams_through_the_middleware(guard: TokenGuard, issuer: FakeIssuer) -> None:
    chunks: list[bytes] = []

    async def stream(_scope: object, _receive: object, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in (b"1", b"2"):
            await send({"type": "http.response.body", "body": number, "more_body": True})
            assert chunks[-1] == number  # it has left before the next is made
        await send({"type": "http.response.body"})

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            chunks.append(message.get("body", b""))

    async def receive() -> Message:
        return {"type": "http.request"}

    headers = [(b"authorization", issuer.headers()["Authorization"].encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers}
    anyio.run(TokenMiddleware(stream, guard), scope, receive, send)
    assert chunks == [b"1", b"2", b""]

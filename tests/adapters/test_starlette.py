"""What is special to Starlette and ASGI: the authentication backend, classes, WebSockets, streaming."""

import pytest
from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.endpoints import HTTPEndpoint
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
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

"""What is special to FastAPI: dependencies, and what OpenAPI shows."""

from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Security, WebSocket
from fastapi.security import OAuth2AuthorizationCodeBearer
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse
from starlette.types import Message

from gatepass import DPoP, Key, Principal
from gatepass.dpop import make_proof
from gatepass.fastapi import TokenGuard
from gatepass.testing import FakeIssuer


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture
def guard(issuer: FakeIssuer) -> TokenGuard:
    return TokenGuard(issuer.verifier())


@pytest.fixture
def app(guard: TokenGuard) -> FastAPI:
    app = FastAPI()

    @app.get("/read", responses=guard.responses)
    async def read(caller: Annotated[Principal, Security(guard.principal, scopes=["orders:read"])]) -> str:
        return caller.subject

    @app.get("/write")
    def write(caller: Annotated[Principal, Depends(guard.require("orders:write", any_of=("x", "y")))]) -> str:
        return caller.subject

    router = APIRouter(prefix="/admin", dependencies=[Depends(guard.require("admin"))])

    @router.get("/all")
    async def everything() -> str:
        return "everything"

    @app.get("/free")
    async def free() -> str:
        return "free"

    app.include_router(router)
    return app


async def get(app: FastAPI, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api.test") as client:
        return await client.get(path, headers=headers)


pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_scopes_of_security_and_require_are_asked_for(app: FastAPI, issuer: FakeIssuer) -> None:
    assert (await get(app, "/read", issuer.headers(scopes=["orders:read"]))).json() == "user-1"
    assert (await get(app, "/read", issuer.headers())).status_code == 403
    assert (await get(app, "/write", issuer.headers(scopes=["orders:write", "y"]))).json() == "user-1"
    assert (await get(app, "/write", issuer.headers(scopes=["orders:write"]))).status_code == 403
    assert (await get(app, "/write", issuer.headers(scopes=["x"]))).status_code == 403


async def test_a_routers_dependency_protects_all_of_it(app: FastAPI, issuer: FakeIssuer) -> None:
    assert (await get(app, "/admin/all")).status_code == 401
    assert (await get(app, "/admin/all", issuer.headers(scopes=["admin"]))).json() == "everything"
    assert (await get(app, "/free")).json() == "free"


async def test_a_refusal_needs_no_handler(app: FastAPI) -> None:
    answer = await get(app, "/read")
    assert (answer.status_code, answer.json()) == (401, {"detail": "Token is missing"})
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_openapi_shows_which_routes_need_which_scopes(app: FastAPI) -> None:
    document = app.openapi()
    scheme = document["components"]["securitySchemes"]["accessToken"]
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "JWT")
    security = {path: routes["get"].get("security") for path, routes in document["paths"].items()}
    assert security["/read"] == [{"accessToken": ["orders:read"]}]
    assert security["/write"] == [{"accessToken": ["orders:write"]}]  # not x and y: one of them is enough
    assert security["/admin/all"] == [{"accessToken": ["admin"]}]
    assert security["/free"] is None
    assert {"400", "401", "403", "503"} <= document["paths"]["/read"]["get"]["responses"].keys()


async def test_openapi_may_lead_to_the_issuer(issuer: FakeIssuer) -> None:
    place = "https://auth.example.com/.well-known/openid-configuration"
    guard = TokenGuard(issuer.verifier(), openid_connect_url=place)
    app = FastAPI(dependencies=[Depends(guard.require())])

    @app.get("/a")
    async def a() -> str:
        return "a"

    scheme = app.openapi()["components"]["securitySchemes"]["accessToken"]
    assert (scheme["type"], scheme["openIdConnectUrl"]) == ("openIdConnect", place)


async def test_openapi_may_show_another_scheme(issuer: FakeIssuer) -> None:
    flow = OAuth2AuthorizationCodeBearer(
        authorizationUrl="https://auth.example.com/authorize",
        tokenUrl="https://auth.example.com/token",
        scopes={"orders:read": "See orders"},
        scheme_name="signIn",
    )
    guard = TokenGuard(issuer.verifier(), scheme=flow)
    app = FastAPI()

    @app.get("/a", dependencies=[Depends(guard.require("orders:read"))])
    async def a() -> str:
        return "a"

    document = app.openapi()
    assert document["components"]["securitySchemes"]["signIn"]["type"] == "oauth2"
    assert document["paths"]["/a"]["get"]["security"] == [{"signIn": ["orders:read"]}]
    assert (await get(app, "/a")).status_code == 401
    with pytest.raises(ValueError, match="one of them"):
        TokenGuard(issuer.verifier(), scheme=flow, openid_connect_url="https://auth.example.com")


async def test_a_test_may_put_its_own_caller_in(app: FastAPI, guard: TokenGuard) -> None:
    granted = frozenset({"orders:write", "x"})
    somebody = Principal(subject="me", issuer="i", audience=("a",), scopes=granted, expires_at=0)
    app.dependency_overrides[guard.principal] = lambda: somebody
    assert (await get(app, "/read")).json() == "me"
    assert (await get(app, "/write")).json() == "me"
    assert (await get(app, "/admin/all")).status_code == 403  # which still judges what the caller may do


async def test_functions_are_decorated_as_in_other_frameworks(guard: TokenGuard, issuer: FakeIssuer) -> None:
    app = FastAPI()

    @app.get("/plain")
    @guard.token_required
    def plain(number: int = 1) -> int:
        return number

    @app.get("/scoped")
    @guard.token_required("orders:read")
    async def scoped(caller: Annotated[Principal, Depends(guard.principal)], **_further: str) -> str:
        return caller.subject

    @app.get("/open")
    @guard.token_optional
    async def greet(caller: Annotated[Principal | None, Depends(guard.optional_principal)]) -> str:
        return caller.subject if caller else "stranger"

    assert (await get(app, "/plain?number=7", issuer.headers())).json() == 7
    assert (await get(app, "/plain")).status_code == 401
    assert (
        await get(app, "/scoped?_further=x", issuer.headers("ann", scopes=["orders:read"]))
    ).json() == "ann"
    assert (await get(app, "/scoped?_further=x", issuer.headers())).status_code == 403
    assert (await get(app, "/open")).json() == "stranger"
    assert (await get(app, "/open", issuer.headers(expired=True))).status_code == 401
    paths = app.openapi()["paths"]
    assert paths["/scoped"]["get"]["security"] == [{"accessToken": ["orders:read"]}]
    assert [one["name"] for one in paths["/plain"]["get"]["parameters"]] == ["number"]
    with pytest.raises(TypeError, match="function"):
        guard.token_required(FastAPI)


@pytest.mark.compliance("RFC 9449", "11.1", "a proof is good once")
async def test_several_dependencies_of_one_request_spend_its_proof_once(issuer: FakeIssuer) -> None:
    guard = TokenGuard(issuer.verifier(), resource="https://api.test", dpop=DPoP(clock=issuer.clock))
    app = FastAPI(dependencies=[Depends(guard.require("a"))])

    @app.get("/a", dependencies=[Depends(guard.require(any_of=["b", "c"]))])
    async def a(caller: Annotated[Principal, Security(guard.principal, scopes=["b"])]) -> str:
        return caller.subject

    key = Key.generate("ES256")
    token = issuer.token("ann", scopes=["a", "b"], claims={"cnf": {"jkt": key.thumbprint}})
    proof = make_proof(key, method="GET", url="https://api.test/a", token=token, clock=issuer.clock)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    assert (await get(app, "/a", headers)).json() == "ann"
    assert (await get(app, "/a", headers)).status_code == 401


@pytest.mark.parametrize("installed", [True, False])
def test_a_websocket_is_refused_before_it_is_accepted(
    installed: bool, guard: TokenGuard, issuer: FakeIssuer
) -> None:
    app = talking(guard, installed=installed)
    client = TestClient(app)
    with client.websocket_connect("/", headers=issuer.headers("ann", scopes=["chat"])) as socket:
        assert socket.receive_text() == "ann"
    for headers, status in (({}, 401), (issuer.headers(), 403)):
        with (
            pytest.raises(WebSocketDenialResponse) as refused,
            client.websocket_connect("/", headers=headers),
        ):
            raise AssertionError("it was let in")
        assert refused.value.status_code == status
        assert refused.value.headers["WWW-Authenticate"].startswith("Bearer")
        assert list(refused.value.json()) == ["message" if installed else "detail"]


async def test_a_server_that_cannot_answer_a_websocket_closes_it(guard: TokenGuard) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/", "query_string": b"", "headers": [], "extensions": {}}
    await talking(guard, installed=True)(scope, receive, send)
    assert [(message["type"], message.get("code")) for message in sent] == [("websocket.close", 1008)]


def talking(guard: TokenGuard, *, installed: bool) -> FastAPI:
    app = FastAPI()
    if installed:
        guard.install(app)

    @app.websocket("/")
    async def talk(socket: WebSocket, caller: Annotated[Principal, Depends(guard.require("chat"))]) -> None:
        await socket.accept()
        await socket.send_text(caller.subject)
        await socket.close()

    return app


async def test_a_guarded_function_whose_dependency_was_lost_lets_nobody_in(guard: TokenGuard) -> None:
    app = FastAPI()

    def hides_the_signature(view: Any) -> Any:
        async def outer() -> Any:
            return await view()

        return outer

    @app.get("/g")
    @hides_the_signature
    @guard.token_required
    async def view() -> str:
        return "let in"

    with pytest.raises(RuntimeError, match="nothing judged this request"):
        await get(app, "/g")


async def test_scopes_of_an_optional_principal_count_where_there_is_one(
    guard: TokenGuard, issuer: FakeIssuer
) -> None:
    app = FastAPI()

    @app.get("/")
    async def view(
        caller: Annotated[Principal | None, Security(guard.optional_principal, scopes=["admin"])],
    ) -> str:
        return caller.subject if caller else "nobody"

    assert (await get(app, "/")).json() == "nobody"
    assert (await get(app, "/", issuer.headers())).status_code == 403
    assert (await get(app, "/", issuer.headers(scopes=["admin"]))).json() == "user-1"


async def test_the_metadata_document_needs_no_token_where_everything_else_does(issuer: FakeIssuer) -> None:
    guard = TokenGuard(issuer.verifier(), resource="https://api.test")
    app = FastAPI(dependencies=[Depends(guard.require())])
    guard.install(app)
    answer = await get(app, "/.well-known/oauth-protected-resource")
    assert answer.json()["resource"] == "https://api.test"

"""What is special to FastAPI: dependencies, and what OpenAPI shows."""

from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Security

from gatepass import Principal
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
    assert security["/write"] == [{"accessToken": ["orders:write", "x", "y"]}]
    assert security["/admin/all"] == [{"accessToken": ["admin"]}]
    assert security["/free"] is None
    assert {"401", "403", "503"} <= document["paths"]["/read"]["get"]["responses"].keys()


async def test_openapi_may_lead_to_the_issuer(issuer: FakeIssuer) -> None:
    place = "https://auth.example.com/.well-known/openid-configuration"
    guard = TokenGuard(issuer.verifier(), openid_connect_url=place)
    app = FastAPI(dependencies=[Depends(guard.require())])

    @app.get("/a")
    async def a() -> str:
        return "a"

    scheme = app.openapi()["components"]["securitySchemes"]["accessToken"]
    assert (scheme["type"], scheme["openIdConnectUrl"]) == ("openIdConnect", place)


async def test_a_test_may_put_its_own_caller_in(app: FastAPI, guard: TokenGuard) -> None:
    somebody = Principal(subject="me", issuer="i", audience=("a",), scopes=frozenset(), expires_at=0)
    app.dependency_overrides[guard.principal] = lambda: somebody
    assert (await get(app, "/read")).json() == "me"

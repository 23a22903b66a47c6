"""A program in Starlette that people sign in to, with Authlib's client: its secret goes into the body."""

import os
from typing import Any

import uvicorn
from authlib.integrations.starlette_client import OAuth
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

kept: dict[str, dict[str, Any]] = {}  # tokens, by whom they are of: a cookie is no place for them


async def keep(_name: str, token: dict[str, Any], refresh_token: str, **_: object) -> None:
    """Authlib calls this when it has refreshed a token."""
    (owner,) = (name for name, one in kept.items() if one["refresh_token"] == refresh_token)
    kept[owner] = token


oauth = OAuth(update_token=keep)
oauth.register(
    "gatepass",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=os.environ["ISSUER"] + "/.well-known/openid-configuration",
    client_kwargs={
        "scope": "openid profile email offline_access",
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": "client_secret_post",
    },
)


async def home(request: Request) -> Response:
    return JSONResponse(request.session.get("user"))


async def login(request: Request) -> Response:
    answer: Response = await oauth.gatepass.authorize_redirect(request, request.url_for("callback"))
    return answer


async def callback(request: Request) -> Response:
    token = await oauth.gatepass.authorize_access_token(request)
    subject = token["userinfo"]["sub"]  # of the ID token, which is verified
    kept[subject] = token
    request.session["user"] = await oauth.gatepass.userinfo(token=token)
    return RedirectResponse("/")


async def userinfo(request: Request) -> Response:
    """What the server tells now; Authlib refreshes the token first if it is about to end."""
    subject = request.session["user"]["sub"]
    before = kept[subject]
    told = await oauth.gatepass.userinfo(token=before)
    return JSONResponse({"refreshed": kept[subject] is not before, **told})


async def logout(request: Request) -> Response:
    token = kept.pop(request.session.pop("user")["sub"])
    answer: Response = await oauth.gatepass.logout_redirect(
        request, request.url_for("home"), token["id_token"]
    )
    return answer


app = Starlette(
    routes=[
        Route("/", home),
        Route("/login", login),
        Route("/callback", callback),
        Route("/userinfo", userinfo),
        Route("/logout", logout),
    ],
    middleware=[Middleware(SessionMiddleware, secret_key=os.urandom(16).hex())],
)

if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning")

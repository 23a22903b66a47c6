"""A program in FastAPI that people sign in to, with Authlib's client: it has no secret, but PKCE."""

import os
from typing import Annotated, Any

import uvicorn
from authlib.integrations.starlette_client import OAuth
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from starlette.middleware.sessions import SessionMiddleware

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key=os.urandom(16).hex())
kept: dict[str, dict[str, Any]] = {}  # tokens, by whom they are of: a cookie is no place for them

oauth = OAuth()
oauth.register(
    "gatepass",
    client_id=os.environ["CLIENT_ID"],
    server_metadata_url=os.environ["ISSUER"] + "/.well-known/openid-configuration",
    client_kwargs={
        "scope": "openid profile email offline_access",
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": "none",
        "leeway": 0,  # it refreshes when it wants to, not a minute before a token ends
    },
)


def signed_in(request: Request) -> dict[str, Any]:
    """Who is signed in."""
    if "user" not in request.session:
        raise HTTPException(401)
    return dict(request.session["user"])


User = Annotated[dict[str, Any], Depends(signed_in)]


@app.get("/")
def home(user: User) -> dict[str, Any]:
    return user


@app.get("/login")
async def login(request: Request) -> Response:
    answer: Response = await oauth.gatepass.authorize_redirect(request, request.url_for("callback"))
    return answer


@app.get("/callback")
async def callback(request: Request) -> Response:
    token = await oauth.gatepass.authorize_access_token(request)
    kept[token["userinfo"]["sub"]] = token
    request.session["user"] = await oauth.gatepass.userinfo(token=token)
    return RedirectResponse("/")


@app.get("/refresh")
async def refresh(user: User) -> dict[str, Any]:
    before = kept[user["sub"]]
    after = await oauth.gatepass.fetch_access_token(
        grant_type="refresh_token", refresh_token=before["refresh_token"]
    )
    kept[user["sub"]] = {**before, **after}
    told = await oauth.gatepass.userinfo(token=after)
    return {"rotated": after["refresh_token"] != before["refresh_token"], **told}


@app.get("/logout")
async def logout(request: Request, user: User) -> Response:
    request.session.clear()
    answer: Response = await oauth.gatepass.logout_redirect(
        request, request.url_for("home"), kept.pop(user["sub"])["id_token"]
    )
    return answer


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning")

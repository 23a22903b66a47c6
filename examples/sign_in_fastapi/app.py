"""Sign in with Gatepass, in a FastAPI program: Authlib asks, Gatepass shows the pages, and people come back known.

``gatepass clients create --for authlib-starlette --url http://127.0.0.1:8001 --file .env > .env`` makes the program
known; then ``set -a; . ./.env; set +a; python app.py``, and open http://127.0.0.1:8001.
"""

import os
from html import escape

import uvicorn
from authlib.integrations.starlette_client import OAuth, OAuthError
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.middleware.sessions import SessionMiddleware

PORT = int(os.environ.get("PORT", "8001"))
HOME = f"http://127.0.0.1:{PORT}"

app = FastAPI()
# Browsers give cookies of 127.0.0.1 to all its ports.
app.add_middleware(SessionMiddleware, secret_key=os.environ["SECRET_KEY"], session_cookie="fastapi_session")
oauth = OAuth()
oauth.register(
    "gatepass",
    client_id=os.environ["OIDC_CLIENT_ID"],
    client_secret=os.environ["OIDC_CLIENT_SECRET"],
    server_metadata_url=os.environ["OIDC_ISSUER"].rstrip("/") + "/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
)


@app.get("/")
async def home(request: Request) -> HTMLResponse:
    """Who is there."""
    user = request.session.get("user")
    if user is None:
        return HTMLResponse('<a href="/sign-in">Sign in with Gatepass</a>\n')
    return HTMLResponse(f'Hello {escape(user["name"])}. <a href="/sign-out">Sign out</a>\n')


@app.get("/sign-in")
async def sign_in(request: Request) -> Response:
    """Send the browser to Gatepass, with a state, a nonce and a PKCE challenge that the session remembers."""
    answer: Response = await oauth.gatepass.authorize_redirect(request, f"{HOME}/callback")
    return answer


@app.get("/callback")
async def callback(request: Request) -> Response:
    """Redeem the code; Authlib checks state, ID token and nonce."""
    try:
        token = await oauth.gatepass.authorize_access_token(request)
    except OAuthError as error:  # the person said no, or the link was not from here
        return HTMLResponse(f"Not signed in: {escape(error.error)}.\n", status_code=400)
    request.session["user"] = dict(await oauth.gatepass.userinfo(token=token))
    request.session["id_token"] = token["id_token"]  # for the log-out
    return RedirectResponse("/", status_code=303)


@app.get("/sign-out")
async def sign_out(request: Request) -> Response:
    """Forget who it was, and end the sign-in at Gatepass, too, which sends the browser back."""
    id_token = request.session.get("id_token")
    request.session.clear()
    answer: Response = await oauth.gatepass.logout_redirect(request, f"{HOME}/", id_token_hint=id_token)
    return answer


if __name__ == "__main__":
    uvicorn.run(app, port=PORT, log_level="warning")

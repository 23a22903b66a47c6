"""A program in Flask that people sign in to, with Authlib's Flask client."""

import os
from typing import Any

from authlib.integrations.flask_client import OAuth
from flask import Flask, abort, redirect, request, session, url_for
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry
from werkzeug.wrappers import Response

LOG_OUT = "http://schemas.openid.net/event/backchannel-logout"

app = Flask(__name__)
app.secret_key = os.urandom(16)
kept: dict[str, dict[str, Any]] = {}  # tokens, by whom they are of: a cookie is no place for them


def keep(_name: str, token: dict[str, Any], **_: object) -> None:
    """Authlib calls this when it has refreshed a token."""
    kept[session["user"]["sub"]] = token


oauth = OAuth(app, update_token=keep)
oauth.register(
    "gatepass",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=os.environ["ISSUER"] + "/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email offline_access", "code_challenge_method": "S256"},
)


@app.get("/")
def home() -> dict[str, Any]:
    user = session.get("user", {})
    return dict(user) if user.get("sub") in kept else {}


@app.get("/login")
def login() -> Response:
    answer: Response = oauth.gatepass.authorize_redirect(url_for("callback", _external=True))
    return answer


@app.get("/callback")
def callback() -> Response:
    token = oauth.gatepass.authorize_access_token()
    claims = token["userinfo"]  # of the ID token, which is verified
    session["user"] = {"sub": claims["sub"]}
    kept[claims["sub"]] = token
    session["user"] = oauth.gatepass.userinfo(token=token)
    return redirect(url_for("home"))


@app.get("/userinfo")
def userinfo() -> dict[str, Any]:
    """What the server tells now; Authlib refreshes the token first if it is about to end."""
    subject = session["user"]["sub"]
    before = kept[subject]
    told = oauth.gatepass.userinfo(token=before)
    return {"refreshed": kept[subject] is not before, **told}


@app.post("/told")
def told() -> str:
    """The server tells of a log-out, wherever it was asked for (Back-Channel Logout 1.0 section 2.6)."""
    registry = JWSRegistry(algorithms=["RS256"], strict_check_header=False)
    keys = KeySet.import_key_set(oauth.gatepass.fetch_jwk_set())
    token = jwt.decode(request.form["logout_token"], keys, registry=registry)
    must_be = JWTClaimsRegistry(
        iss={"essential": True, "value": os.environ["ISSUER"]},
        aud={"essential": True, "value": os.environ["CLIENT_ID"]},
        exp={"essential": True},
    )
    must_be.validate(token.claims)
    if (
        token.header["typ"] != "logout+jwt"
        or LOG_OUT not in token.claims["events"]
        or "nonce" in token.claims
    ):
        abort(400)
    kept.pop(token.claims["sub"], None)
    return ""


@app.get("/logout")
def logout() -> Response:
    token = kept[session.pop("user")["sub"]]
    answer: Response = oauth.gatepass.logout_redirect(
        url_for("home", _external=True), id_token_hint=token["id_token"]
    )
    return answer


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))

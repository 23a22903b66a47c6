"""Sign in with Gatepass, in a Flask program: Authlib asks, Gatepass shows the pages, and people come back known.

``gatepass clients create --for authlib-flask --url http://127.0.0.1:5000 --file .env > .env`` makes the program known;
then ``set -a; . ./.env; set +a; python app.py``, and open http://127.0.0.1:5000.
"""

import os

from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask, redirect, session
from flask.typing import ResponseReturnValue
from markupsafe import escape

PORT = int(os.environ.get("PORT", "5000"))
HOME = f"http://127.0.0.1:{PORT}"

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
app.config["SESSION_COOKIE_NAME"] = "flask_session"  # browsers give cookies of 127.0.0.1 to all its ports
oauth = OAuth(app)
oauth.register(
    "gatepass",
    client_id=os.environ["OIDC_CLIENT_ID"],
    client_secret=os.environ["OIDC_CLIENT_SECRET"],
    server_metadata_url=os.environ["OIDC_ISSUER"].rstrip("/") + "/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
)


@app.get("/")
def home() -> str:
    """Who is there."""
    if "user" not in session:
        return '<a href="/sign-in">Sign in with Gatepass</a>\n'
    return f'Hello {escape(session["user"]["name"])}. <a href="/sign-out">Sign out</a>\n'


@app.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Send the browser to Gatepass, with a state, a nonce and a PKCE challenge that the session remembers."""
    answer: ResponseReturnValue = oauth.gatepass.authorize_redirect(f"{HOME}/callback")
    return answer


@app.get("/callback")
def callback() -> ResponseReturnValue:
    """Redeem the code; Authlib checks state, ID token and nonce."""
    try:
        token = oauth.gatepass.authorize_access_token()
    except OAuthError as error:  # the person said no, or the link was not from here
        return f"Not signed in: {escape(error.error)}.\n", 400
    session["user"] = dict(oauth.gatepass.userinfo(token=token))
    session["id_token"] = token["id_token"]  # for the log-out
    return redirect("/")


@app.get("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Forget who it was, and end the sign-in at Gatepass, too, which sends the browser back."""
    id_token = session.get("id_token")
    session.clear()
    answer: ResponseReturnValue = oauth.gatepass.logout_redirect(f"{HOME}/", id_token_hint=id_token)
    return answer


if __name__ == "__main__":
    app.run(port=PORT)

"""Before: Flask-JWT-Extended logs people in and checks their tokens, with one secret.

SECRET=... PASSWORD=... PORT=8001 python before.py
"""

import os
from typing import Any

from flask import Flask, request
from flask_jwt_extended import JWTManager, create_access_token, get_jwt, get_jwt_identity, jwt_required

app = Flask(__name__)
app.config["JWT_SECRET_KEY"] = os.environ["SECRET"]
app.config["JWT_ENCODE_ISSUER"] = app.config["JWT_DECODE_ISSUER"] = "shop"
app.config["JWT_ENCODE_AUDIENCE"] = app.config["JWT_DECODE_AUDIENCE"] = "shop-api"
JWTManager(app)

PASSWORDS = {"ann": os.environ["PASSWORD"]}  # stands for your table of people and hashes


@app.post("/login")
def login() -> Any:
    name, password = request.form["name"], request.form["password"]
    if password != PASSWORDS.get(name):
        return {"msg": "Bad name or password"}, 401
    return {"access_token": create_access_token(name, additional_claims={"role": "staff"})}


@app.get("/protected")
@jwt_required()
def protected() -> dict[str, Any]:
    return {"caller": get_jwt_identity()}


@app.get("/staff")
@jwt_required()
def staff() -> Any:
    if get_jwt().get("role") != "staff":
        return {"msg": "Staff only"}, 403
    return {"caller": get_jwt_identity()}


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))

# mypy: ignore-errors

"""Before: a FastAPI program that checks tokens with python-jose, as FastAPI's tutorial long did.

SECRET=... PORT=8001 python before.py
"""

import os
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import OAuth2PasswordBearer, SecurityScopes
from jose import JWTError, jwt

SECRET = os.environ["SECRET"]

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token", scopes={"orders:read": "Read orders."})


def current_user(needed: SecurityScopes, token: Annotated[str, Depends(bearer)]) -> str:
    headers = {"WWW-Authenticate": "Bearer"}
    try:
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], audience="shop-api", issuer="shop")
    except JWTError:
        raise HTTPException(401, "Could not validate credentials", headers) from None
    if claims.get("sub") is None:
        raise HTTPException(401, "Could not validate credentials", headers)
    if not set(needed.scopes) <= set(claims.get("scopes", [])):
        raise HTTPException(401, "Not enough permissions", headers)
    return claims["sub"]


@app.get("/protected")
def protected(caller: Annotated[str, Security(current_user)]) -> dict[str, Any]:
    return {"caller": caller}


@app.get("/orders")
def orders(caller: Annotated[str, Security(current_user, scopes=["orders:read"])]) -> dict[str, Any]:
    return {"caller": caller}


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["PORT"]))

# mypy: ignore-errors

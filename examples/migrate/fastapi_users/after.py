"""After: an API that takes the tokens of fastapi-users, which goes on to log people in, without having it installed.

SECRET=... PORT=8001 python after.py
"""

import os
from dataclasses import dataclass
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, HTTPException

from gatepass import Principal, Verifier
from gatepass.fastapi import TokenGuard


@dataclass
class User:
    email: str
    is_superuser: bool = False
    is_active: bool = True


# Stands for your table of users, by their id as text.
USERS = {
    "00000000-0000-0000-0000-000000000001": User("ann@example.com"),
    "00000000-0000-0000-0000-000000000002": User("root@example.com", is_superuser=True),
    "00000000-0000-0000-0000-000000000003": User("gone@example.com", is_active=False),
}

verifier = Verifier.from_secret(
    os.environ["SECRET"], issuer="shop", audience="fastapi-users:auth", types=["at+jwt", "JWT"]
)
app = FastAPI()
guard = TokenGuard(verifier)
guard.install(app)


def active_user(caller: Annotated[Principal, Depends(guard.principal)]) -> User:
    user = USERS.get(caller.subject)
    if user is None or not user.is_active:
        raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return user


def superuser(user: Annotated[User, Depends(active_user)]) -> User:
    if not user.is_superuser:
        raise HTTPException(403)
    return user


@app.get("/protected")
def protected(user: Annotated[User, Depends(active_user)]) -> dict[str, str]:
    return {"caller": user.email}


@app.get("/admin")
def admin(user: Annotated[User, Depends(superuser)]) -> dict[str, str]:
    return {"caller": user.email}


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["PORT"]))

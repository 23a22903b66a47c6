"""Before: fastapi-users logs people in and checks their tokens with its JWTStrategy.

SECRET=... PASSWORD=... PORT=8001 python before.py
"""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import uvicorn
from fastapi import Depends, FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin
from fastapi_users.authentication import AuthenticationBackend, BearerTransport, JWTStrategy
from fastapi_users.db import BaseUserDatabase
from fastapi_users.jwt import generate_jwt
from fastapi_users.password import PasswordHelper


@dataclass
class User:
    id: UUID
    email: str
    is_superuser: bool = False
    is_active: bool = True
    is_verified: bool = True
    hashed_password: str = PasswordHelper().hash(os.environ["PASSWORD"])


# Stands for your table of users.
USERS = [User(UUID(int=1), "ann@example.com"), User(UUID(int=2), "root@example.com", is_superuser=True)]
USERS.append(User(UUID(int=3), "gone@example.com", is_active=False))


class Users(BaseUserDatabase[User, UUID]):
    async def get(self, id: UUID) -> User | None:  # noqa: A002 - the name that fastapi-users gives it
        return next((user for user in USERS if user.id == id), None)

    async def get_by_email(self, email: str) -> User | None:
        return next((user for user in USERS if user.email == email), None)


class UserManager(UUIDIDMixin, BaseUserManager[User, UUID]):
    pass


class NamedStrategy(JWTStrategy[User, UUID]):
    issuer = "shop"

    async def write_token(self, user: User) -> str:
        claims = {"iss": self.issuer, "sub": str(user.id), "aud": self.token_audience}
        return generate_jwt(claims, self.encode_key, self.lifetime_seconds, self.algorithm)


async def user_manager() -> AsyncIterator[UserManager]:
    yield UserManager(Users())


def strategy() -> NamedStrategy:
    return NamedStrategy(os.environ["SECRET"], lifetime_seconds=3600)


app = FastAPI()
backend = AuthenticationBackend("jwt", BearerTransport("auth/jwt/login"), strategy)
users = FastAPIUsers[User, UUID](user_manager, [backend])
app.include_router(users.get_auth_router(backend), prefix="/auth/jwt")


@app.get("/protected")
def protected(user: Annotated[User, Depends(users.current_user(active=True))]) -> dict[str, Any]:
    return {"caller": user.email}


@app.get("/admin")
def admin(user: Annotated[User, Depends(users.current_user(active=True, superuser=True))]) -> dict[str, Any]:
    return {"caller": user.email}


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["PORT"]))

# mypy: ignore-errors

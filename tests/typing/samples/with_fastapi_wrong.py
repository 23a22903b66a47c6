"""``gatepass.fastapi``: what both type checkers must refuse, each error marked."""

from typing import Annotated

from fastapi import Depends

from gatepass import Principal, Verifier
from gatepass.fastapi import TokenGuard


def create(verifier: Verifier) -> None:
    """Wrong in every line that is marked."""
    guard = TokenGuard(verifier)
    TokenGuard(verifier, secret="x")  # type: ignore[call-arg]  # there is no such argument
    guard.require(1)  # type: ignore[arg-type]
    guard.require("a", max_age="60")  # type: ignore[arg-type]

    @guard.token_required("orders:read")
    async def greet(caller: Annotated[Principal | None, Depends(guard.optional_principal)]) -> str:
        return caller.subject  # type: ignore[union-attr]  # the token is optional, so there may be no caller

    greet(1)  # type: ignore[arg-type, unused-coroutine]  # a protected function takes what it took before

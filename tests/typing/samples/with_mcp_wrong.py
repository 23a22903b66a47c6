"""``gatepass.mcp``: what both type checkers must refuse, each error marked."""

from gatepass import Verifier
from gatepass.mcp import TokenGuard, TokenVerifier, auth_settings, caller


def create(verifier: Verifier) -> None:
    """Wrong in every line that is marked."""
    guard = TokenGuard(verifier)
    TokenGuard(verifier, scopes=["a"])  # type: ignore[call-arg]  # a requirement belongs to protect or to a tool
    TokenVerifier("https://auth.test")  # type: ignore[arg-type]
    auth_settings(verifier)  # type: ignore[call-arg]  # the address of the server is missing
    guard.token_required(1)  # type: ignore[call-overload]
    caller(1)  # type: ignore[arg-type]

    @guard.token_required("orders:read")
    def whoami(number: int) -> str:
        return str(number)

    whoami("1")  # type: ignore[arg-type]  # a protected tool takes what the function takes
    guard.optional_principal.subject  # type: ignore[union-attr]  # noqa: B018 - there may be none

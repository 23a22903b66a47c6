"""Wrong uses of `gatepass.flask`: every line marked here is an error to both checkers, and no other line is."""

from gatepass import Verifier
from gatepass.flask import TokenGuard


def wrong_views(guard: TokenGuard, verifier: Verifier) -> None:
    """The guard of Flask."""
    TokenGuard()  # type: ignore[call-arg] # no verifier
    TokenGuard("https://issuer.test")  # type: ignore[arg-type] # an address is no verifier
    TokenGuard(verifier, check=lambda: None)  # type: ignore[arg-type,misc] # a check gets the principal
    guard.token_required(["orders:read"])  # type: ignore[call-overload] # scopes are strings one by one
    guard.token_required(scopes="orders:read")  # type: ignore[call-overload] # the same
    guard.token_optional("orders:read")  # type: ignore[type-var] # an optional token demands no scope
    str(guard.optional_principal.subject)  # type: ignore[union-attr] # there may be none
    guard.principal = None  # type: ignore[misc,assignment] # a request's, and nobody's to set

    @guard.token_required("orders:read")
    def order(number: int) -> str:
        return str(number)

    order("1")  # type: ignore[arg-type] # the view kept its signature
    order()  # type: ignore[call-arg] # the same

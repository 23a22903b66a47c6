"""Wrong uses of the adapters for Django, DRF and WSGI: each marked line is an error to both checkers, no other is."""

from django.http import HttpRequest, JsonResponse

from gatepass import Verifier
from gatepass.django import TokenGuard
from gatepass.drf import TokenGuard as ApiGuard
from gatepass.wsgi import TokenGuard as WsgiGuard
from gatepass.wsgi import TokenMiddleware, by_prefix


def wrong(verifier: Verifier, request: HttpRequest) -> None:
    """Wrong in every line that is marked."""
    guard = TokenGuard(verifier)
    TokenGuard(verifier, scopes=("a",))  # type: ignore[call-arg] # views ask for scopes, not guards
    guard.token_required("a", max_age="60")  # type: ignore[call-overload]
    guard.token_optional("a")  # type: ignore[type-var]
    guard.principal_of("request")  # type: ignore[arg-type]
    str(guard.optional_principal_of(request).subject)  # type: ignore[union-attr] # there may be none

    @guard.token_required("orders:read")
    def order(request: HttpRequest, number: int) -> JsonResponse:
        return JsonResponse({"number": number, "path": request.path})

    order(request, "1")  # type: ignore[arg-type] # a protected view takes what it took before

    api = ApiGuard(verifier, user="ann")  # type: ignore[arg-type] # a function makes users
    api.require(["orders:read"])  # type: ignore[arg-type] # scopes are strings one by one
    TokenMiddleware(WsgiGuard(verifier))  # type: ignore[call-arg, arg-type] # the program comes first
    by_prefix({"/": "orders:read"})  # type: ignore[dict-item] # a rule is a Requirement

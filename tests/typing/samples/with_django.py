"""``gatepass.django`` and ``gatepass.drf``: views keep their signatures."""

from typing import assert_type

from django.http import HttpRequest, JsonResponse

from gatepass import Principal, Verifier
from gatepass.django import TokenGuard


def create_views(verifier: Verifier) -> None:
    """A view of each kind."""
    guard = TokenGuard(verifier, resource="https://api.test")

    @guard.token_required("orders:read", max_age=60)
    def order(request: HttpRequest, number: int) -> JsonResponse:
        assert_type(guard.principal_of(request), Principal)
        return JsonResponse({"number": number})

    @guard.token_optional
    async def greet(request: HttpRequest) -> JsonResponse:
        assert_type(guard.optional_principal_of(request), Principal | None)
        return JsonResponse({})

    assert_type(order(HttpRequest(), 1), JsonResponse)
    assert_type(len(guard.metadata_urls()), int)
    assert callable(greet)

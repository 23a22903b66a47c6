"""``gatepass.drf``: the principal of a request, authentication and permissions are typed."""

from typing import TYPE_CHECKING, assert_type

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gatepass import Principal, Verifier
from gatepass.drf import TokenGuard, TokenUser, exception_handler, principal_of

if TYPE_CHECKING:
    from rest_framework.permissions import BasePermission


class Person:
    """A user of somebody's own."""

    def __init__(self, principal: Principal) -> None:
        self.name = principal.subject


def create_view(verifier: Verifier) -> type[APIView]:
    """A view with a guard."""
    guard = TokenGuard(verifier, realm="orders", resource="https://api.test", user=Person)
    permission: type[BasePermission] = guard.require("orders:read", any_of=["a", "b"], max_age=60)

    class Orders(APIView):
        authentication_classes = (guard.authentication,)
        permission_classes = (permission,)

        def get(self, request: Request) -> Response:
            assert_type(principal_of(request), Principal)
            assert_type(guard.optional_principal_of(request), Principal | None)
            return Response(str(TokenUser(principal_of(request)).pk))

    assert_type(exception_handler(ValueError(), {}), Response | None)
    return Orders

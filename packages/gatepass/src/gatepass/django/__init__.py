"""Protect Django views with access tokens: the only package that imports Django by itself.

guard = TokenGuard(verifier)

@guard.token_required("orders:read")
def orders(request):
    return JsonResponse({"caller": guard.principal_of(request).subject})
"""

from gatepass.django.guard import TokenGuard
from gatepass.django.middleware import TokenRequiredMiddleware, token_middleware

__all__ = ["TokenGuard", "TokenRequiredMiddleware", "token_middleware"]

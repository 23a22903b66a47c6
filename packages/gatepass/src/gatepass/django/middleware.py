"""Middleware that judges the tokens of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.decorators import sync_and_async_middleware
from django.utils.module_loading import import_string

from gatepass.django.guard import JUDGE, TokenGuard
from gatepass.guard import Requirement

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from django.http import HttpRequest, HttpResponseBase


@sync_and_async_middleware
def token_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware that verifies the token of every request that carries one; the others pass as well.

    ``MIDDLEWARE = [..., "gatepass.django.token_middleware"]`` and ``GATEPASS_GUARD = "myproject.auth.guard"``. Views
    ask ``guard.optional_principal_of(request)``; a request with a bad token is refused before any view.

    Raises:
        ImproperlyConfigured: The setting names no guard.
    """
    guard = _configured()
    anybody = Requirement(optional=True)
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> Any:
            refused = await guard.alet_in(request, anybody)
            return await get_response(request) if refused is None else refused

        return asynchronous

    def synchronous(request: HttpRequest) -> Any:
        refused = guard.let_in(request, anybody)
        return get_response(request) if refused is None else refused

    return synchronous


class TokenRequiredMiddleware:
    """Middleware that demands a good token for every view that does not say itself what it demands.

    A view says so by ``token_required`` or ``token_optional`` of the same guard; the metadata document is open to all.
    What is not there stays 404. In settings as :func:`token_middleware`, in whose place it stands.

    Args:
        get_response: What comes next.

    Raises:
        ImproperlyConfigured: The setting names no guard.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._guard = _configured()
        self._get_response = get_response
        self.process_view: Callable[..., HttpResponseBase | Awaitable[HttpResponseBase | None] | None]
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)
            self.process_view = self._aprocess_view
        else:
            self.process_view = self._process_view

    def __call__(self, request: HttpRequest) -> Any:
        """Pass on; a request is judged when its view is known."""
        return self._get_response(request)

    def _process_view(self, request: HttpRequest, view: object, *_: object) -> HttpResponseBase | None:
        if getattr(view, JUDGE, None) is self._guard:
            return None
        return self._guard.let_in(request, Requirement())

    async def _aprocess_view(self, request: HttpRequest, view: object, *_: object) -> HttpResponseBase | None:
        if getattr(view, JUDGE, None) is self._guard:
            return None
        return await self._guard.alet_in(request, Requirement())


def _configured() -> TokenGuard:
    name = getattr(settings, "GATEPASS_GUARD", None)
    guard = import_string(name) if isinstance(name, str) else name
    if not isinstance(guard, TokenGuard):
        raise ImproperlyConfigured(
            "GATEPASS_GUARD must name the TokenGuard of this project, for instance 'myproject.auth.guard'."
        )
    return guard

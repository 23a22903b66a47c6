"""Views that demand tokens, and who is calling them."""

from __future__ import annotations

import functools
import inspect
import re
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload
from urllib.parse import unquote

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern, re_path
from django.views.decorators.http import require_safe

from gatepass.guard import Gate, Presented, Requirement
from gatepass.guard.gate import Refusable
from gatepass.guard.paths import asgi_path, wsgi_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatepass.bearer import AmbiguousRequestError
    from gatepass.errors import TokenError
    from gatepass.principal import Principal

View = TypeVar("View", bound="Callable[..., Any]")

_STORE = "_gatepass_principals"
JUDGE = "gatepass_guard"
"""The attribute of a view that is the guard by which its requests are judged."""


class TokenGuard(Gate):
    """Lets requests with a good token through to a view; the arguments are those of ``gatepass.guard.Gate``.

    ``guard.principal_of(request)`` is the caller. A view that demands a token needs no protection against forged
    requests, because no browser sends a token by itself: where ``CsrfViewMiddleware`` is, decorate it with
    ``csrf_exempt`` as well.
    """

    def principal_of(self, request: HttpRequest) -> Principal:
        """The caller of a request.

        Raises:
            RuntimeError: No token was verified for this request.
        """
        found = self.optional_principal_of(request)
        if found is None:
            raise RuntimeError(
                "There is a principal only for a request that this guard let in with a token; where the token is "
                "optional, ask optional_principal_of."
            )
        return found

    def optional_principal_of(self, request: HttpRequest) -> Principal | None:
        """The caller of a request, or ``None`` where no token was verified for it."""
        found: Principal | None = getattr(request, _STORE, {}).get(self)
        return found

    @overload
    def token_required(self, view: View, /) -> View: ...

    @overload
    def token_required(
        self,
        /,
        *scopes: str,
        any_of: Sequence[str] = (),
        acr_values: Sequence[str] = (),
        max_age: int | None = None,
    ) -> Callable[[View], View]: ...

    def token_required(self, /, *arguments: Any, **further: Any) -> Any:
        """Protect a view: ``@guard.token_required``, or ``@guard.token_required("orders:read")`` with scopes.

        The view is a function or coroutine function of the request, or what ``as_view()`` returns; classes take it
        by ``@method_decorator(guard.token_required, name="dispatch")``, whether their methods are asynchronous or
        not.

        Args:
            arguments: The scopes that the token must grant, all of them.
            further: ``any_of``, scopes one of which is enough; ``acr_values`` and ``max_age`` (seconds), how and
                how recently the user must have signed in (RFC 9470).
        """
        if len(arguments) == 1 and callable(arguments[0]) and not further:
            return self._protect(arguments[0], Requirement())
        requirement = Requirement(scopes=arguments, **further)
        return lambda view: self._protect(view, requirement)

    def token_optional(self, view: View, /) -> View:
        """Let requests without a token through as well; ``optional_principal_of(request)`` is then ``None``.

        A bad token is still refused.
        """
        return self._protect(view, Requirement(optional=True))

    def metadata_urls(self) -> list[URLPattern]:
        """For ``urlpatterns`` of the root: the metadata document at its well-known address (RFC 9728 section 3)."""

        @require_safe
        def metadata(_request: HttpRequest) -> JsonResponse:
            return JsonResponse(self.metadata)

        setattr(metadata, JUDGE, self)  # open to all, whatever middleware demands
        # Django compares with what the path means, not how it is written.
        return [re_path(rf"^{re.escape(unquote(self.metadata_path[1:]))}\Z", metadata)]

    def presented(self, request: HttpRequest) -> Presented:
        """What a request presents; equal headers arrive joined by commas, which no token holds."""

        def values(name: str) -> list[str]:
            value = request.headers.get(name)
            return [] if value is None else [value]

        scope = getattr(request, "scope", None)
        return Presented(
            values("Authorization"),
            [value for name in self.extra_headers for value in values(name)],
            values("DPoP"),
            request.method or "GET",
            wsgi_path(request.META) if scope is None else asgi_path(scope),
        )

    def let_in(self, request: HttpRequest, requirement: Requirement) -> HttpResponseBase | None:
        """Judge a request and note its caller; the answer is the refusal, if it is refused."""
        presented = self.presented(request)
        try:
            self._note(request, self.admit(presented, requirement, self.optional_principal_of(request)))
        except Refusable as error:
            return self._answer(error, presented)
        return None

    async def alet_in(self, request: HttpRequest, requirement: Requirement) -> HttpResponseBase | None:
        """The same for an event loop, which it never blocks."""
        presented = self.presented(request)
        try:
            self._note(
                request, await self.aadmit(presented, requirement, self.optional_principal_of(request))
            )
        except Refusable as error:
            return self._answer(error, presented)
        return None

    def _protect(self, view: View, requirement: Requirement) -> View:
        if inspect.isclass(view):
            raise TypeError("token_required protects a function; a class takes it by method_decorator.")
        if _is_asynchronous(view):

            @functools.wraps(view)
            async def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                refused = await self.alet_in(request, requirement)
                answer = view(request, *args, **kwargs) if refused is None else refused
                return await answer if inspect.isawaitable(answer) else answer
        else:

            @functools.wraps(view)
            def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                refused = self.let_in(request, requirement)
                return view(request, *args, **kwargs) if refused is None else refused

        setattr(guarded, JUDGE, self)
        return cast("View", guarded)

    def _note(self, request: HttpRequest, principal: Principal | None) -> None:
        # By guard: what one guard let in is not let in by another.
        setattr(request, _STORE, {**getattr(request, _STORE, {}), self: principal})

    def _answer(self, error: TokenError | AmbiguousRequestError, presented: Presented) -> HttpResponseBase:
        refusal = self.refuse(error, presented)
        response = JsonResponse({"message": refusal.message}, status=refusal.status)
        for name, value in refusal.headers:  # equal names are one list (RFC 9110 section 5.3)
            response[name] = f"{response[name]}, {value}" if response.has_header(name) else value
        return response


def _is_asynchronous(view: Callable[..., Any]) -> bool:
    """Tell whether a view's answer is awaited.

    ``dispatch`` of a class with asynchronous methods is a plain function that returns what one of them returned;
    ``method_decorator`` hands it over bound to its object, in a ``functools.partial``.
    """
    owner = getattr(getattr(view, "func", view), "__self__", None)
    return iscoroutinefunction(view) or getattr(owner, "view_is_async", False) is True

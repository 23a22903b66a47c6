"""Protect Flask views with access tokens: the only file that imports Flask.

guard = TokenGuard(verifier)

@app.get("/orders")
@guard.token_required("orders:read")
def orders():
    return {"caller": guard.principal.subject}
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from flask import Response, has_request_context, jsonify, request

from gatepass.bearer import AmbiguousRequestError, checked_realm, find_token, refuse
from gatepass.errors import TokenError
from gatepass.signer import join_scopes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatepass.principal import Principal
    from gatepass.verifier import Verifier

View = TypeVar("View", bound="Callable[..., Any]")

_STORE = "gatepass_principals"


class TokenGuard:
    """Lets requests with a good token through to a view.

    Without one the view is not called: the answer is 401 with a ``WWW-Authenticate`` challenge, 403 when only a
    scope is missing, 400 when the request carries several tokens, 503 when tokens cannot be checked at the
    moment, each with a JSON body ``{"message": ...}`` (RFC 6750 section 3). Why is told to the log alone, by the
    logger ``gatepass``.

    Args:
        verifier: What checks the tokens.
        realm: Named in challenges.
        extra_headers: Headers besides ``Authorization: Bearer`` that may hold a bare token, for instance
            ``("x-access-token",)``.
        check: Called with the principal after its token was verified and before the view; it may raise a
            TokenError, which is its only way to refuse.

    Raises:
        TypeError: ``check`` is asynchronous: nobody would wait for what it says.
    """

    def __init__(
        self,
        verifier: Verifier,
        *,
        realm: str | None = None,
        extra_headers: Sequence[str] = (),
        check: Callable[[Principal], object] | None = None,
    ) -> None:
        self._verifier = verifier
        self._realm = checked_realm(realm)
        self._extra_headers = tuple(extra_headers)
        if _is_asynchronous(check):
            raise TypeError(
                "check must be a plain function: nobody would wait for what an asynchronous one says."
            )
        self._check = check

    @property
    def principal(self) -> Principal:
        """The caller of the current request.

        Raises:
            RuntimeError: No token was verified for this request: the view is not protected by this guard.
        """
        found = getattr(request, _STORE, {}).get(self) if has_request_context() else None
        if found is None:
            raise RuntimeError(
                "guard.principal is there only inside a view that this guard protects with token_required."
            )
        return cast("Principal", found)

    @overload
    def token_required(self, view: View, /) -> View: ...

    @overload
    def token_required(self, /, *scopes: str) -> Callable[[View], View]: ...

    def token_required(self, /, *arguments: Any) -> Any:
        """Protect a view: ``@guard.token_required``, or ``@guard.token_required("orders:read")`` with scopes.

        The view may be a function, a coroutine function or a method of a ``MethodView``; it keeps its name,
        docstring and signature. Put it below ``@app.get(...)``.
        """
        if len(arguments) == 1 and callable(arguments[0]):
            return self._protect(arguments[0], ())
        join_scopes(arguments)
        return lambda view: self._protect(view, arguments)

    def _protect(self, view: View, scopes: tuple[str, ...]) -> View:
        if inspect.isclass(view):
            raise TypeError(
                "token_required protects a function or method; a class names it in its decorators."
            )
        if inspect.iscoroutinefunction(view):

            @functools.wraps(view)
            async def guarded(*args: Any, **kwargs: Any) -> Any:
                try:
                    self._admit(await self._verifier.averify(self._token(), scopes=scopes))
                except (TokenError, AmbiguousRequestError) as error:
                    return self._refuse(error)
                return await view(*args, **kwargs)
        else:

            @functools.wraps(view)
            def guarded(*args: Any, **kwargs: Any) -> Any:
                try:
                    self._admit(self._verifier.verify(self._token(), scopes=scopes))
                except (TokenError, AmbiguousRequestError) as error:
                    return self._refuse(error)
                return view(*args, **kwargs)

        return cast("View", guarded)

    def _token(self) -> str:
        headers = request.headers
        extra = (value for name in self._extra_headers for value in headers.getlist(name))
        return find_token(headers.getlist("Authorization"), extra)

    def _admit(self, principal: Principal) -> None:
        if self._check is not None:
            _expect_nothing(self._check(principal))
        # On the request, not on flask.g: that one belongs to the application context, which several requests may
        # share. By guard: what one guard let in is not let in by another.
        admitted: dict[TokenGuard, Principal] = getattr(request, _STORE, {})
        setattr(request, _STORE, {**admitted, self: principal})

    def _refuse(self, error: TokenError | AmbiguousRequestError) -> Response:
        refusal = refuse(error, realm=self._realm)
        response = jsonify({"message": refusal.message})
        response.status_code = refusal.status
        response.headers.extend(refusal.headers)
        return response


def _is_asynchronous(check: object) -> bool:
    return any(
        inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
        for function in (check, getattr(check, "__call__", None))  # noqa: B004 - an object may call asynchronously
    )


def _expect_nothing(answer: object) -> None:
    """Refuse what a check may have meant as a refusal: letting the request in would be the worst reading."""
    if inspect.iscoroutine(answer):
        answer.close()
    if answer is False or inspect.isawaitable(answer) or inspect.isasyncgen(answer):
        raise TypeError("check answered False or something to wait for; it refuses by raising a TokenError.")


class TokenRequired:
    """The same as a class: ``@TokenRequired(guard)``, ``@TokenRequired(guard, "orders:read")``.

    An instance serves in ``MethodView.decorators`` too.

    Args:
        guard: The guard that protects.
        scopes: What the token must grant.
    """

    def __init__(self, guard: TokenGuard, *scopes: str) -> None:
        self._decorate = guard.token_required(*scopes)

    def __call__(self, view: View) -> View:
        """Protect a view."""
        return self._decorate(view)

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
from urllib.parse import unquote

from flask import Response, has_request_context, jsonify, request

from gatepass.guard import Gate, Presented, Requirement
from gatepass.guard.gate import Refusable
from gatepass.guard.paths import wsgi_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

    from gatepass.bearer import AmbiguousRequestError
    from gatepass.errors import TokenError
    from gatepass.principal import Principal

View = TypeVar("View", bound="Callable[..., Any]")

_STORE = "gatepass_principals"


class TokenGuard(Gate):
    """Lets requests with a good token through to a view; the arguments are those of ``gatepass.guard.Gate``.

    Without one the view is not called, and the answer says what is missing.
    """

    @property
    def principal(self) -> Principal:
        """The caller of the current request.

        Raises:
            RuntimeError: No token was verified for this request: the view is not protected by this guard, or its
                token is optional and there is none.
        """
        found = self.optional_principal
        if found is None:
            raise RuntimeError(
                "guard.principal is there only inside a view that this guard protects with token_required; where "
                "the token is optional, ask guard.optional_principal."
            )
        return found

    @property
    def optional_principal(self) -> Principal | None:
        """The caller of the current request, or ``None`` where no token was verified for it."""
        found = getattr(request, _STORE, {}).get(self) if has_request_context() else None
        return cast("Principal | None", found)

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

        The view may be a function, a coroutine function or a method of a ``MethodView``; it keeps its name,
        docstring and signature. Put it below ``@app.get(...)``.

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
        """Let requests without a token through as well; ``guard.optional_principal`` is then ``None``.

        A bad token is still refused.
        """
        return self._protect(view, Requirement(optional=True))

    def serve_metadata(self, app: Flask) -> None:
        """Serve the metadata document of the API at its well-known address (RFC 9728 section 3)."""
        app.add_url_rule(
            unquote(self.metadata_path),  # a rule is compared with what the path means, not how it is written
            # By path, so that several guards of one program have one each; a dot would mean a blueprint.
            f"gatepass{self.metadata_path}".replace(".", "_"),
            lambda: jsonify(self.metadata),
            methods=["GET"],
        )

    def _protect(self, view: View, requirement: Requirement) -> View:
        if inspect.isclass(view):
            raise TypeError(
                "token_required protects a function or method; a class names it in its decorators."
            )
        if inspect.iscoroutinefunction(view):

            @functools.wraps(view)
            async def guarded(*args: Any, **kwargs: Any) -> Any:
                presented = self._presented()
                try:
                    self._note(await self.aadmit(presented, requirement, self.optional_principal))
                except Refusable as error:
                    return self._answer(error, presented)
                return await view(*args, **kwargs)
        else:

            @functools.wraps(view)
            def guarded(*args: Any, **kwargs: Any) -> Any:
                presented = self._presented()
                try:
                    self._note(self.admit(presented, requirement, self.optional_principal))
                except Refusable as error:
                    return self._answer(error, presented)
                return view(*args, **kwargs)

        return cast("View", guarded)

    def _presented(self) -> Presented:
        headers = request.headers
        return Presented(
            authorization=headers.getlist("Authorization"),
            extra=[value for name in self.extra_headers for value in headers.getlist(name)],
            proofs=headers.getlist("DPoP"),
            method=request.method,
            path=wsgi_path(request.environ),
        )

    def _note(self, principal: Principal | None) -> None:
        # On the request, not on flask.g: that one belongs to the application context, which several requests may
        # share. By guard: what one guard let in is not let in by another.
        admitted: dict[TokenGuard, Principal | None] = getattr(request, _STORE, {})
        setattr(request, _STORE, {**admitted, self: principal})

    def _answer(self, error: TokenError | AmbiguousRequestError, presented: Presented) -> Response:
        refusal = self.refuse(error, presented)
        response = jsonify({"message": refusal.message})
        response.status_code = refusal.status
        response.headers.extend(list(refusal.headers))
        return response


class TokenRequired:
    """The same as a class: ``@TokenRequired(guard)``, ``@TokenRequired(guard, "orders:read")``.

    An instance serves in ``MethodView.decorators`` too.

    Args:
        guard: The guard that protects.
        scopes: What the token must grant.
        any_of: Scopes one of which is enough.
        acr_values: How the user must have signed in.
        max_age: Seconds within which the user must have signed in.
    """

    def __init__(
        self,
        guard: TokenGuard,
        *scopes: str,
        any_of: Sequence[str] = (),
        acr_values: Sequence[str] = (),
        max_age: int | None = None,
    ) -> None:
        self._decorate = guard.token_required(*scopes, any_of=any_of, acr_values=acr_values, max_age=max_age)

    def __call__(self, view: View) -> View:
        """Protect a view."""
        return self._decorate(view)

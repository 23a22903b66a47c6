"""Protect the views of Django REST framework with access tokens: the only file that imports it.

guard = TokenGuard(verifier)

class Orders(APIView):
    authentication_classes = [guard.authentication]
    permission_classes = [guard.require("orders:read")]

    def get(self, request):
        return Response({"caller": principal_of(request).subject})
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission

from gatepass import django
from gatepass.errors import MissingTokenError
from gatepass.guard import AccessTokenVerifier, Presented, Requirement
from gatepass.guard.gate import Refusable
from gatepass.principal import Principal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Unpack

    from rest_framework.request import Request
    from rest_framework.response import Response
    from rest_framework.views import APIView

    from gatepass.bearer import Refusal
    from gatepass.guard.options import GateOptions


class TokenUser:
    """The caller as ``request.user``: what the framework's permissions and throttles ask, without a database.

    It is nobody's staff and has none of Django's permissions: what a token grants are its scopes.

    Args:
        principal: Who is calling.
    """

    is_authenticated = True
    is_anonymous = False
    is_active = True
    is_staff = False
    is_superuser = False

    def __init__(self, principal: Principal) -> None:
        self.principal = principal
        self.pk = self.id = principal.subject

    def __str__(self) -> str:
        return self.principal.subject

    def get_username(self) -> str:
        """``sub``, the only name that every token has."""
        return self.principal.subject

    def has_perms(self, perms: object, obj: object = None) -> bool:  # noqa: ARG002 - the framework's
        """Never."""
        return False


class RefusedError(APIException):
    """A request that is not let in."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal
        self.status_code = refusal.status
        joined: dict[str, str] = {}
        for name, value in refusal.headers:  # equal names are one list (RFC 9110 section 5.3)
            joined[name] = f"{joined[name]}, {value}" if name in joined else value
        self.headers = joined
        # The framework's own handler looks for these two.
        if "WWW-Authenticate" in joined:
            self.auth_header = joined["WWW-Authenticate"]
        if "Retry-After" in joined:
            self.wait = int(joined["Retry-After"])


class TokenGuard(django.TokenGuard):
    """Judges requests of the framework's views.

    Args:
        verifier: What checks the tokens.
        user: Makes ``request.user`` of the caller, for instance by looking up a user of the program's own.
        options: As of ``gatepass.guard.Gate``.

    Attributes:
        authentication: For ``authentication_classes``. A request without a token is anybody's; one with a bad token
            is refused.
    """

    def __init__(
        self,
        verifier: AccessTokenVerifier,
        *,
        user: Callable[[Principal], object] = TokenUser,
        **options: Unpack[GateOptions],
    ) -> None:
        super().__init__(verifier, **options)
        guard = self

        class TokenAuthentication(BaseAuthentication):
            """Verifies access tokens."""

            def authenticate(self, request: Request) -> tuple[Any, Principal] | None:
                """Return who is calling; ``None`` where no token was presented."""
                principal = guard.judge(request, Requirement(optional=True))
                return None if principal is None else (user(principal), principal)

            def authenticate_header(self, request: Request) -> str:
                """The challenge for a view whose other permissions want somebody signed in."""
                missing = guard.refuse(MissingTokenError(), guard.presented(request._request))  # noqa: SLF001 - DRF's documented way to the HttpRequest
                return ", ".join(value for _, value in missing.headers)

        self.authentication: type[BaseAuthentication] = TokenAuthentication

    def require(
        self,
        *scopes: str,
        any_of: Sequence[str] = (),
        acr_values: Sequence[str] = (),
        max_age: int | None = None,
    ) -> type[BasePermission]:
        """A class for ``permission_classes``, which may be combined with others by ``|``, ``&`` and ``~``.

        Args:
            scopes: What the token must grant, all of it; without any, a good token is enough.
            any_of: Scopes one of which is enough.
            acr_values: How the user must have signed in (RFC 9470).
            max_age: Seconds within which the user must have signed in (RFC 9470).
        """
        guard = self
        requirement = Requirement(
            scopes=scopes, any_of=tuple(any_of), acr_values=tuple(acr_values), max_age=max_age
        )

        class TokenRequired(BasePermission):
            """Demands a good token that grants what is asked."""

            _refused: RefusedError | None = None

            def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - the framework's
                """Tell whether the token grants it."""
                try:
                    guard.demand(request, requirement)
                except RefusedError as refused:
                    self._refused = refused
                    return False
                return True

            @property
            def message(self) -> NoReturn:
                """Say what is missing, by raising the refusal.

                The framework asks for a message when this permission alone denies a request. It does not where
                this one is part of a combination, which may still permit it.
                """
                raise self._refused or RefusedError(guard.refuse(MissingTokenError(), Presented(())))

        return TokenRequired

    def judge(self, request: Request, requirement: Requirement) -> Principal | None:
        """Judge the token of a request.

        Raises:
            RefusedError: The request is refused.
        """
        inner = request._request  # noqa: SLF001 - DRF's documented way to the HttpRequest
        presented = self.presented(inner)
        try:
            principal = self.admit(presented, requirement, self.optional_principal_of(inner))
        except Refusable as error:
            raise _refused(self.refuse(error, presented), request) from None
        self._note(inner, principal)
        return principal

    def demand(self, request: Request, requirement: Requirement) -> None:
        """Demand more of a caller that was verified already; a proof is spent and cannot be judged again.

        Raises:
            RefusedError: There is no caller, or the token does not grant it.
        """
        presented = self.presented(request._request)  # noqa: SLF001 - DRF's documented way to the HttpRequest
        try:
            # By guard: whom another guard let in, by other rules or of another issuer, is nobody here.
            caller = self.optional_principal_of(request._request)  # noqa: SLF001 - the same
            if caller is None or request.auth is not caller:
                raise MissingTokenError
            requirement.apply(caller, self.verifier.clock())
        except Refusable as error:
            raise _refused(self.refuse(error, presented), request) from None


def _refused(refusal: Refusal, request: Request) -> RefusedError:
    """The refusal as an exception; what the framework's own handler leaves out is given to the view."""
    error = RefusedError(refusal)
    headers = getattr((request.parser_context or {}).get("view"), "headers", None)
    if isinstance(headers, dict) and (nonce := error.headers.get("DPoP-Nonce")):
        headers["DPoP-Nonce"] = nonce  # a view adds its headers to whatever it answers
    return error


def principal_of(request: Request) -> Principal:
    """The caller of a request.

    Raises:
        RuntimeError: No token was verified for this request.
    """
    if isinstance(request.auth, Principal):
        return request.auth
    raise RuntimeError(
        "There is a principal only where the view has guard.authentication and a token was presented."
    )


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """For the setting ``EXCEPTION_HANDLER``: refusals are answered exactly as by every other adapter.

    The framework's own handler differs in the body alone, which is ``{"detail": ...}``.
    """
    # Imported here, because views import what the setting DEFAULT_AUTHENTICATION_CLASSES names, and that this module.
    from rest_framework.response import Response  # noqa: PLC0415 - see above
    from rest_framework.views import exception_handler as default_exception_handler  # noqa: PLC0415 - see above

    if isinstance(error, RefusedError):
        return Response({"message": error.refusal.message}, error.refusal.status, headers=error.headers)
    return default_exception_handler(error, context)

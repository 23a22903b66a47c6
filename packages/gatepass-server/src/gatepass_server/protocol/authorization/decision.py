"""What happens next for an authorization request: the order of the steps on one screen."""

from typing import Protocol

from gatepass_server.domain.clock import Clock
from gatepass_server.domain.flows import Steps
from gatepass_server.domain.oauth1 import OAUTH1, OUT_OF_BAND
from gatepass_server.domain.redirect_uris import is_claimed
from gatepass_server.protocol.authorization.outcomes import StepKind
from gatepass_server.protocol.authorization.request import AuthorizationRequest
from gatepass_server.protocol.errors import (
    AccessDenied,
    AccountSelectionRequired,
    ConsentRequired,
    InvalidRequest,
    LoginRequired,
    UnmetAuthenticationRequirements,
)
from gatepass_server.protocol.id_tokens import ONE_FACTOR
from gatepass_server.protocol.scopes import OFFLINE_ACCESS
from gatepass_server.store.ports import LiveSession, Store

_NOTHING_DONE = Steps()


class Hints(Protocol):
    """Reads ``id_token_hint``."""

    def subject(self, token: str) -> str:
        """Whom an ID token of ours is about, expired or not.

        Raises:
            InvalidRequest: it is none of ours.
        """
        ...


class Decision:
    """Decides by the request, by who is signed in, and by what was done for it."""

    def __init__(self, store: Store, hints: Hints, clock: Clock) -> None:
        self._store = store
        self._hints = hints
        self._clock = clock

    def __call__(
        self,
        request: AuthorizationRequest,
        current: LiveSession | None,
        steps: Steps | None,
        *,
        has_others: bool = False,
    ) -> LiveSession | StepKind:
        """The session whose owner granted the request, or what must be done first.

        Raises:
            ProtocolError: the program is told that it cannot be done, or not without a page.
        """
        steps = steps or _NOTHING_DONE
        if steps.denied:
            raise AccessDenied("The person did not allow it.")
        self._check_acr(request)
        silent = "none" in request.prompts
        wanted = self._wanted_subject(request)
        if "create" in request.prompts and not steps.created and not steps.authenticated:
            return StepKind.SIGN_UP
        if self._must_choose(request, current, steps, wanted):
            if silent:
                raise (
                    AccountSelectionRequired("Another account is expected.") if current else _login_required()
                )
            return StepKind.CHOOSE_ACCOUNT if current or has_others else StepKind.SIGN_IN
        if current is None or self._must_sign_in(request, current, steps):
            if silent:
                raise _login_required()
            return StepKind.SIGN_IN
        if self._must_consent(request, current, steps):
            if silent:
                raise ConsentRequired("The person was not asked for consent yet.")
            return StepKind.CONSENT
        return current

    def _check_acr(self, request: AuthorizationRequest) -> None:
        asked = (request.claims.id_token or {}).get("acr") or {}
        if not asked.get("essential"):
            return
        values = asked.get("values") or ([asked["value"]] if "value" in asked else [ONE_FACTOR])
        if not isinstance(values, list):
            raise InvalidRequest("The values of acr are a list (OpenID Connect Core section 5.5.1).")
        if ONE_FACTOR not in values:
            raise UnmetAuthenticationRequirements("No sign-in here reaches the acr that is essential.")

    def _wanted_subject(self, request: AuthorizationRequest) -> str | None:
        if request.id_token_hint:
            return self._hints.subject(request.id_token_hint)
        return request.claims.wanted_subject

    def _must_choose(
        self, request: AuthorizationRequest, current: LiveSession | None, steps: Steps, wanted: str | None
    ) -> bool:
        if current is not None and wanted is not None and current.user.id != wanted:
            return True
        if "select_account" not in request.prompts:
            return False
        return current is None or steps.selected != current.session.id

    def _must_sign_in(self, request: AuthorizationRequest, current: LiveSession, steps: Steps) -> bool:
        if steps.authenticated == current.session.id:
            return False
        if "login" in request.prompts:
            return True
        age = self._clock() - current.session.authenticated_at
        # max_age=0 is prompt=login (OpenID Connect Core section 3.1.2.1), however lately the person signed in.
        return request.max_age is not None and (request.max_age == 0 or age > request.max_age)

    def _must_consent(self, request: AuthorizationRequest, current: LiveSession, steps: Steps) -> bool:
        if steps.consented == current.session.id:
            return False
        if "consent" in request.prompts:
            return True
        if request.to.redirect_uri == OUT_OF_BAND:
            return True  # whoever began it may be on the telephone, and asks for the number that the page will show
        if request.client.metadata.trusted:
            return False
        copied = request.client.is_public or request.client.may_use(
            OAUTH1
        )  # the secret, too (RFC 5849 section 4.6)
        if copied and not is_claimed(request.to.redirect_uri):
            return True  # any program of the machine could be waiting there (RFC 8252 section 8.6)
        with self._store.look() as uow:
            consent = uow.consents.find(current.user.id, request.client.id)
        asked = frozenset(request.approved) - (frozenset() if request.is_offline else {OFFLINE_ACCESS})
        return consent is None or not consent.covers(asked, request.resources)


def _login_required() -> LoginRequired:
    return LoginRequired("Nobody is signed in, or not recently enough.")

"""``/sign-in/through/NAME/callback``: back from another house."""

from flask import Response, request

from gatepass_server.accounts.browser_accounts import BrowserAccounts
from gatepass_server.accounts.sign_in_through import Word
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.emails import EmailAddress, parse_email
from gatepass_server.domain.errors import InvalidInput
from gatepass_server.domain.identities import EmailHasAccount, IdentityTaken, NotLetIn
from gatepass_server.domain.names import parse_name
from gatepass_server.domain.upstream_attempts import Stranger
from gatepass_server.upstream.errors import AttemptGone, UnknownProvider, UpstreamError
from gatepass_server.upstream.house import Upstreams
from gatepass_server.upstream.journey import Arrival
from gatepass_server.web.body import read_form_pairs
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.steps import Steps
from gatepass_server.web.pages.through.doors import PATH
from gatepass_server.web.pages.through.errands import carried_of
from gatepass_server.web.pages.through.troubles import ThroughTroubles
from gatepass_server.web.pages.visitors import Visitors
from gatepass_server.web.through_cookie import ThroughCookie

_LONGEST = 4096
_PARAMETERS = frozenset({"code", "state", "iss", "error", "user", "oauth_token", "oauth_verifier", "denied"})
"""Of an answer; others mean nothing."""


class BackView:
    """Receives people: signs them in, makes them an account, or asks what is left to ask."""

    def __init__(
        self,
        pages: Pages,
        visitors: Visitors,
        steps: Steps,
        accounts: BrowserAccounts,
        upstreams: Upstreams,
        troubles: ThroughTroubles,
        cookie: ThroughCookie,
        clock: Clock,
        *,
        trusted_proxies: int,
    ) -> None:
        self._pages = pages
        self._visitors = visitors
        self._steps = steps
        self._accounts = accounts
        self._upstreams = upstreams
        self._troubles = troubles
        self._cookie = cookie
        self._clock = clock
        self._trusted_proxies = trusted_proxies

    def get(self, name: str) -> Response:
        """303 onwards; or a page that says why not."""
        try:
            pairs = list(request.args.items(multi=True))
        except UnicodeDecodeError:  # raw bytes that are not UTF-8, which no browser sends
            pairs = []
        return self._come_back(name, _each_once(pairs))

    def post(self, name: str) -> Response:
        """303 to the same address with the answer in it: a form of another site brings none of our cookies along.

        Raises:
            UnknownProvider: there is no such house.
        """
        if name not in self._upstreams.settings:  # it is part of the address that is led to
            raise UnknownProvider("There is nothing at this address.", reason="no such upstream")
        answer = _each_once(read_form_pairs(request))
        response = self._pages.go(f"{PATH}/{name}/callback", **answer)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _come_back(self, name: str, answer: dict[str, str]) -> Response:
        try:
            arrival = self._upstreams.journey.come_back(name, answer, self._cookie.presented())
        except UpstreamError as error:
            return self._troubles.show(error, name)
        try:
            if arrival.errand.purpose == "link":
                return self._park(name, arrival)
            return self._enter(name, arrival)
        except (NotLetIn, EmailHasAccount) as error:
            return self._troubles.show(error, name, arrival.errand)

    def _enter(self, name: str, arrival: Arrival) -> Response:
        word = self.word(name, arrival.stranger)
        carried = carried_of(arrival.errand)
        state = self._visitors.state()
        keep = bool(carried.flow) or carried.another
        is_new = False
        signed_in = self._accounts.sign_in_through(state, word, keep=keep)
        if signed_in is None:
            known = _told(arrival.stranger)
            if known is None:
                return self._park(name, arrival)
            try:
                called, email = known
                signed_in = self._accounts.sign_up_through(
                    state, word, keep=keep, name=called, email=email, is_verified=True
                )
                is_new = True
            except InvalidInput:  # an address that is not theirs to sign up with; they may have another
                return self._park(name, arrival)
            except IdentityTaken:  # the same person, in another tab, was faster
                signed_in = self._accounts.sign_in_through(state, word, keep=keep)
        if signed_in is None:
            raise AttemptGone(reason="the identity was taken and is gone again")
        answer = self._steps.signed_in(carried, signed_in.logged_in.session.id, created=is_new)
        return self._visitors.welcome(answer, signed_in, now=whole_seconds(self._clock))

    def _park(self, name: str, arrival: Arrival) -> Response:
        browser = self._cookie.of_this_browser()
        handle = self._upstreams.journey.park(name, arrival, browser)
        answer = self._pages.go(f"{PATH}/{name}/finish", attempt=handle.reveal())
        return self._cookie.give(answer, browser)

    def word(self, name: str, stranger: Stranger) -> Word:
        """What a house has said, with where it was said."""
        return Word(
            provider=name,
            upstream=self._upstreams.settings[name],
            stranger=stranger,
            address=client_address(self._trusted_proxies) or "unknown",
            device=request.user_agent.string,
            request_id=request_id(),
        )


def _told(stranger: Stranger) -> tuple[str, EmailAddress] | None:
    """The name and the verified address of an account, where the house tells all of it."""
    if not stranger.is_verified:
        return None
    try:
        email = parse_email(stranger.email)
        return parse_name(stranger.name or stranger.login or email.text.partition("@")[0]), email
    except ValueError:
        return None


def _each_once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """The parameters of an answer. One that stands there twice is none (RFC 6749 section 3.1)."""
    pairs = [(name, value) for name, value in pairs if name in _PARAMETERS]
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name, value in pairs:
        if name in found or len(value) > _LONGEST:
            twice.add(name)
        found[name] = value
    return {name: value for name, value in found.items() if name not in twice}

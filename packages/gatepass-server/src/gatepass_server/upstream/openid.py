"""Houses that speak OpenID Connect (Core 1.0), by the authorization code flow with PKCE."""

import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core.util import create_half_hash

from gatepass_server.domain.clock import Clock
from gatepass_server.domain.upstream_attempts import Begun, Errand, Stranger
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.upstream.answers import code_of, kept_tokens, person_named
from gatepass_server.upstream.asking import Asking
from gatepass_server.upstream.claims import groups_at, says_yes, text_at
from gatepass_server.upstream.client import Departure
from gatepass_server.upstream.client_secrets import TokenRequests
from gatepass_server.upstream.discovery import Discovery, Published
from gatepass_server.upstream.errors import NotRecent, Untrusted
from gatepass_server.upstream.signed_words import LEEWAY, SENTENCE, SignedWords

_ID_TOKEN_TYPES = frozenset({"", "jwt"})
"""An access token, a log-out token and a proof of possession have others (RFC 8725 section 3.11)."""

_RANDOM_BYTES = 32
_MOST_METHODS = 5
_LONGEST_SUBJECT = 255
"""Characters (Core section 2)."""


class OpenIdClient:
    """See ``UpstreamClient``."""

    def __init__(
        self, upstream: Upstream, asking: Asking, discovery: Discovery, requests: TokenRequests, clock: Clock
    ) -> None:
        self.upstream = upstream
        self._asking = asking
        self._discovery = discovery
        self._requests = requests
        self._words = SignedWords(discovery, clock, client_id=upstream.client_id)

    def depart(self, errand: Errand, *, callback: str, now: int) -> Departure:
        """See ``UpstreamClient.depart``."""
        state, nonce, verifier = (secrets.token_urlsafe(_RANDOM_BYTES) for _ in range(3))
        asked = {**self.upstream.parameters, "nonce": nonce}
        if self.upstream.pkce:
            asked |= {
                "code_challenge": create_s256_code_challenge(verifier),
                "code_challenge_method": "S256",
            }
        if self.upstream.response_mode != "query":
            asked["response_mode"] = self.upstream.response_mode
        if errand.max_age is not None and self.upstream.reauthenticates:
            asked["max_age"] = str(errand.max_age)
            if errand.max_age == 0:
                asked["prompt"] = "login"
        url = prepare_grant_uri(
            self._discovery().authorize_url,
            self.upstream.client_id,
            "code",
            redirect_uri=callback,
            scope=self.upstream.scope,
            state=state,
            **asked,
        )
        kept = Begun(errand=errand, nonce=nonce, verifier=verifier if self.upstream.pkce else "", at=now)
        return Departure(url, state, kept)

    def name_in(self, answer: Mapping[str, str]) -> str:
        """See ``UpstreamClient.name_in``."""
        return answer.get("state", "")

    def arrive(self, begun: Begun, answer: Mapping[str, str], *, callback: str) -> Stranger:
        """See ``UpstreamClient.arrive``."""
        published = self._discovery()
        _check_issuer(published, answer)
        code = code_of(answer)
        asked = {"code": code, "redirect_uri": callback}
        if begun.verifier:
            asked["code_verifier"] = begun.verifier
        url, headers, body = self._requests(published.token_url, self.upstream.issuer, **asked)
        tokens = self._asking.tokens(url, self.upstream.token_method, headers, body)
        if "error" in tokens or "id_token" not in tokens:
            why = str(tokens.get("error", "no id_token"))[:100]
            raise Untrusted(SENTENCE, reason=f"the code was not redeemed: {why}")
        claims = self._checked(begun, tokens)
        userinfo = self._userinfo(published, claims, tokens)
        return self._stranger(claims, userinfo, answer, tokens)

    def logged_out(self, token: object) -> dict[str, Any]:
        """See ``UpstreamClient.logged_out``."""
        return self._words.claims(token, types=frozenset({"logout+jwt", "jwt", ""}), needs_subject=False)[0]

    def _checked(self, begun: Begun, tokens: dict[str, Any]) -> dict[str, Any]:
        """The claims of an ID token that was made for this very attempt (Core section 3.1.3.7)."""
        claims, algorithm = self._words.claims(tokens["id_token"], types=_ID_TOKEN_TYPES)
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), begun.nonce.encode()):
            raise Untrusted(SENTENCE, reason="the nonce is not that of this attempt")
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        party = claims.get("azp")
        if (len(audiences) > 1 and party is None) or party not in {None, self.upstream.client_id}:
            raise Untrusted(SENTENCE, reason="azp names another program")
        subject = claims["sub"]
        if len(subject) > _LONGEST_SUBJECT or not subject.isprintable() or not subject.strip():
            raise Untrusted(SENTENCE, reason="sub could name nobody for good")
        if "iat" not in claims:
            raise Untrusted(SENTENCE, reason="iat is missing")
        half = claims.get("at_hash")
        access = tokens.get("access_token")
        if half is not None and (not isinstance(access, str) or half != _half(access, algorithm)):
            raise Untrusted(SENTENCE, reason="at_hash is not of the access token")
        self._check_age(begun, claims)
        return claims

    def _check_age(self, begun: Begun, claims: dict[str, Any]) -> None:
        wanted = begun.errand.max_age
        if wanted is None or not self.upstream.reauthenticates:
            return
        at = _seconds(claims.get("auth_time"))
        if at < begun.at - wanted - LEEWAY:
            raise NotRecent(
                "The other site did not ask you again who you are.",
                reason=f"auth_time is {at}, begun at {begun.at}, max_age {wanted}",
            )

    def _userinfo(
        self, published: Published, claims: dict[str, Any], tokens: dict[str, Any]
    ) -> dict[str, Any]:
        access = tokens.get("access_token")
        if not self.upstream.userinfo or not published.userinfo_url or not isinstance(access, str):
            return {}
        found = self._asking.json(published.userinfo_url, {"Authorization": f"Bearer {access}"})
        if found.get("sub") != claims["sub"]:  # Core section 5.3.2: another's may have been put in its place
            raise Untrusted(SENTENCE, reason="the userinfo are of another person")
        return found

    def _stranger(
        self,
        claims: dict[str, Any],
        userinfo: dict[str, Any],
        answer: Mapping[str, str],
        tokens: dict[str, Any],
    ) -> Stranger:
        upstream = self.upstream
        told = {**userinfo, **claims}
        email = text_at(told, upstream.email)
        methods = told.get("amr")
        return Stranger(
            issuer=told["iss"],
            subject=told["sub"],
            email=email,
            is_verified=any(  # said beside this very address: the two documents may have two
                text_at(one, upstream.email) == email and says_yes(one, upstream.email_verified)
                for one in (claims, userinfo)
            ),
            domain=text_at(told, upstream.domain_claim),
            name=text_at(told, upstream.name) or person_named(answer),
            login=text_at(told, upstream.login),
            groups=groups_at(told, upstream.roles_claim),
            sid=text_at(told, "sid"),
            authenticated_at=_seconds(told.get("auth_time")),
            methods=tuple(one for one in methods if isinstance(one, str) and one.isidentifier())[
                :_MOST_METHODS
            ]
            if isinstance(methods, list)
            else (),
            tokens=kept_tokens(upstream, tokens),
        )


def _check_issuer(published: Published, answer: Mapping[str, str]) -> None:
    """Against mix-up: whoever answers must say who they are, if they ever do (RFC 9207 section 2.4)."""
    named = answer.get("iss")
    if (named is not None and named != published.issuer) or (named is None and published.names_itself):
        raise Untrusted(SENTENCE, reason="the answer names another issuer, or none")


def _seconds(value: Any) -> int:
    """A time in seconds since the epoch; 0 for what is none."""
    return int(value) if type(value) in {int, float} and 0 < value < 2**40 else 0


def _half(access_token: str, algorithm: str) -> str:
    """``at_hash`` (Core section 3.1.3.6). Authlib knows no Ed25519, which hashes with SHA-512."""
    known = algorithm if algorithm[-3:] in {"256", "384", "512"} else "RS512"
    made = create_half_hash(access_token, known)
    return "" if made is None else bytes(made).decode("ascii")

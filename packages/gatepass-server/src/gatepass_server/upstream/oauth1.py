"""Houses that speak OAuth 1.0a (RFC 5849): a request token is had, allowed by the person, and redeemed."""

from collections.abc import Mapping
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth1.client import OAuth1Client as Signing

from gatepass_server.domain.upstream_attempts import Begun, Errand, Stranger
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.upstream.answers import kept_tokens
from gatepass_server.upstream.asking import Asking
from gatepass_server.upstream.claims import groups_at, says_yes, text_at
from gatepass_server.upstream.client import Departure
from gatepass_server.upstream.errors import Denied, UnknownProvider, Untrusted

_SENTENCE = "The answer of the other site could not be verified."


class OAuth1Client:
    """See ``UpstreamClient``. There is no ``state``: the request token names the attempt."""

    def __init__(self, upstream: Upstream, asking: Asking) -> None:
        self.upstream = upstream
        self._asking = asking

    def depart(self, errand: Errand, *, callback: str, now: int) -> Departure:
        """See ``UpstreamClient.depart``."""
        found = self._signed("POST", self.upstream.request_token_url, redirect_uri=callback)
        token, secret = found.get("oauth_token"), found.get("oauth_token_secret")
        confirmed = (
            str(found.get("oauth_callback_confirmed")) == "true"
        )  # section 2.1; without, it is OAuth 1.0
        if not isinstance(token, str) or not token or not isinstance(secret, str) or not confirmed:
            raise self._asking.unusable("no request token was given, or its callback not confirmed")
        asked = [*self.upstream.parameters.items(), ("oauth_token", token)]
        url = str(add_params_to_uri(self.upstream.authorize_url, asked))
        return Departure(url, token, Begun(errand=errand, token_secret=secret, at=now))

    def name_in(self, answer: Mapping[str, str]) -> str:
        """See ``UpstreamClient.name_in``. Where the person said no, X names the token ``denied``."""
        return answer.get("oauth_token") or answer.get("denied", "")

    def arrive(self, begun: Begun, answer: Mapping[str, str], *, callback: str) -> Stranger:  # noqa: ARG002 - OAuth 1.0a names it once
        """See ``UpstreamClient.arrive``."""
        upstream = self.upstream
        verifier = answer.get("oauth_verifier", "")
        if not verifier:
            raise Denied("The other site did not sign you in.", reason="the answer has no oauth_verifier")
        held = {"token": answer.get("oauth_token", ""), "token_secret": begun.token_secret}
        found = self._signed("POST", upstream.token_url, verifier=verifier, **held)
        token, secret = found.get("oauth_token"), found.get("oauth_token_secret")
        if not isinstance(token, str) or not token or not isinstance(secret, str):
            raise Untrusted(_SENTENCE, reason="the request token was not redeemed")
        told = {**found, **self._told(token, secret)}
        subject = text_at(told, upstream.subject)
        if not subject:
            raise Untrusted(_SENTENCE, reason=f"nothing stands at subject ({upstream.subject})")
        return Stranger(
            issuer=upstream.known_as,
            subject=subject,
            email=text_at(told, upstream.email),
            is_verified=says_yes(told, upstream.email_verified),
            domain=text_at(told, upstream.domain_claim),
            name=text_at(told, upstream.name),
            login=text_at(told, upstream.login),
            groups=groups_at(told, upstream.roles_claim),
            tokens=kept_tokens(upstream, found),
        )

    def logged_out(self, token: object) -> dict[str, Any]:  # noqa: ARG002 - there are no such tokens without OpenID Connect
        """See ``UpstreamClient.logged_out``."""
        raise UnknownProvider("There is nothing at this address.", reason="it does not speak OpenID Connect")

    def _told(self, token: str, secret: str) -> dict[str, Any]:
        url, headers, _ = self._sign("GET", self.upstream.userinfo_url, token=token, token_secret=secret)
        return self._asking.json(url, headers)

    def _signed(self, method: str, url: str, **held: str) -> dict[str, Any]:
        signed_url, headers, _ = self._sign(method, url, **held)
        return self._asking.tokens(signed_url, method, headers, None)

    def _sign(self, method: str, url: str, **held: str) -> tuple[str, dict[str, str], Any]:
        """Sign with HMAC-SHA1 (section 3.4.2), by Authlib."""
        upstream = self.upstream
        client = Signing(None, upstream.client_id, upstream.client_secret.reveal(), **held)
        url, headers, body = client.auth.sign(method, url, {}, b"")
        return str(url), {str(name): str(value) for name, value in headers.items()}, body

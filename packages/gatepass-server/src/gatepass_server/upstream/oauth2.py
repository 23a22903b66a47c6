"""Houses that speak OAuth 2.0 without OpenID Connect: who somebody is, an endpoint of their own tells."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from gatepass_server.domain.upstream_attempts import Begun, Errand, Stranger
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.upstream.answers import code_of, kept_tokens
from gatepass_server.upstream.asking import Asking
from gatepass_server.upstream.claims import groups_at, says_yes, text_at
from gatepass_server.upstream.client import Departure
from gatepass_server.upstream.client_secrets import TokenRequests
from gatepass_server.upstream.errors import UnknownProvider, Untrusted

_RANDOM_BYTES = 32
_SENTENCE = "The answer of the other site could not be verified."


class OAuth2Client:
    """See ``UpstreamClient``."""

    def __init__(self, upstream: Upstream, asking: Asking, requests: TokenRequests) -> None:
        self.upstream = upstream
        self._asking = asking
        self._requests = requests

    def depart(self, errand: Errand, *, callback: str, now: int) -> Departure:
        """See ``UpstreamClient.depart``."""
        upstream = self.upstream
        state, verifier = (secrets.token_urlsafe(_RANDOM_BYTES) for _ in range(2))
        asked = dict(upstream.parameters)
        if upstream.pkce:
            asked |= {
                "code_challenge": create_s256_code_challenge(verifier),
                "code_challenge_method": "S256",
            }
        if upstream.client_id_name != "client_id":
            asked[upstream.client_id_name] = upstream.client_id
        url = prepare_grant_uri(
            upstream.authorize_url,
            upstream.client_id,
            "code",
            redirect_uri=callback,
            scope=upstream.scope_separator.join(upstream.scopes),
            state=state,
            **asked,
        )
        if upstream.fragment:
            url = f"{url}#{upstream.fragment}"
        kept = Begun(errand=errand, verifier=verifier if upstream.pkce else "", at=now)
        return Departure(url, state, kept)

    def name_in(self, answer: Mapping[str, str]) -> str:
        """See ``UpstreamClient.name_in``."""
        return answer.get("state", "")

    def arrive(self, begun: Begun, answer: Mapping[str, str], *, callback: str) -> Stranger:
        """See ``UpstreamClient.arrive``."""
        upstream = self.upstream
        if "iss" in answer and upstream.issuer and answer["iss"] != upstream.issuer:
            raise Untrusted(_SENTENCE, reason="the answer names another issuer")
        asked = {"code": code_of(answer), "redirect_uri": callback}
        if begun.verifier:
            asked["code_verifier"] = begun.verifier
        url, headers, body = self._requests(upstream.token_url, upstream.known_as, **asked)
        tokens = self._asking.tokens(url, upstream.token_method, headers, body)
        access = tokens.get("access_token")
        if not isinstance(access, str) or not access:
            why = str(tokens.get("error") or tokens.get("errcode") or "no access_token")[:100]
            raise Untrusted(_SENTENCE, reason=f"the code was not redeemed: {why}")
        told = {**tokens, **self._userinfo(access, tokens)}
        subject = text_at(told, upstream.subject)
        if not subject:
            raise Untrusted(_SENTENCE, reason=f"nothing stands at subject ({upstream.subject})")
        email, verified = self._email(told, access)
        return Stranger(
            issuer=upstream.known_as,
            subject=subject,
            email=email,
            is_verified=verified,
            domain=text_at(told, upstream.domain_claim),
            name=text_at(told, upstream.name),
            login=text_at(told, upstream.login),
            groups=groups_at(told, upstream.roles_claim),
            tokens=kept_tokens(upstream, tokens),
        )

    def logged_out(self, token: object) -> dict[str, Any]:  # noqa: ARG002 - there are no such tokens without OpenID Connect
        """See ``UpstreamClient.logged_out``."""
        raise UnknownProvider("There is nothing at this address.", reason="it does not speak OpenID Connect")

    def _userinfo(self, access: str, tokens: Mapping[str, Any]) -> dict[str, Any]:
        upstream = self.upstream
        if not upstream.userinfo_url:
            return {}
        asked = {
            parameter: text_at(tokens, member) for parameter, member in upstream.userinfo_parameters.items()
        }
        return self._asking.json(*self._placed(upstream.userinfo_url, access, asked))

    def _placed(
        self, url: str, access: str, asked: Mapping[str, str] | None = None
    ) -> tuple[str, dict[str, str]]:
        """An address and headers with the access token where the house wants it."""
        query = dict(asked or {})
        headers = {}
        if self.upstream.token_in == "query":  # noqa: S105 - the name of a place
            query["access_token"] = access
        else:
            headers["Authorization"] = f"Bearer {access}"
        if query:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
        return url, headers

    def _email(self, told: Mapping[str, Any], access: str) -> tuple[str, bool]:
        upstream = self.upstream
        if not upstream.emails_url:
            return text_at(told, upstream.email), says_yes(told, upstream.email_verified)
        listed = self._asking.list(*self._placed(upstream.emails_url, access))
        addresses = [one for one in listed if isinstance(one, dict) and isinstance(one.get("email"), str)]
        primary = next((one for one in addresses if one.get("primary") is True), None)
        if primary is None:
            return "", False
        return text_at(primary, "email"), primary.get("verified") is True

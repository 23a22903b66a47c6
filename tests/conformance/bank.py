"""A program under the FAPI 2.0 Security Profile: it pushes its requests, signs assertions and proves a key."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from gatepass import Key
from gatepass.dpop import make_proof
from gatepass_server.domain.clients import ClientMetadata
from tests.conformance.suite import CALLBACK, Answer, Program, Tokens
from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House
from tests.support.proving import assertion_claims, jwks, signed
from tests.support.visitor import Visitor

PAR, TOKEN, USERINFO = (f"{ISSUER}/oauth2/{name}" for name in ("par", "token", "userinfo"))
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
VERIFIER = "dBjftJeZ4CVP-mBtPT5vbHrhaWGnw9rRqfLmS_W_0vQ"
CHALLENGE = "dirn7MlIZPuYUatYIoNs9zkEpbM8-RrbIhsRDr2qAdI"
_numbers = itertools.count(1)


@dataclass
class Bank(Program):
    """A program with keys.

    Attributes:
        key: That it signs assertions with.
        proof_key: That its tokens are bound to.
    """

    key: Key = field(default_factory=lambda: Key.generate("ES256"), repr=False)
    proof_key: Key = field(default_factory=lambda: Key.generate("ES256"), repr=False)

    @classmethod
    def open(cls, house: House, person: Visitor, *more: Key, **changed: Any) -> "Bank":
        """Register one; ``more`` are further keys of its."""
        key = Key.generate("ES256")
        metadata: dict[str, Any] = {
            "redirect_uris": (CALLBACK,),
            "grant_types": ("authorization_code", "refresh_token"),
            "scope": "openid profile email offline_access",
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": jwks(key, *more),
            "security_profile": "fapi2",
            "dpop_bound_access_tokens": True,
            "id_token_signed_response_alg": "ES256",
            "access_token_signed_response_alg": "ES256",
            **changed,
        }
        client, _ = house.gatepass.clients.create("Bank", ClientMetadata(**metadata))
        return cls(house, person, client, None, key=key)

    @property
    def clock(self) -> FakeClock:
        """That of the house."""
        clock = self.house.gatepass.clock
        assert isinstance(clock, FakeClock)
        return clock

    def request(self, **changed: str | None) -> dict[str, str]:
        """See ``Program.request``."""
        return super().request(**{"code_challenge": CHALLENGE, "code_challenge_method": "S256", **changed})

    def assertion(self, *, key: Key | None = None, **changed: Any) -> str:
        """A client assertion; a change to ``...`` leaves a claim out."""
        return signed(key or self.key, assertion_claims(self.client.id, self.clock, **changed))

    def proved(self, text: str | None = None) -> dict[str, str]:
        """The fields that prove who the program is."""
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": text or self.assertion()}

    def proof(
        self,
        url: str,
        *,
        method: str = "POST",
        key: Key | None = None,
        token: str | None = None,
        ahead: int = 0,
    ) -> str:
        """A DPoP proof, made ``ahead`` seconds from now."""
        return make_proof(
            key or self.proof_key, method=method, url=url, token=token, clock=lambda: self.clock.now + ahead
        )

    def odd_proof(self, url: str, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A proof with any claims and any header; ``...`` leaves one out."""
        given = {
            "jti": f"proof-{next(_numbers)}",
            "htm": "POST",
            "htu": url,
            "iat": int(self.clock.now),
            **claims,
        }
        public = self.proof_key.public().public_jwk("ES256")
        jwk = {name: public[name] for name in ("kty", "crv", "x", "y")}
        told = {name: value for name, value in given.items() if value is not ...}
        return signed(self.proof_key, told, **{"typ": "dpop+jwt", "jwk": jwk, "kid": ..., **(header or {})})

    def push(self, *, by: str | None = None, proof: str | None = None, **changed: str | None) -> TestResponse:
        """``POST /oauth2/par``; ``by`` is another assertion, empty for none."""
        form = {**(self.proved(by) if by != "" else {}), **self.request(**changed)}
        headers = {} if proof is None else {"DPoP": proof}
        return self.house.client.post("/oauth2/par", data=form, headers=headers)

    def pushed(self, *, proof: str | None = None, **changed: str | None) -> str:
        """The ``request_uri`` of a request that is taken."""
        response = self.push(proof=proof, **changed)
        assert response.status_code == 201, response.text
        assert response.headers["Content-Type"] == "application/json"
        body = response.get_json()
        assert isinstance(body["expires_in"], int)
        assert 5 <= body["expires_in"] < 600
        return str(body["request_uri"])

    def bring(self, request_uri: str, **beside: str) -> TestResponse:
        """Take the browser to the authorization endpoint with no more than is needed."""
        query = {"client_id": self.client.id, "request_uri": request_uri, **beside}
        return self.person.get(
            "/oauth2/authorize?" + "&".join(f"{name}={value}" for name, value in query.items())
        )

    def send(self, **changed: str | None) -> TestResponse:
        """See ``Program.send``."""
        return self.bring(self.pushed(**changed))

    def present(
        self,
        answer: Answer,
        *,
        by: str | None = None,
        proof: str | None = None,
        verifier: str | None = VERIFIER,
        **form: str,
    ) -> TestResponse:
        """Present a code; ``by`` is another assertion and ``proof`` another proof, empty for none."""
        given = {
            "grant_type": "authorization_code",
            "code": answer.parameters["code"],
            "redirect_uri": answer.to,
            **({} if verifier is None else {"code_verifier": verifier}),
            **form,
        }
        return self.ask_for_tokens(by=by, proof=proof, **given)

    def ask_for_tokens(self, *, by: str | None = None, proof: str | None = None, **form: str) -> TestResponse:
        """``POST /oauth2/token``."""
        shown = self.proof(TOKEN) if proof is None else proof
        headers = {"DPoP": shown} if shown else {}
        proved = self.proved(by) if by != "" else {}
        return self.house.client.post("/oauth2/token", data={**proved, **form}, headers=headers)

    def redeem(self, answer: Answer, *, verifier: str | None = VERIFIER, **asked: str | None) -> Tokens:
        """See ``Program.redeem``."""
        nonce = self.request(**asked).get("nonce")
        tokens = self.check_tokens(self.present(answer, verifier=verifier), nonce)
        assert tokens.body["token_type"] == "DPoP"
        return tokens

    def call(self, tokens: Tokens, *, scheme: str = "DPoP", proof: str | None = None) -> TestResponse:
        """``GET /oauth2/userinfo`` with a proof, or another one, or none where that is empty."""
        shown = self.proof(USERINFO, method="GET", token=tokens.access) if proof is None else proof
        headers = {"Authorization": f"{scheme} {tokens.access}", **({"DPoP": shown} if shown else {})}
        return self.house.client.get("/oauth2/userinfo", headers=headers)

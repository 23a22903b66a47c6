"""Programs that prove who they are with keys and certificates, and what attackers make of that."""

import base64
import datetime as dt
import hashlib
import itertools
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from werkzeug.test import TestResponse

from gatepass import Key, base64url, jose
from gatepass.dpop import make_proof
from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.protocol.client_authentication.private_key_jwt import ASSERTION_TYPE
from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House
from tests.support.relying_party import CALLBACK, RelyingParty
from tests.verify.forge import segment

TOKEN_URL = f"{ISSUER}/oauth2/token"
PAR_URL = f"{ISSUER}/oauth2/par"
KEY = Key.generate("ES256")
"""Of the program."""

OTHER_KEY = Key.generate("ES256")
"""Of an attacker, or of another program."""

PROOF_KEY = Key.generate("ES256")
"""That tokens are bound to."""

_numbers = itertools.count(1)


def jwks(*keys: Key) -> dict[str, Any]:
    """A JWK set as a program registers it."""
    return {"keys": [key.public().public_jwk(key.default_algorithm) for key in keys]}


def with_keys(*keys: Key, **changed: Any) -> ClientMetadata:
    """Of a program that authenticates by ``private_key_jwt``."""
    given: dict[str, Any] = {
        "redirect_uris": (CALLBACK,),
        "grant_types": ("authorization_code", "refresh_token", "client_credentials"),
        "scope": "openid profile email offline_access",
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": jwks(*(keys or (KEY,))),
        **changed,
    }
    return ClientMetadata(**given)


def signed(key: Key, claims: object, **header: Any) -> str:
    """A signed token with any claims, and any header where that is told; ``...`` leaves a parameter out."""
    given = {"alg": key.default_algorithm, "kid": key.kid, "typ": "JWT", **header}
    told = {name: value for name, value in given.items() if value is not ...}
    signing_input = segment(told) + b"." + segment(claims)
    signature = jose.sign(signing_input, key, key.default_algorithm)
    return (signing_input + b"." + base64url.encode(signature)).decode()


def assertion_claims(client_id: str, clock: FakeClock, **changed: Any) -> dict[str, Any]:
    """Of a client assertion that is taken; a change to ``...`` leaves the claim out."""
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": ISSUER,
        "exp": int(clock()) + 60,
        "iat": int(clock()),
        "jti": f"assertion-{next(_numbers)}",
        **changed,
    }
    return {name: value for name, value in claims.items() if value is not ...}


@dataclass
class KeyedParty(RelyingParty):
    """A program that authenticates by an assertion with each request."""

    key: Key = field(default=KEY, repr=False)

    @property
    def clock(self) -> FakeClock:
        """That of its house."""
        clock = self.house.gatepass.clock
        assert isinstance(clock, FakeClock)
        return clock

    def assertion(
        self, *, key: Key | None = None, header: dict[str, Any] | None = None, **changed: Any
    ) -> str:
        """A client assertion."""
        return signed(key or self.key, assertion_claims(self.id, self.clock, **changed), **(header or {}))

    def proved(self, text: str | None = None) -> dict[str, str]:
        """The fields of a body that prove who the program is."""
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": text or self.assertion()}

    def token(self, *, auth: bool = True, proof: str | None = None, **form: Any) -> TestResponse:
        """``POST /oauth2/token``, with a DPoP proof if one is given."""
        headers = {} if proof is None else {"DPoP": proof}
        data = {**(self.proved() if auth else {}), **form}
        return self.house.client.post("/oauth2/token", data=data, headers=headers)

    def prove(self, key: Key = PROOF_KEY, **changed: Any) -> str:
        """A DPoP proof for the token endpoint, or for what is named."""
        given = {"method": "POST", "url": TOKEN_URL, "clock": self.clock, **changed}
        return make_proof(key, **given)

    def request_object(
        self,
        *,
        key: Key | None = None,
        header: dict[str, Any] | None = None,
        claims: dict[str, Any] | None = None,
        **changed: str | None,
    ) -> str:
        """A request object with the usual parameters; ``claims`` changes any of its members, ``...`` leaves one out."""
        inside = {
            "iss": self.id,
            "aud": ISSUER,
            "exp": int(self.clock()) + 300,
            "nbf": int(self.clock()),
            **self.parameters(**changed),
            **(claims or {}),
        }
        told = {name: value for name, value in inside.items() if value is not ...}
        return signed(key or self.key, told, **{"typ": "oauth-authz-req+jwt", **(header or {})})

    def push(
        self, *, proof: str | None = None, auth: dict[str, str] | None = None, **changed: str | None
    ) -> TestResponse:
        """``POST /oauth2/par`` with the parameters of a usual request."""
        headers = {} if proof is None else {"DPoP": proof}
        data = {**(self.proved() if auth is None else auth), **self.parameters(**changed)}
        return self.house.client.post("/oauth2/par", data=data, headers=headers)

    def pushed(self, **changed: Any) -> str:
        """The ``request_uri`` of a usual request."""
        response = self.push(**changed)
        assert response.status_code == 201, response.text
        return str(response.get_json()["request_uri"])

    def bring(self, request_uri: str, **beside: str) -> TestResponse:
        """``GET /oauth2/authorize`` with a ``request_uri`` in the house's browser."""
        query = {"client_id": self.id, "request_uri": request_uri, **beside}
        return self.house.client.get("/oauth2/authorize", query_string=query)


def keyed(
    house: House, metadata: ClientMetadata | None = None, name: str = "Bank", key: Key = KEY
) -> KeyedParty:
    """Register a program that authenticates by its key."""
    client, secret = house.gatepass.clients.create(name, metadata or with_keys(key))
    return KeyedParty(house, client, secret, key=key)


def error_of(response: TestResponse) -> tuple[int, str]:
    """Status and code of a refusal."""
    return response.status_code, response.get_json()["error"]


def tampered(token: str) -> str:
    """The same with another signature of the same length."""
    head, _, tail = token.rpartition(".")
    return f"{head}.{'A' * len(tail)}"


@dataclass(frozen=True)
class Certificate:
    """A certificate that the other side of a connection shows."""

    certificate: x509.Certificate
    raw_key: ec.EllipticCurvePrivateKey

    @classmethod
    def make(cls, subject: str = "CN=bank,O=Example", *, dns: str = "", uri: str = "") -> "Certificate":
        """Make one, signed by itself: who signed it is a matter for the proxy."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name.from_rfc4514_string(subject)
        begins = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + dt.timedelta(days=3650))
        )
        names: list[x509.GeneralName] = [x509.DNSName(dns)] if dns else []
        names += [x509.UniformResourceIdentifier(uri)] if uri else []
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return cls(builder.sign(key, hashes.SHA256()), key)

    @property
    def key(self) -> Key:
        """Its key, as a program registers it."""
        return Key.from_raw(self.raw_key)

    @property
    def escaped(self) -> str:
        """As nginx's ``$ssl_client_escaped_cert`` has it."""
        return quote(self.certificate.public_bytes(Encoding.PEM).decode(), safe="")

    @property
    def rfc9440(self) -> str:
        """As RFC 9440 has it."""
        return f":{base64.b64encode(self.certificate.public_bytes(Encoding.DER)).decode()}:"

    @property
    def thumbprint(self) -> str:
        """The ``x5t#S256``."""
        digest = hashlib.sha256(self.certificate.public_bytes(Encoding.DER)).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

"""Issued tokens per second against the raw RSA-2048 signature rate of ``cryptography``. CPU time, one thread."""

import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.report import note, show
from gatepass import Signer, load_key
from gatepass_server.accounts.tokens import Tokens
from gatepass_server.domain.accounts import User
from gatepass_server.domain.ids import new_id
from gatepass_server.domain.roles import NO_ENTITLEMENTS
from gatepass_server.domain.sessions import Session

_ISSUER = "https://auth.example.com"


class _One:
    """Gives one signer, whatever is asked for."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def __call__(self, algorithm: str = "") -> Signer:  # noqa: ARG002 - there is one
        return self._signer


def run(*, quick: bool) -> None:
    rounds, count = (5, 100) if quick else (41, 200)
    key = generate_private_key(65537, 2048)
    signer = Signer(load_key(_pem(key)), issuer=_ISSUER, audience=_ISSUER)
    tokens = Tokens(_One(signer), time.time, access_ttl=1800, status_lists=f"{_ISSUER}/status-lists/")
    user, session = _someone()
    claims = {"public_id": user.id, "sid": session.id, "auth_time": session.authenticated_at}
    message = b"m" * 600
    padding, digest = PKCS1v15(), SHA256()
    sides: dict[str, Callable[[], object]] = {
        "raw signature": lambda: key.sign(message, padding, digest),
        "Signer.issue": lambda: signer.issue(
            user.id, expires_in=1800, scopes=["account"], client_id="gatepass", claims=claims
        ),
        "Tokens.access": lambda: tokens.access(user, session, NO_ENTITLEMENTS),
    }
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            rates[name].append(_rate(side, count))
    note(f"{rounds} rounds of {count} on each side in turn; CPU time of one thread")
    raw = rates.pop("raw signature")
    show("raw PKCS1v15-SHA256 signatures", raw, "/s", digits=0)
    for name, found in rates.items():
        show(name, found, "/s", digits=0)
        show(f"{name} : raw", [one / other for one, other in zip(found, raw, strict=True)], digits=3)


def _rate(side: Callable[[], object], count: int) -> float:
    begun = time.thread_time()
    for _ in range(count):
        side()
    return count / (time.thread_time() - begun)


def _pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _someone() -> tuple[User, Session]:
    now = int(time.time())
    user = User(new_id(), "Ada", "ada@example.com", "ada@example.com", "", False, now, None)
    session = Session(
        id=new_id(),
        user_id=user.id,
        client_id="gatepass",
        scope="account",
        methods=("pwd",),
        authenticated_at=now,
        created_at=now,
        last_seen_at=now,
        idle_expires_at=now + 86_400,
        expires_at=now + 86_400,
        address="127.0.0.1",
        device="bench",
    )
    return user, session

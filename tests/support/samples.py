"""Facts to put into a store."""

import hashlib

from gatepass_server.domain.accounts import User
from gatepass_server.domain.device_codes import DeviceCode
from gatepass_server.domain.grants import CodeTerms
from gatepass_server.domain.sessions import RefreshFamily, Session
from gatepass_server.domain.signing_keys import KeyRecord
from gatepass_server.store.ports import Rotation

NOW = 1_790_000_000


def sample_user(user_id: str = "u1", email: str | None = None, *, is_admin: bool = False) -> User:
    """An account whose e-mail follows from its id unless given."""
    email = email or f"{user_id}@Example.com"
    return User(
        id=user_id,
        name="Zoë Ångström 李",
        email=email,
        email_key=email.casefold(),
        password_hash="$argon2id$sample",
        is_admin=is_admin,
        created_at=NOW,
    )


def sample_session(session_id: str = "s1", user_id: str = "u1", *, ended_at: int | None = None) -> Session:
    """A log-in of an hour."""
    return Session(
        id=session_id,
        user_id=user_id,
        client_id="gatepass",
        scope="openid profile",
        methods=("pwd", "otp"),
        authenticated_at=NOW,
        created_at=NOW,
        last_seen_at=NOW,
        idle_expires_at=NOW + 3600,
        expires_at=NOW + 3600,
        address="2001:db8::1",
        device="curl/8.0",
        ended_at=ended_at,
    )


def sample_family(text: str = "t1", session_id: str = "s1") -> RefreshFamily:
    """A family whose first token was not spent yet."""
    return RefreshFamily(
        family=hashlib.sha256(b"family of " + text.encode()).digest(),
        session_id=session_id,
        digest=hashlib.sha256(text.encode()).digest(),
        expires_at=NOW + 600,
    )


def sample_rotation(spent: str = "t1", successor: str = "t2", *, family: str = "t1") -> Rotation:
    """One token in the place of another."""
    return Rotation(
        family=sample_family(family).family,
        spent=hashlib.sha256(spent.encode()).digest(),
        successor=hashlib.sha256(successor.encode()).digest(),
        salt=b"salt of " + successor.encode(),
    )


def sample_key(kid: str = "k1", *, activates_at: int = NOW) -> KeyRecord:
    """A signing key; its bytes are no real key."""
    return KeyRecord(
        kid=kid,
        alg="RS256",
        public_jwk='{"kty":"RSA"}',
        sealed=b"\x00\xff sealed",
        created_at=NOW,
        activates_at=activates_at,
    )


def sample_device_code(text: str = "d1") -> DeviceCode:
    """A device that waits for ten minutes, and may ask every five seconds."""
    return DeviceCode(
        digest=hashlib.sha256(text.encode()).digest(),
        user_code_digest=hashlib.sha256(b"user code of " + text.encode()).digest(),
        client_id="c1",
        terms=CodeTerms(scope="openid"),
        address="2001:db8::2",
        created_at=NOW,
        expires_at=NOW + 600,
        poll_interval=5,
    )

"""A sign-in through another house that is under way, and what comes of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import msgspec

Purpose = Literal["sign_in", "link"]


class Phase(StrEnum):
    """How far an attempt has come."""

    BEGUN = "begun"
    """The person was sent away."""

    PROVEN = "proven"
    """The other house has said who they are; something is left for them to do here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt as it is kept. Times are whole seconds since the epoch.

    Attributes:
        digest: Of what names it: the ``state``, the request token of OAuth 1.0a, or the handle of a page.
        browser_digest: Of the cookie of the browser that began it; no other can go on with it.
        provider: The other house's name in the settings.
        sealed: A ``Begun`` or ``Proven`` as JSON, sealed.
    """

    digest: bytes = field(repr=False)
    browser_digest: bytes = field(repr=False)
    provider: str
    phase: Phase
    sealed: bytes = field(repr=False)
    created_at: int
    expires_at: int
    consumed_at: int | None = None


class Errand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person is about.

    Attributes:
        purpose: ``sign_in``, or ``link``: add the identity to the account of ``session_id``.
        flow: The handle of the authorization request that waits.
        next: A path on this host to go to.
        another: Whether the sign-in is one more beside the current one.
        session_id: The session that began a ``link``.
        max_age: How many seconds ago the person may have proved at the other house who they are; 0 is anew.
    """

    purpose: Purpose = "sign_in"
    flow: str = ""
    next: str = ""
    another: bool = False
    session_id: str = ""
    max_age: int | None = None


class Begun(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept while the person is away.

    Attributes:
        errand: What they are about.
        nonce: That the ID token must name.
        verifier: Of the code challenge (RFC 7636).
        token_secret: Of the request token (OAuth 1.0a).
        at: When they were sent away, in seconds since the epoch.
    """

    errand: Errand
    nonce: str = ""
    verifier: str = ""
    token_secret: str = ""
    at: int = 0


class Stranger(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What another house says of a person, proven.

    Attributes:
        issuer: Who says so.
        subject: What it calls the person, for good.
        email: Their address there, empty where none was told.
        is_verified: Whether it says that they read what is sent there.
        domain: Of the organisation that their account belongs to, where it tells.
        name: What they are called.
        login: What they sign in with there.
        groups: What it says that they belong to.
        sid: Its own session, which it may end.
        authenticated_at: When it says that they proved who they are, in seconds since the epoch; 0 where it does not.
        methods: How, as it says (``amr``).
        tokens: What it gave, as JSON.
    """

    issuer: str
    subject: str
    email: str = ""
    is_verified: bool = False
    domain: str = ""
    name: str = ""
    login: str = ""
    groups: tuple[str, ...] = ()
    sid: str = ""
    authenticated_at: int = 0
    methods: tuple[str, ...] = ()
    tokens: str = ""

    @property
    def label(self) -> str:
        """What the person knows the identity by."""
        return self.login or self.email or self.name

    def __repr__(self) -> str:
        return f"Stranger(issuer={self.issuer!r}, subject={self.subject!r})"


class Proven(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stranger who has something left to do here: to tell an e-mail address, or to confirm a link."""

    errand: Errand
    stranger: Stranger

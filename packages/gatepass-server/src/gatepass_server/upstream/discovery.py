"""What another house publishes of itself (OpenID Connect Discovery 1.0 section 4), fetched when it is needed."""

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from gatepass.forks import mend_after_forks
from gatepass.sources import KeySource
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.outbound.errors import Unreachable
from gatepass_server.outbound.key_sets import KeySets
from gatepass_server.upstream.asking import Asking
from gatepass_server.upstream.errors import Unavailable

_FRESH = 3600.0
"""Seconds for which it is believed without asking again; after that, an outage is outlived with what is known."""

_PAUSE = 10.0
"""Seconds between two tries, where the last one has failed."""


@dataclass(frozen=True, slots=True)
class Published:
    """The parts of the document that matter here.

    Attributes:
        issuer: As the document has it.
        names_itself: Whether its answers name their issuer (RFC 9207 section 3).
    """

    issuer: str
    authorize_url: str
    token_url: str
    userinfo_url: str
    jwks_url: str
    names_itself: bool


class Discovery:
    """Finds the document, and the keys that it points to."""

    def __init__(
        self,
        upstream: Upstream,
        asking: Asking,
        keys: KeySets,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._upstream = upstream
        self._asking = asking
        self._keys = keys
        self._monotonic = monotonic
        self._known: Published | None = None
        self._due = -math.inf
        self._failure: Unavailable | None = None
        self.after_fork()
        mend_after_forks(self)

    def __call__(self) -> Published:
        """The document; one fetch at a time.

        Raises:
            Unavailable: it cannot be had, and none is known; or it is another issuer's.
        """
        with self._lock:
            if self._monotonic() >= self._due:
                try:
                    self._known = self._read(self._asking.json(self._address()))
                    self._due, self._failure = self._monotonic() + _FRESH, None
                except Unavailable as error:
                    self._due, self._failure = self._monotonic() + _PAUSE, error
            if self._known is not None:
                return self._known
            # Who waited for the lock meanwhile does not try again, one after the other: there is an outage.
            raise self._failure or self._asking.unusable("its discovery document was not read yet")

    def key_source(self) -> KeySource:
        """The keys of its tokens.

        Raises:
            Unavailable: see above.
        """
        return self._keys.of(jwks=None, jwks_uri=self().jwks_url)

    def issuer_of(self, tenant: str) -> str | None:
        """The issuer that a token must name, which says of itself that it is of ``tenant``; None if that is not let in.

        It is the one of the document, unless that names none in particular, because the address serves several.

        Raises:
            Unavailable: see above.
        """
        published, allowed = self().issuer, self._upstream.tenants
        if allowed and tenant not in allowed:
            return None
        if _ANY_TENANT not in published:
            return published
        return published.replace(_ANY_TENANT, tenant) if _TENANT.fullmatch(tenant) else None

    def after_fork(self) -> None:
        """Go on in a child, where nobody holds the lock."""
        self._lock = Lock()

    def _address(self) -> str:
        return f"{self._upstream.issuer.rstrip('/')}/.well-known/openid-configuration"

    def _read(self, document: dict[str, Any]) -> Published:
        issuer = document.get("issuer")
        if not isinstance(issuer, str) or not self._is_its_own(issuer):
            raise self._asking.unusable(f"its discovery document names the issuer {str(issuer)[:200]!r}")
        addresses = [document.get(name) for name in _ADDRESSES]
        missing = [
            name
            for name, address in zip(_ADDRESSES, addresses, strict=True)
            if not isinstance(address, str) and name != "userinfo_endpoint"
        ]
        if missing:
            raise self._asking.unusable(f"its discovery document has no {missing[0]}")
        authorize, token, userinfo, jwks = (str(address or "") for address in addresses)
        try:
            self._asking.outbound.check(
                authorize
            )  # people are sent there: not to plain http, nor to a script
        except Unreachable as error:
            raise self._asking.unusable(str(error)) from None
        named = document.get("authorization_response_iss_parameter_supported") is True
        return Published(issuer, authorize, token, userinfo, jwks, named)

    def _is_its_own(self, issuer: str) -> bool:
        """It must name exactly the issuer that was asked (section 4.3), or all those of its template."""
        template = self._upstream.issuer_template
        if not template:
            return issuer == self._upstream.issuer
        before, _, after = template.partition("{tid}")
        tenant = issuer.removeprefix(before).removesuffix(after)
        return before + tenant + after == issuer and (
            tenant == _ANY_TENANT or _TENANT.fullmatch(tenant) is not None
        )


_ADDRESSES = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
_ANY_TENANT = "{tenantid}"
"""What Entra's documents have in the place of a tenant where the address serves several."""
_TENANT = re.compile(r"[A-Za-z0-9-]{1,64}")

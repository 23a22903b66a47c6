"""Fetch from, and post to, addresses that others named."""

import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from gatepass.deadline import Deadline
from gatepass.forks import mend_after_forks
from gatepass_server.domain.allowed_places import NOWHERE, AllowedPlaces
from gatepass_server.domain.errors import OperatorError
from gatepass_server.outbound.errors import Crowded, Unreachable
from gatepass_server.outbound.messages import MAX_BYTES, Reply, Request
from gatepass_server.outbound.places import Place, read_place
from gatepass_server.outbound.routes import Resolver, find_route, system_resolver

if TYPE_CHECKING:
    import ssl

TIMEOUT: Final = 5.0
"""Seconds for the whole of a request: looking the name up, connecting, headers and body."""

SLOTS: Final = 16
"""Requests at once, of each process."""

JSON_KINDS: Final = frozenset({"application/json", "+json"})
"""Content types of JSON: the one, and every structured one that ends like this (RFC 6839 section 3.1)."""


class Outbound:
    """Goes where others point, and only to places that are public or allowed.

    ``https`` only, to the address that was judged, with the system's authorities, no redirect, no cookie, no proxy,
    no compression, bounded in size, time and number. Safe to share among threads.

    Args:
        allowed: Places that are reached although they are not public, and at any port.
        plain_http: Reach ``http`` addresses, too.
        authorities: A file (PEM) of authorities that are believed beside the system's.
        resolver: The addresses of a name.
        timeout: Seconds for the whole of a request.
        slots: Requests at once; one more is refused.
    """

    def __init__(
        self,
        *,
        allowed: AllowedPlaces = NOWHERE,
        plain_http: bool = False,
        authorities: Path | None = None,
        resolver: Resolver = system_resolver,
        timeout: float = TIMEOUT,
        slots: int = SLOTS,
    ) -> None:
        self._allowed = allowed
        self._plain_http = plain_http
        self._authorities = authorities
        self._resolver = resolver
        self._timeout = timeout
        self._size = slots
        self._context: ssl.SSLContext | None = None
        self.after_fork()
        mend_after_forks(self)

    def after_fork(self) -> None:
        """Go on in a child, where no request is under way."""
        self._slots = threading.BoundedSemaphore(self._size)

    def prepare(self) -> None:
        """Read the authorities that the operator named, so that a wrong file is found at the start.

        Raises:
            OperatorError: The file cannot be used.
        """
        if self._authorities is None:
            return
        try:
            self._tls()
        except (OSError, ValueError) as error:  # an SSLError is an OSError
            cause = error.strerror if isinstance(error, OSError) else None
            raise OperatorError(
                f"The outbound_ca_file {self._authorities} cannot be used: {cause or 'it is not PEM'}."
            ) from None

    def check(self, url: str) -> None:
        """Judge an address by its text alone: whoever registers it learns at once what will not do.

        Raises:
            Forbidden: It will never be reached.
        """
        read_place(url, plain_http=self._plain_http)

    def get(
        self,
        url: str,
        *,
        kinds: Collection[str] = JSON_KINDS,
        max_bytes: int = MAX_BYTES,
    ) -> Reply:
        """Fetch bytes.

        Args:
            url: Where from.
            kinds: Content types that are taken, in lower case; ``+json`` stands for all that end like this.
            max_bytes: Size of the body at which to give up.

        Raises:
            Unreachable: It did not come, or is not taken.
        """
        accept = ", ".join(sorted(kind for kind in kinds if "/" in kind))
        request = Request("GET", {"Accept": accept}, kinds=kinds, max_bytes=max_bytes)
        return self._send(url, request)

    def ask(self, url: str, request: Request) -> Reply:
        """Send a request of any form.

        Raises:
            Unreachable: The answer did not come, or is not taken.
        """
        return self._send(url, request)

    def post_form(self, url: str, form: Mapping[str, str]) -> int:
        """Send a form; the answer's body is not read.

        Returns:
            The status of the answer, whatever it is.

        Raises:
            Unreachable: No answer came.
        """
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"}
        return self._send(url, Request("POST", headers, urlencode(form).encode())).status

    def _send(self, url: str, request: Request) -> Reply:
        place = read_place(url, plain_http=self._plain_http)
        slot = _Slot(self._slots)
        if not slot.take():
            raise Crowded(f"{place.shown}: not asked, too many other requests are under way")
        deadline: Deadline[Reply] = Deadline(self._timeout)

        def work() -> Reply:
            # The slot is free when the work has ended, not when somebody gave up waiting: a resolver may hang.
            with slot:
                return self._exchange(deadline, place, request)

        try:
            return deadline.run(work)
        except TimeoutError:
            raise Unreachable(f"{place.shown}: not complete in time") from None
        except RuntimeError:  # no thread could be started
            slot.give_back()
            raise Crowded(f"{place.shown}: not asked, this machine is at its limits") from None

    def _exchange(self, deadline: Deadline[Reply], place: Place, request: Request) -> Reply:
        from gatepass_server.outbound.exchange import exchange  # noqa: PLC0415 - a server that asks nobody loads no HTTP

        route = find_route(place, self._allowed, self._resolver)
        context = self._tls() if place.is_https else None
        return exchange(request, place, route, context, deadline, self._timeout)

    def _tls(self) -> "ssl.SSLContext":
        """One context for all, made at the first use: reading the system's authorities takes long."""
        if self._context is None:
            import ssl  # noqa: PLC0415 - a server that asks nobody loads no TLS

            context = ssl.create_default_context()
            if self._authorities is not None:
                context.load_verify_locations(self._authorities)
            context.set_alpn_protocols(["http/1.1"])
            self._context = context
        return self._context


class _Slot:
    """One of the requests that may run at once; given back once, whoever does it."""

    def __init__(self, slots: threading.BoundedSemaphore) -> None:
        self._slots = slots
        self._taken = False

    def take(self) -> bool:
        self._taken = self._slots.acquire(blocking=False)
        return self._taken

    def give_back(self) -> None:
        if self._taken:
            self._taken = False
            self._slots.release()

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self.give_back()

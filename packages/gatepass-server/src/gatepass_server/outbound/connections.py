"""HTTP connections to an address that was judged, for the name that was asked for."""

import socket
import ssl
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from typing import TypeVar

from gatepass.deadline import Deadline
from gatepass_server.domain.allowed_places import Address
from gatepass_server.outbound.places import Place

T = TypeVar("T")


class PinnedConnection(HTTPConnection):
    """Connects to the given IP addresses and to no others; the name serves for ``Host``, SNI and the certificate.

    No proxy is used, whatever the environment says: it would look the name up itself.

    Args:
        place: Where to.
        route: The addresses, tried in their order.
        context: For TLS; None for plain HTTP.
        deadline: Shuts the connection when the time is up, even in the midst of a handshake.
        seconds: How long one step may take.
    """

    def __init__(
        self,
        place: Place,
        route: Sequence[Address],
        context: ssl.SSLContext | None,
        deadline: Deadline[T],
        seconds: float,
    ) -> None:
        super().__init__(place.host, place.port, timeout=seconds)
        self.default_port = 443 if place.is_https else 80  # Host names the port where it is another
        self._place = place
        self._route = route
        self._context = context
        self._deadline = deadline
        self._ends = time.monotonic() + seconds

    def connect(self) -> None:
        """Connect to the first address that answers, and shake hands."""
        plain = self._first_that_answers()
        if self._context is None:
            self.sock = plain
            self._deadline.watch(plain)
            return
        secure = self._context.wrap_socket(
            plain, server_hostname=self._place.host, do_handshake_on_connect=False
        )
        self.sock = secure
        self._deadline.watch(secure)
        secure.do_handshake()

    def _first_that_answers(self) -> socket.socket:
        failure: OSError = TimeoutError("the time is up")
        for number, address in enumerate(self._route):
            left = self._ends - time.monotonic()
            if left <= 0:
                break
            family = socket.AF_INET if address.version == 4 else socket.AF_INET6
            connection = socket.socket(family, socket.SOCK_STREAM)
            # The others want some of the time, too, where the first does not answer at all.
            connection.settimeout(left / (len(self._route) - number))
            try:
                connection.connect((str(address), self._place.port))
            except OSError as error:
                connection.close()
                failure = error
            else:
                connection.settimeout(left)
                return connection
        raise failure

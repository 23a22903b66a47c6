"""A connection to a directory: encrypted or not made, bounded in time and in what it may say."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from gatepass.deadline import Deadline
from gatepass_server.domain.ldap_addresses import LdapAddress
from gatepass_server.ldap.library import ldap3

MOST_BYTES = 1024 * 1024
"""Of all answers on one connection: a person with thousands of groups has a few hundred KiB."""


class Metered:
    """A socket that gives up when the other side has said too much."""

    def __init__(self, inner: socket.socket) -> None:
        self.inner = inner
        self._left = MOST_BYTES

    def recv(self, size: int) -> bytes:
        """What has arrived.

        Raises:
            OSError: it is too much.
        """
        data = self.inner.recv(size)
        self._left -= len(data)
        if self._left < 0:
            raise OSError("the directory says too much")
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class VerifiedTls(ldap3.Tls):
    """TLS as the standard library verifies it, instead of the older ways of ldap3.

    Args:
        context: demands a certificate, for the host that is named.
        host: the name that the operator wrote.
        deadline: ends the handshake when the time is up.
    """

    def __init__(self, context: ssl.SSLContext, host: str, deadline: Deadline[Any]) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = context
        self._host = host
        self._deadline = deadline

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: ARG002 - ldap3's signature
        """Put TLS around the connection's socket.

        Raises:
            OSError: the certificate is not good for the host, or there is no TLS at all.
        """
        plain = connection.socket.inner if isinstance(connection.socket, Metered) else connection.socket
        # What ends a handshake and the first request are two small writes: the second must not wait for an answer.
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        secure = self._context.wrap_socket(
            plain,
            server_hostname=self._host,
            do_handshake_on_connect=False,
        )
        connection.socket = secure  # whatever comes of it, somebody closes it
        self._deadline.watch(secure)
        secure.do_handshake()
        connection.socket = Metered(secure)


@contextmanager
def connected(
    address: LdapAddress, context: ssl.SSLContext | None, deadline: Deadline[Any], *, seconds: float
) -> Iterator[Any]:
    """A connection on which nobody has proved anything yet; closed afterwards.

    Args:
        address: where to.
        context: for TLS, from the beginning or by StartTLS as the address says; None for none.
        deadline: shuts the connection when the time is up.
        seconds: how long one step may take.

    Raises:
        LDAPException, OSError: there is none, or none that is safe.
    """
    server = ldap3.Server(
        f"[{address.host}]" if ":" in address.host else address.host,
        port=address.port,
        use_ssl=address.tls,
        tls=None if context is None else VerifiedTls(context, address.host, deadline),
        get_info=ldap3.NONE,
        connect_timeout=seconds,
    )
    connection = ldap3.Connection(
        server,
        authentication=ldap3.ANONYMOUS,
        auto_bind=ldap3.AUTO_BIND_NONE,
        auto_referrals=False,  # another server would be sent the password
        auto_escape=False,
        auto_encode=False,
        auto_range=False,
        check_names=False,
        receive_timeout=max(1, round(seconds)),
        return_empty_attributes=False,
    )
    try:
        connection.open(read_server_info=False)
        if not address.tls:
            deadline.watch(connection.socket)
            connection.socket = Metered(connection.socket)
            if context is not None:
                connection.start_tls(read_server_info=False)
        yield connection
    finally:
        if connection.socket is not None:
            with suppress(OSError):
                connection.socket.close()


def is_safe(connection: Any, *, encrypted: bool) -> bool:
    """Whether a password may be sent: ldap3 opens anew what was closed, and plain then, if somebody binds."""
    if connection.closed or not isinstance(connection.socket, Metered):
        return False
    return not encrypted or isinstance(connection.socket.inner, ssl.SSLSocket)

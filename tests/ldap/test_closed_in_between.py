"""A connection that is lost on the way is not opened again in the clear."""

import socket
import threading

import pytest

from gatepass_server.domain.directories import DirectoryUnavailable
from gatepass_server.domain.secret import Secret
from tests.ldap.asking import directory
from tests.ldap.strange_servers import Strange, strange
from tests.support.slapd import BEE, Slapd


@pytest.mark.compliance("RFC 4513", "3.1.1", "once encrypted, nothing is said to this server in the clear")
def test_nothing_is_sent_in_the_clear_when_the_encrypted_connection_is_cut(slapd: Slapd) -> None:
    links: list[socket.socket] = []

    def relay(connection: socket.socket, server: Strange) -> None:
        with socket.create_connection(("127.0.0.1", slapd.port)) as behind:
            links.extend((connection, behind))
            answers = threading.Thread(target=_copy, args=(behind, connection), daemon=True)
            answers.start()
            while data := server.listen(connection):
                behind.sendall(data)
            answers.join(timeout=10)

    with strange(relay) as server:
        asked = directory(slapd, server.url.replace("127.0.0.1", "localhost"), starttls=True)

        def cut(_subject: str) -> None:
            for link in links:
                link.shutdown(socket.SHUT_RDWR)

        with pytest.raises(DirectoryUnavailable):
            asked.prove_login("bee", Secret(BEE), may_try=cut)
        assert server.connections == 1
        assert BEE.encode() not in server.heard
        assert b"uid=bee" not in server.heard


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            target.sendall(data)
    except OSError:
        return

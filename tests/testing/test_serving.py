"""A fake issuer over real HTTP."""

import json
import logging
import socket
import struct
import threading
import urllib.error
import urllib.request
from typing import Any

import pytest

from gatepass import Verifier
from gatepass.testing import FakeIssuer


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def test_a_program_finds_the_keys_by_the_address_of_the_issuer(issuer: FakeIssuer) -> None:
    with issuer.serve() as url:
        assert issuer.name == url
        verifier = Verifier(url, audience=issuer.audience)
        assert verifier.verify(issuer.token("ann")).subject == "ann"


def test_metadata_lie_where_both_standards_look_for_them(issuer: FakeIssuer) -> None:
    with issuer.serve() as url:
        for place in ("oauth-authorization-server", "openid-configuration"):
            metadata = get(f"{url}/.well-known/{place}")
            assert metadata["issuer"] == url
            assert get(metadata["jwks_uri"]) == issuer.jwks()
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(f"{url}/elsewhere")
        with caught.value as answer:
            assert answer.code == 404


def test_a_new_key_is_published_at_once_and_a_withdrawn_one_is_not(issuer: FakeIssuer) -> None:
    with issuer.serve() as url:
        old = issuer.kid
        new = issuer.rotate()
        issuer.withdraw(old)
        assert [key["kid"] for key in get(f"{url}/.well-known/jwks.json")["keys"]] == [new]


def test_afterwards_it_has_its_name_again_the_port_is_free_and_known_keys_go_on_serving(
    issuer: FakeIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    with issuer.serve() as url:
        verifier = Verifier(url, audience=issuer.audience)
        first, second = issuer.token(), issuer.token("ann")
        verifier.verify(first)
    assert issuer.name == "https://issuer.test"
    port = int(url.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 5):
        pass
    with caplog.at_level(logging.ERROR):
        assert verifier.verify(second).subject == "ann"
    with issuer.serve(port=port) as again:
        assert again == url


def test_several_issuers_serve_at_a_time(issuer: FakeIssuer) -> None:
    other = FakeIssuer()
    with issuer.serve() as url, other.serve() as other_url:
        assert url != other_url
        Verifier(other_url, audience=other.audience).verify(other.token())
        Verifier(url, audience=issuer.audience).verify(issuer.token())


def test_a_client_that_breaks_off_disturbs_nobody(
    issuer: FakeIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    with issuer.serve() as url:
        port = int(url.rpartition(":")[2])
        for rest in (b"", b"GET / HT"):
            with socket.create_connection(("127.0.0.1", port), 5) as client:
                client.sendall(rest)
                # Closing now resets the connection, which the server's next read or write sees as an error.
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        get(f"{url}/.well-known/jwks.json")
        while any("process_request_thread" in thread.name for thread in threading.enumerate()):
            pass  # until those who served the broken connections are through
    assert capsys.readouterr().err == ""

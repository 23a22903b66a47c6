"""A directory that does not answer, or not as one."""

import time
from pathlib import Path

import pytest

from gatepass_server.domain.errors import OperatorError
from gatepass_server.domain.secret import Secret
from gatepass_server.ldap.connection import MOST_BYTES
from tests.ldap.asking import anybody, directory, outage
from tests.ldap.strange_servers import Serve, dripping, dropping, flooding, saying, silent, strange
from tests.outage.certificates import self_signed
from tests.support.slapd import BEE, BEE_SUBJECT, SECRET, Slapd, running_slapd

_RESULT = b"\x0a\x01%s\x04\x00\x04\x00"
STARTTLS_REFUSED = b"\x30\x0dID\x78\x07" + _RESULT % b"\x02"
STARTTLS_AGREED = b"\x30\x0dID\x78\x07" + _RESULT % b"\x00"
BOUND = b"\x30\x0dID\x61\x07" + _RESULT % b"\x00"
LET_GO = b"\x30\x24\x02\x01\x00\x78\x1f\x0a\x01\x34\x04\x00\x04\x00\x8a\x161.3.6.1.4.1.1466.20036"


@pytest.mark.parametrize(
    "serve",
    [silent, dropping, dripping, flooding, saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), saying(b"\x30\x80\x00\x00"),
     saying(b"\x30\x03\x02\x01"), saying(b"\xff" * 64), saying(BOUND), saying(LET_GO)],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_whatever_listens_there_nobody_waits_long_and_nobody_is_let_in(serve: Serve, scheme: str) -> None:
    with strange(serve) as server:
        asked = directory(None, server.url.replace("ldap", scheme), seconds=0.5)
        began = time.monotonic()
        reason = outage(asked, "bee", "a password to be kept")
        assert time.monotonic() - began < 3
        assert reason
        assert b"a password to be kept" not in server.heard
        assert "password to be kept" not in reason


SEARCHED = b"\x30\x0dID\x65\x07" + _RESULT % b"\x00"


@pytest.mark.parametrize("answer", [BOUND, SEARCHED])
def test_a_success_that_answers_something_else_is_none(answer: bytes) -> None:
    with strange(saying(answer)) as server:
        assert "which nobody asked for" in outage(directory(None, server.url))


def test_no_more_is_read_than_a_person_could_need() -> None:
    with strange(flooding) as server:
        reason = outage(directory(None, server.url, seconds=5.0))
        assert "says too much" in reason
        assert MOST_BYTES < 2**24


@pytest.mark.compliance(
    "RFC 4513", "3.1.1", "where StartTLS is refused, nothing is sent in the clear instead"
)
@pytest.mark.parametrize("answer", [STARTTLS_REFUSED, STARTTLS_AGREED, STARTTLS_AGREED + BOUND])
def test_whoever_keeps_tls_away_learns_nothing(answer: bytes) -> None:
    with strange(saying(answer)) as server:
        asked = directory(None, server.url, starttls=True, seconds=1.0)
        outage(asked, "bee", "a password to be kept")
        assert server.connections == 1
        assert b"bee" not in server.heard
        assert SECRET.encode() not in server.heard
        assert b"a password to be kept" not in server.heard


@pytest.mark.compliance("RFC 4513", "3.1.3", "a certificate of another name is not taken")
@pytest.mark.parametrize("starttls", [True, False])
def test_a_certificate_of_another_name_is_not_taken(tmp_path: Path, starttls: bool) -> None:
    with running_slapd(tmp_path, host="ldap.example.com") as slapd:
        asked = directory(slapd, slapd.plain_url if starttls else slapd.url, starttls=starttls)
        assert "Hostname mismatch" in outage(asked)


def test_a_certificate_of_nobody_we_believe_is_not_taken(slapd: Slapd, tmp_path: Path) -> None:
    assert "CERTIFICATE_VERIFY_FAILED" in outage(directory(slapd, authorities=None))
    other = self_signed(tmp_path / "other.pem")
    assert "CERTIFICATE_VERIFY_FAILED" in outage(directory(slapd, authorities=other))


def test_an_address_is_as_the_certificate_has_it(slapd: Slapd) -> None:
    assert "IP address mismatch" in outage(directory(slapd, f"ldaps://127.0.0.1:{slapd.tls_port}"))


def test_authorities_that_cannot_be_read_stop_the_start(slapd: Slapd, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    for path in (empty, tmp_path / "missing.pem"):
        with pytest.raises(OperatorError, match="ldap_ca_file"):
            directory(slapd, authorities=path)


def test_a_searcher_who_is_refused_is_an_outage_and_no_wrong_password(slapd: Slapd) -> None:
    reason = outage(directory(slapd, bind_password=Secret("old")), "bee", BEE)
    assert "refuses the ldap_bind_dn: 49" in reason
    assert "ou=nowhere" in outage(directory(slapd, base="ou=nowhere,dc=example,dc=com"))
    assert "34" in outage(directory(slapd, base="nowhere at all"))


def test_the_next_server_is_asked_where_the_first_does_not_answer(slapd: Slapd) -> None:
    with strange(dropping) as server:
        asked = directory(slapd, f"{server.url.replace('ldap', 'ldaps')} {slapd.url}")
        assert asked.prove_login("bee", Secret(BEE), may_try=anybody).subject == BEE_SUBJECT
        assert server.connections == 1

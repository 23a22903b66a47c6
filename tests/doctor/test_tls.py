"""Certificates, over real TLS."""

import datetime as dt
import socket
import threading
from pathlib import Path

import pytest

from gatepass_server.doctor import Verdict
from tests.doctor.asking import Report, look_at
from tests.doctor.fake_site import running
from tests.outage.certificates import self_signed

DAYS = dt.timedelta(days=1)


def seen(certificate: Path, ca_file: Path | None, host: str = "") -> Report:
    with running(certificate, host=host) as site:
        return look_at(site.issuer, ca_file=ca_file)


def test_a_good_certificate_is_told_with_its_days_and_names(tmp_path: Path) -> None:
    good = self_signed(tmp_path / "good.pem", left=80 * DAYS)
    report = seen(good, good)
    assert report.all(Verdict.FAIL) + report.all(Verdict.WARN) + report.all(Verdict.SKIP) == []
    assert "79 days), for localhost" in report.one("tls.expiry").found
    assert "TLSv1.3" in report.one("tls.version").found


def test_a_certificate_that_ends_soon_is_a_warning(tmp_path: Path) -> None:
    ending = self_signed(tmp_path / "ending.pem", age=80 * DAYS, left=9 * DAYS)
    assert seen(ending, ending).one("tls.expiry").verdict is Verdict.WARN


def test_a_certificate_that_lives_for_days_only_is_not_ending_soon(tmp_path: Path) -> None:
    brief = self_signed(tmp_path / "brief.pem", age=DAYS, left=5 * DAYS)
    assert seen(brief, brief).one("tls.expiry").verdict is Verdict.PASS


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_that_has_expired_is_told(tmp_path: Path, trusted: bool) -> None:
    old = self_signed(tmp_path / "old.pem", age=90 * DAYS, left=-DAYS)
    report = seen(old, old if trusted else None)
    assert report.one("tls.certificate").verdict is Verdict.FAIL
    assert "It expired on" in report.one("tls.expiry").found


def test_a_certificate_for_another_name_is_told_with_that_name(tmp_path: Path) -> None:
    other = self_signed(tmp_path / "other.pem", host="auth.example.com", left=80 * DAYS)
    report = seen(other, other)
    finding = report.one("tls.certificate")
    assert finding.verdict is Verdict.FAIL
    assert "the host that the issuer names" in finding.advice
    assert "for auth.example.com" in report.one("tls.expiry").found


def test_a_certificate_of_an_unknown_authority_is_told(tmp_path: Path) -> None:
    own = self_signed(tmp_path / "own.pem")
    report = seen(own, None)
    finding = report.one("tls.certificate")
    assert finding.verdict is Verdict.FAIL
    assert "authority that clients know" in finding.advice
    assert report.one("discovery.document.openid-configuration").verdict is Verdict.FAIL


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x28"])
def test_a_port_that_speaks_no_tls_is_told(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            for _ in range(8):
                try:
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(65_536)
                        connection.sendall(said)
                except OSError:
                    return

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        report = look_at(f"https://127.0.0.1:{listener.getsockname()[1]}")
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
    failures = report.names(Verdict.FAIL)
    assert failures & {"tls.certificate", "tls.version"}


def test_where_a_proxy_stands_between_the_certificate_is_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert look_at("https://127.0.0.1:9").one("tls.certificate").verdict is Verdict.SKIP

"""A running server carries notices that any process has put into its database."""

import json
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from gatepass import Verifier
from gatepass_server.bootstrap import Gatepass, build
from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.settings import load_settings
from tests.outage.certificates import self_signed
from tests.outbound.site import Site, answer, running_site
from tests.support.samples import sample_session, sample_user
from tests.support.server import serving

_PATIENCE = 30.0


def end_grants(gatepass: Gatepass, client_id: str, count: int) -> None:
    """A person was signed in to a program, and is no more."""
    now = int(time.time())
    with gatepass.store.write() as uow:
        uow.users.add(sample_user("u1"))
        for number in range(count):
            session = replace(sample_session(f"grant-{number}"), client_id=client_id, created_at=now)
            uow.sessions.add(replace(session, expires_at=now + 600, idle_expires_at=now + 600))
        uow.sessions.end_all_of("u1", now)


def wait_for(site: Site, count: int) -> None:
    end = time.monotonic() + _PATIENCE
    while len(site.requests) < count:
        assert time.monotonic() < end, f"{len(site.requests)} of {count} came"
        time.sleep(0.05)


@pytest.mark.compliance(
    "Back-Channel Logout 1.0", "2.5", "a log-out token for each session, posted as a form"
)
def test_two_workers_deliver_each_notice_once(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path / "site.pem", "localhost")
    count = 30
    with (
        running_site(certificate) as site,
        serving(
            tmp_path, workers="2", outbound_allow="localhost", outbound_ca_file=str(certificate)
        ) as server,
    ):
        site.reply = answer(b"")
        gatepass = build(load_settings(options={"data": server.data}, environ={}))
        uri = site.url("/logout", "localhost")
        client, _ = gatepass.clients.create("Wiki", ClientMetadata(backchannel_logout_uri=uri))
        end_grants(gatepass, client.id, count)
        gatepass.close()
        wait_for(site, count)
        time.sleep(3)  # longer than a worker's pause, so that one that was delivered twice would be seen
        jwks = httpx.get(f"{server.url}/.well-known/jwks.json", timeout=30).json()
        log = server.log.read_text()
    verifier = Verifier.from_jwks(
        jwks, issuer=server.url, audience=client.id, types=["logout+jwt"], status=None
    )
    tokens = [
        parse_qs(request.decode().rpartition("\r\n\r\n")[2])["logout_token"][0] for request in site.requests
    ]
    assert {verifier.verify(token).session_id for token in tokens} == {
        f"grant-{number}" for number in range(count)
    }
    assert not any(token in log for token in tokens)
    delivered = [json.loads(line) for line in log.splitlines() if '"log_out_notice_delivered"' in line]
    assert sorted(line["session_id"] for line in delivered) == sorted(
        f"grant-{number}" for number in range(count)
    )
    assert {line["status"] for line in delivered} == {200}
    # On a machine that is out of breath an answer may come too late: that notice, and no other, came twice.
    assert len(tokens) <= count + log.count('"log_out_notice_failed"')

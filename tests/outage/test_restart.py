"""A program that starts while its issuer is gone."""

import subprocess
import sys
from pathlib import Path

from tests.outage.program import AUDIENCE, Mint, start
from tests.outage.site import Site
from tests.sources.landing import landed

PROGRAM = """
import sys
from gatepass import TokenError, Verifier
from gatepass.discovery import IssuerKeys

issuer, audience, token, *snapshot = sys.argv[1:]
keys = IssuerKeys(issuer, snapshot=snapshot[0] if snapshot else None)
try:
    print(Verifier(issuer, audience=audience, keys=keys).verify(token).subject)
except TokenError as error:
    print(error.code)
"""


def answer(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout.strip()


def test_with_a_snapshot_it_verifies_tokens_and_without_one_it_says_that_it_cannot(
    site: Site, mint: Mint, tmp_path: Path
) -> None:
    snapshot, token = str(tmp_path / "keys.json"), mint()
    start(site, snapshot=snapshot).verifier.verify(token)
    landed()
    site.kill()
    assert answer(site.url, AUDIENCE, token, snapshot) == "user-1"
    assert answer(site.url, AUDIENCE, token) == "keys_unavailable"


def test_a_first_start_during_an_outage_gets_going_when_the_issuer_is_back(
    site: Site, mint: Mint, tmp_path: Path
) -> None:
    snapshot, token = str(tmp_path / "keys.json"), mint()
    site.kill()
    assert answer(site.url, AUDIENCE, token, snapshot) == "keys_unavailable"
    site.start()
    assert answer(site.url, AUDIENCE, token, snapshot) == "user-1"

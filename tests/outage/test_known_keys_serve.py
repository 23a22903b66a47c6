"""Whatever happens to an issuer over real HTTP, tokens of known keys verify for the whole outage, and at once."""

import threading
import time
from pathlib import Path

import pytest

from gatepass import Key, Signer, TokenError, UnknownKeyError
from tests.outage.certificates import self_signed
from tests.outage.program import AUDIENCE, INTERVAL, TIMEOUT, Mint, Program, start
from tests.outage.site import JWKS, METADATA, TROUBLES, Site

ATTEMPTS = 3
"""Times that fetching is tried during an outage."""
PAUSE = 0.005
"""Seconds between two checks in a thread: an outage sees hundreds, and the machine has time for other tests."""


def check_through(program: Program, token: str) -> None:
    """Check a token in four threads until the outage was noticed several times: every check must pass.

    Fetching is tried no more than once in each interval meanwhile, as the program counts and as the site does.
    """
    failures: list[str] = []
    slowest: list[float] = []
    over = threading.Event()

    def check() -> None:
        slow = 0.0
        while not over.is_set():
            began = time.perf_counter()
            try:
                program.verifier.verify(token)
            except TokenError as error:
                failures.append(f"{error.code}: {error.reason}")
            slow = max(slow, time.perf_counter() - began)
            time.sleep(PAUSE)
        slowest.append(slow)

    before, began = program.counts.attempts, time.monotonic()
    threads = [threading.Thread(target=check) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        program.await_attempts(ATTEMPTS, token)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    took = time.monotonic() - began
    assert failures == []
    assert max(slowest) < TIMEOUT, "a check waited for a fetch"
    assert program.counts.attempts - before <= took / INTERVAL + 1


@pytest.mark.parametrize("trouble", TROUBLES)
def test_tokens_of_known_keys_verify_while_the_issuer_is_in_trouble(
    program: Program, site: Site, mint: Mint, trouble: str
) -> None:
    token = mint()
    program.verifier.verify(token)
    site.fall_into(trouble)
    check_through(program, token)
    asked = site.asked()
    assert max(asked.count(METADATA), asked.count(JWKS)) <= program.counts.attempts
    again = program.counts["keys.fetched"]
    site.fall_into("well")
    program.await_attempts(2, token)
    assert program.counts["keys.fetched"] > again, "it is noticed when the issuer is back"


@pytest.mark.parametrize("trouble", ["hangs", "500", "no keys", "huge"])
def test_tokens_of_known_keys_verify_while_only_the_keys_are_in_trouble(
    site: Site, mint: Mint, trouble: str
) -> None:
    program, token = start(site), mint()
    program.verifier.verify(token)
    site.fall_into(trouble, keys_only=True)
    check_through(program, token)
    assert program.counts["keys.failed"] >= ATTEMPTS - 1


def test_tokens_of_known_keys_verify_while_the_issuer_is_gone(
    program: Program, site: Site, mint: Mint
) -> None:
    token = mint()
    program.verifier.verify(token)
    site.kill()
    check_through(program, token)
    site.start()
    again = program.counts["keys.fetched"]
    program.await_attempts(2, token)
    assert program.counts["keys.fetched"] > again


def test_tokens_of_known_keys_verify_while_the_keys_of_somebody_else_are_served(
    program: Program, site: Site, mint: Mint, strange_key: Key
) -> None:
    token = mint()
    program.verifier.verify(token)
    site.fall_into("well", keys=[strange_key])
    check_through(program, token)
    assert program.counts["keys.failed"] == 0, "nothing looks wrong with such an answer"


def test_when_all_keys_are_replaced_the_old_ones_end_with_the_first_token_of_a_new_one(
    program: Program, site: Site, mint: Mint, strange_key: Key
) -> None:
    token = mint()
    program.verifier.verify(token)
    site.publish(strange_key)
    program.await_attempts(2, token)
    assert program.verifier.verify(mint(strange_key)).subject == "user-1"
    with pytest.raises(UnknownKeyError):
        program.verifier.verify(token)


def test_keys_are_rotated_twice_without_refusing_a_token_that_is_valid(
    program: Program, site: Site, mint: Mint, key: Key, strange_key: Key
) -> None:
    third = Key.generate("ES256")
    token = mint()
    program.verifier.verify(token)
    for old, new in ((key, strange_key), (strange_key, third)):
        site.publish(old, new)
        program.await_attempts(2, mint(old))
        check_through(program, mint(new))
        program.verifier.verify(mint(old))
        site.publish(new)
        check_through(program, mint(new))
        with pytest.raises(UnknownKeyError):
            program.verifier.verify(mint(old))


def test_tokens_verify_while_the_issuer_has_a_wrong_certificate(tmp_path: Path, key: Key) -> None:
    right, wrong = self_signed(tmp_path / "right.pem"), self_signed(tmp_path / "wrong.pem")
    site = Site(key, certificate=right)
    try:
        program = start(site, ca_file=right)
        token = Signer(key, issuer=site.url, audience=AUDIENCE).issue("user-1", expires_in=600)
        program.verifier.verify(token)
        site.kill()
        site.start(certificate=wrong)
        check_through(program, token)
        assert site.asked() == [], "nothing is said to somebody who cannot show who they are"
    finally:
        site.kill()

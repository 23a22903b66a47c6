"""Keys found by the issuer's address (RFC 8414, OpenID Connect Discovery), and what survives when it is down."""

import threading
from typing import Any

import pytest

from gatepass import Key, KeysUnavailableError, UnknownKeyError, Verifier
from gatepass.discovery import IssuerKeys
from gatepass.fetch import FetchError
from gatepass.key_sources.remote import FIRST_INTERVAL, MAX_AGE, MIN_INTERVAL
from gatepass.metadata import metadata_urls
from tests.sources.landing import landed
from tests.support.clock import FakeClock
from tests.verify import forge

METADATA = "https://auth.example.com/.well-known/oauth-authorization-server"
OPENID = "https://auth.example.com/.well-known/openid-configuration"
JWKS = "https://auth.example.com/.well-known/jwks.json"


class Web:
    """The other side: addresses and what they answer; counts what was asked."""

    def __init__(self, *keys: Key) -> None:
        self.pages: dict[str, dict[str, Any]] = {METADATA: {"issuer": forge.ISSUER, "jwks_uri": JWKS}}
        self.publish(*keys)
        self.asked: list[str] = []
        self.down = False

    def publish(self, *keys: Key) -> None:
        self.pages[JWKS] = {"keys": [key.public_jwk() for key in keys]}

    def __call__(self, url: str) -> dict[str, Any]:
        self.asked.append(url)
        if self.down or url not in self.pages:
            raise FetchError(f"{url}: no answer")
        return self.pages[url]

    @property
    def fetches(self) -> int:
        """How often the keys were asked for."""
        return self.asked.count(JWKS)


@pytest.fixture
def web(key: Key) -> Web:
    return Web(key)


@pytest.fixture
def discovering(web: Web, clock: FakeClock) -> Verifier:
    source = IssuerKeys(forge.ISSUER, fetch=web, monotonic=clock)
    return Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)


def minted(key: Key, clock: FakeClock, **changes: Any) -> str:
    return forge.token(key, forge.good_claims(clock.now, exp=clock.now + 10_000, **changes))


@pytest.mark.compliance("RFC 8414", "3.1", "the well-known part stands between host and path")
@pytest.mark.compliance("OpenID Connect Discovery", "4", "and at the end of the path")
def test_metadata_is_looked_for_in_both_places() -> None:
    assert metadata_urls("https://a.example") == [
        "https://a.example/.well-known/oauth-authorization-server",
        "https://a.example/.well-known/openid-configuration",
    ]
    assert metadata_urls("https://a.example:8443/tenant/") == [
        "https://a.example:8443/.well-known/oauth-authorization-server/tenant",
        "https://a.example:8443/tenant/.well-known/openid-configuration",
    ]


@pytest.mark.parametrize(
    "issuer",
    [
        "http://auth.example.com",
        "ftp://auth.example.com",
        "file:///etc/passwd",
        "auth.example.com",
        "https://",
        "https://a.example?x=1",
        "https://a.example#x",
        "https://user@a.example",
        "https://user:pw@a.example",
        "http://localhost:80@a.example",
        "https://a.example:99999",
        "https://a b.example",
        "https://ä.example",
        "data:,{}",
        "https://a.example/\n",
    ],
)
def test_an_issuer_that_must_not_be_asked_is_refused_at_once(issuer: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Verifier(issuer, audience=forge.AUDIENCE)


@pytest.mark.parametrize(
    "issuer", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000", "https://a.example/t"]
)
def test_plain_http_is_for_this_machine(issuer: str) -> None:
    Verifier(issuer, audience=forge.AUDIENCE)


def test_keys_are_fetched_once_and_kept(discovering: Verifier, web: Web, key: Key, clock: FakeClock) -> None:
    assert web.asked == [], "nothing is fetched before the first token"
    for _ in range(3):
        discovering.verify(minted(key, clock))
        clock.advance(1)
    assert web.asked == [METADATA, JWKS]


def test_openid_metadata_serves_as_well(discovering: Verifier, web: Web, key: Key, clock: FakeClock) -> None:
    web.pages[OPENID] = web.pages.pop(METADATA)
    discovering.verify(minted(key, clock))
    assert web.asked == [METADATA, OPENID, JWKS]


@pytest.mark.parametrize(
    "named", ["https://auth.example.com/", "https://evil.example", None, ["https://auth.example.com"]]
)
@pytest.mark.compliance("RFC 8414", "3.3", "the metadata must name the same issuer")
def test_metadata_of_another_issuer_is_not_used(
    discovering: Verifier, web: Web, key: Key, clock: FakeClock, named: object
) -> None:
    web.pages[METADATA]["issuer"] = named
    with pytest.raises(KeysUnavailableError) as caught:
        discovering.verify(minted(key, clock))
    assert "names the issuer" in caught.value.reason
    assert web.fetches == 0


@pytest.mark.parametrize("page", [{}, {"keys": []}, {"keys": "x"}, {"keys": [{"kty": "oct", "k": "AAAA"}]}])
def test_a_set_that_cannot_be_used_counts_as_a_failed_fetch(
    discovering: Verifier, web: Web, key: Key, clock: FakeClock, page: dict[str, Any]
) -> None:
    discovering.verify(minted(key, clock))
    web.pages[JWKS] = page
    clock.advance(MAX_AGE)
    for _ in range(2):
        discovering.verify(minted(key, clock))
        landed()
    assert web.fetches == 2


def test_known_keys_survive_an_outage(discovering: Verifier, web: Web, key: Key, clock: FakeClock) -> None:
    discovering.verify(minted(key, clock))
    web.down = True
    for _ in range(5):
        clock.advance(MAX_AGE)
        discovering.verify(minted(key, clock))
        landed()
    web.down = False
    clock.advance(MIN_INTERVAL)
    discovering.verify(minted(key, clock))


def test_a_failing_issuer_is_not_asked_at_every_request(
    discovering: Verifier, web: Web, key: Key, clock: FakeClock
) -> None:
    discovering.verify(minted(key, clock))
    web.down = True
    clock.advance(MAX_AGE)
    before = len(web.asked)
    for _ in range(50):
        discovering.verify(minted(key, clock))
        landed()
        clock.advance(MIN_INTERVAL / 50)
    assert len(web.asked) - before == len([METADATA, OPENID])


def test_without_any_keys_tokens_cannot_be_checked(
    discovering: Verifier, web: Web, key: Key, clock: FakeClock
) -> None:
    web.down = True
    for _ in range(10):
        with pytest.raises(KeysUnavailableError) as caught:
            discovering.verify(minted(key, clock))
        assert caught.value.retry_after >= 1
    assert web.asked == [METADATA, OPENID]
    web.down = False
    clock.advance(FIRST_INTERVAL)
    discovering.verify(minted(key, clock))


def test_a_new_key_is_found_by_its_unknown_name(
    discovering: Verifier, web: Web, key: Key, other_key: Key, clock: FakeClock
) -> None:
    discovering.verify(minted(key, clock))
    web.publish(key, other_key)
    clock.advance(MIN_INTERVAL)
    discovering.verify(minted(other_key, clock))
    assert web.fetches == 2


def test_unknown_names_cause_one_fetch_in_each_interval(
    discovering: Verifier, web: Web, key: Key, other_key: Key, clock: FakeClock
) -> None:
    discovering.verify(minted(key, clock))
    for number in range(100):
        token = forge.token(
            other_key, forge.good_claims(clock.now), forge.header_for(other_key, kid=f"made up {number}")
        )
        with pytest.raises(UnknownKeyError):
            discovering.verify(token)
        clock.advance(MIN_INTERVAL / 10)
    assert web.fetches <= 11


def test_a_withdrawn_key_is_forgotten_even_for_remembered_tokens(
    discovering: Verifier, web: Web, key: Key, other_key: Key, clock: FakeClock
) -> None:
    web.publish(key, other_key)
    token = minted(key, clock)
    discovering.verify(token)
    web.publish(other_key)
    clock.advance(MAX_AGE)
    discovering.verify(minted(other_key, clock))  # makes the keys be fetched, and does not wait for it
    landed()
    with pytest.raises(UnknownKeyError):
        discovering.verify(token)


def test_many_threads_cause_one_fetch(key: Key, clock: FakeClock) -> None:
    web = Web(key)
    gate = threading.Event()

    def slow(url: str) -> dict[str, Any]:
        gate.wait(10)
        return web(url)

    source = IssuerKeys(forge.ISSUER, fetch=slow, monotonic=clock)
    verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)
    token = minted(key, clock)
    outcomes: list[str] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(verifier.verify(token).subject)) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(10)
    assert outcomes == ["user-1"] * 20
    assert web.fetches == 1


def test_what_could_not_be_fetched_is_explained_too(
    discovering: Verifier, web: Web, key: Key, clock: FakeClock
) -> None:
    web.down = True
    report = discovering.explain(minted(key, clock))
    assert report.code == "keys_unavailable"
    web.down = False
    clock.advance(FIRST_INTERVAL)
    assert discovering.explain(minted(key, clock)).accepted

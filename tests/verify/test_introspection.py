"""``IntrospectionVerifier``: the issuer is asked about each token."""

import asyncio
import logging
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gatepass import AccessTokenVerifier, IntrospectionVerifier, TokenError
from gatepass.errors import StatusUnavailableError
from tests.support.clock import FakeClock
from tests.support.server import free_port
from tests.verify.introspecting import AUDIENCE, Issuer, introspecting

TOKEN = "gp_at_" + "t" * 43
SECRET = "gp_cs_" + "s: %" * 10
Make = Callable[..., IntrospectionVerifier]


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with introspecting() as issuer:
        yield issuer


@pytest.fixture
def make(issuer: Issuer, clock: FakeClock) -> Make:
    """Make a verifier; its two clocks are the test's."""

    def make(**options: Any) -> IntrospectionVerifier:
        given = {"audience": AUDIENCE, "client_id": "api:1", "client_secret": SECRET, "clock": clock}
        return IntrospectionVerifier(issuer.url, **{**given, "monotonic": clock, **options})

    return make


def code_of(verifier: AccessTokenVerifier, token: object, **arguments: Any) -> str:
    with pytest.raises(TokenError) as caught:
        verifier.verify(token, **arguments)
    return caught.value.code


@pytest.mark.compliance("RFC 7662", "2.1", "the token is sent in a form, by a client that proves who it is")
def test_an_active_token_lets_its_owner_in(issuer: Issuer, make: Make, clock: FakeClock) -> None:
    issuer.active(TOKEN, clock.now)
    principal = make().verify(TOKEN, scopes=["orders:read"])
    assert (principal.subject, principal.issuer, principal.audience) == ("u1", issuer.url, (AUDIENCE,))
    assert principal.scopes == {"orders:read", "orders:write"}
    assert (principal.client_id, principal.session_id) == ("shop", "s1")
    ((form, authorization),) = issuer.asked
    assert form == {"token": TOKEN, "token_type_hint": "access_token"}
    assert b64decode(authorization.removeprefix("Basic ")) == (
        b"api%3A1:" + SECRET.replace("%", "%25").replace(":", "%3A").replace(" ", "+").encode()
    )


def test_the_endpoint_is_looked_up_once_or_given(issuer: Issuer, make: Make, clock: FakeClock) -> None:
    issuer.active(TOKEN, clock.now)
    verifier = make()
    for _ in range(3):
        verifier.verify(TOKEN)
    assert (issuer.fetched, len(issuer.asked)) == (1, 3)
    make(endpoint=f"{issuer.url}/introspect").verify(TOKEN)
    assert (issuer.fetched, len(issuer.asked)) == (1, 4)


def test_it_stands_wherever_a_verifier_does(issuer: Issuer, make: Make, clock: FakeClock) -> None:
    verifier: AccessTokenVerifier = make()
    assert verifier.issuers == (issuer.url,)
    assert verifier.clock is clock


def test_a_token_that_ends_is_refused_at_the_next_call(issuer: Issuer, make: Make, clock: FakeClock) -> None:
    verifier = make()
    verifier.verify(issuer.active(TOKEN, clock.now))
    del issuer.told[TOKEN]
    assert code_of(verifier, TOKEN) == "revoked"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"active": False}, "revoked"),
        ({"active": "true"}, "revoked"),
        ({"active": 1}, "revoked"),
        ({"active": ...}, "revoked"),
        ({"aud": "https://other.example"}, "wrong_audience"),
        ({"aud": ...}, "invalid_claims"),
        ({"iss": "https://other.example"}, "wrong_issuer"),
        ({"sub": ...}, "invalid_claims"),
        ({"exp": ...}, "invalid_claims"),
        ({"exp": 1}, "expired"),
        ({"nbf": 1 << 40}, "not_yet_valid"),
        ({"scope": ["orders:read"]}, "invalid_claims"),
        ({"cnf": {"jkt": "x"}}, "proof_required"),
        ({"token_type": "refresh_token"}, "wrong_type"),
        ({"token_type": None}, "wrong_type"),
    ],
    ids=str,
)
def test_what_does_not_do_here_is_refused(
    issuer: Issuer, make: Make, clock: FakeClock, changes: dict[str, Any], code: str
) -> None:
    assert code_of(make(), issuer.active(TOKEN, clock.now, **changes)) == code


def test_members_that_the_standard_leaves_optional_may_be_away(
    issuer: Issuer, make: Make, clock: FakeClock
) -> None:
    absent = dict.fromkeys(("iss", "iat", "scope", "client_id", "sid", "token_type"), ...)
    issuer.active(TOKEN, clock.now, **absent)
    assert make().verify(TOKEN).issuer == issuer.url


def test_a_scope_that_is_missing_is_told(issuer: Issuer, make: Make, clock: FakeClock) -> None:
    issuer.active(TOKEN, clock.now)
    assert code_of(make(), TOKEN, scopes="orders:read admin") == "insufficient_scope"


def test_a_bound_token_is_let_in_with_its_key(issuer: Issuer, make: Make, clock: FakeClock) -> None:
    issuer.active(TOKEN, clock.now, cnf={"jkt": "key"}, token_type="DPoP")
    assert make().verify(TOKEN, confirmed={"jkt": "key"}).subject == "u1"


def test_a_bound_token_without_its_key_is_no_bearer_token(
    issuer: Issuer, make: Make, clock: FakeClock
) -> None:
    verifier = make()
    issuer.active(TOKEN, clock.now, token_type="DPoP")
    assert code_of(verifier, TOKEN) == "invalid_claims"
    assert code_of(verifier, TOKEN, confirmed={"jkt": "key"}) == "invalid_claims"


@pytest.mark.parametrize(
    "token",
    [None, b"gp_at_x", "", " ", "a b", "a\n", "caf\u00e9", "\udcff", "a&token=b", "a" * 16_385],
    ids=repr,
)
def test_about_what_cannot_be_a_token_nobody_is_asked(issuer: Issuer, make: Make, token: object) -> None:
    assert code_of(make(), token) == "malformed"
    assert (issuer.asked, issuer.fetched) == ([], 0)


@pytest.mark.parametrize(
    "raw",
    [
        (401, b'{"error": "invalid_client"}'),
        (500, b"oops"),
        (302, b""),
        (204, b""),
        (200, b"not json"),
        (200, b"[true]"),
        (200, b'{"active": true, "active": false}'),
        (200, b'{"active": true, "more": "' + b"x" * 70_000 + b'"}'),
    ],
    ids=lambda raw: f"{raw[0]} {raw[1][:20]!r}",
)
def test_an_answer_that_is_none_lets_nobody_in_and_keeps_nobody_out_for_good(
    issuer: Issuer, make: Make, clock: FakeClock, raw: tuple[int, bytes]
) -> None:
    verifier = make()
    issuer.active(TOKEN, clock.now)
    issuer.raw = raw
    assert code_of(verifier, TOKEN) == "status_unavailable"
    issuer.raw = None
    assert verifier.verify(TOKEN).subject == "u1"


def test_a_wrong_secret_is_named_in_the_log_and_not_shown(
    issuer: Issuer, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    issuer.raw = (401, b'{"error": "invalid_client"}')
    with pytest.raises(StatusUnavailableError) as caught:
        make().verify(TOKEN)
    assert "client_id or client_secret is wrong" in caught.value.reason
    for text in (caught.value.reason, str(caught.value), repr(make().__dict__), caplog.text):
        assert SECRET not in text
        assert TOKEN not in text


def test_while_the_issuer_is_away_it_is_asked_once_a_second(clock: FakeClock) -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    verifier = IntrospectionVerifier(
        gone, audience=AUDIENCE, client_id="a", client_secret="b", clock=clock, monotonic=clock
    )

    def reason() -> str:
        with pytest.raises(StatusUnavailableError) as caught:
            verifier.verify(TOKEN)
        return caught.value.reason

    assert "refused" in reason()
    assert reason() == "the issuer did not answer a moment ago"
    clock.advance(1)
    assert "refused" in reason()


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"introspection_endpoint": 7},
        {"introspection_endpoint": "ftp://127.0.0.1/"},
        {"introspection_endpoint": "http://api.example.com/introspect"},
        {"issuer": "https://other.example"},
    ],
    ids=str,
)
def test_the_secret_goes_nowhere_that_the_metadata_may_not_send_it(
    issuer: Issuer, make: Make, metadata: dict[str, Any]
) -> None:
    issuer.metadata = {"issuer": issuer.url, **metadata}
    assert code_of(make(), TOKEN) == "status_unavailable"
    assert issuer.asked == []


class TestRemembering:
    def test_for_a_while_nobody_is_asked_again(self, issuer: Issuer, make: Make, clock: FakeClock) -> None:
        verifier = make(cache_seconds=10)
        issuer.active(TOKEN, clock.now)
        for seconds in (0, 9):
            clock.advance(seconds)
            assert verifier.verify(TOKEN).subject == "u1"
        assert len(issuer.asked) == 1
        del issuer.told[TOKEN]
        clock.advance(1)
        assert code_of(verifier, TOKEN) == "revoked"

    def test_every_other_rule_still_holds(self, issuer: Issuer, make: Make, clock: FakeClock) -> None:
        verifier = make(cache_seconds=3600)
        verifier.verify(issuer.active(TOKEN, clock.now))
        assert code_of(verifier, TOKEN, scopes="admin") == "insufficient_scope"
        clock.advance(600)
        assert code_of(verifier, TOKEN) == "expired"

    def test_a_refusal_is_never_remembered(self, issuer: Issuer, make: Make, clock: FakeClock) -> None:
        verifier = make(cache_seconds=10)
        assert code_of(verifier, TOKEN) == "revoked"
        assert verifier.verify(issuer.active(TOKEN, clock.now)).subject == "u1"

    def test_no_more_than_so_many_are_the_oldest_goes_first(
        self, issuer: Issuer, make: Make, clock: FakeClock
    ) -> None:
        verifier = make(cache_seconds=10, cache_size=2)
        tokens = [issuer.active(f"t{number}", clock.now) for number in range(3)]
        for token in (*tokens, tokens[2], tokens[1], tokens[0]):
            verifier.verify(token)
        assert [form["token"] for form, _ in issuer.asked] == ["t0", "t1", "t2", "t0"]


def test_an_event_loop_is_not_blocked(issuer: Issuer, make: Make, clock: FakeClock) -> None:
    issuer.active(TOKEN, clock.now)
    verifier = make()
    threads = []
    asked = verifier._ask

    def noted(token: str) -> Any:
        threads.append(threading.current_thread())
        return asked(token)

    verifier._ask = noted  # type: ignore[method-assign] # to see who asks

    async def both() -> list[str]:
        found = await asyncio.gather(*(verifier.averify(TOKEN, scopes="orders:read") for _ in range(6)))
        return [principal.subject for principal in found]

    assert asyncio.run(both()) == ["u1"] * 6
    assert threading.main_thread() not in threads


def test_a_token_is_explained(issuer: Issuer, make: Make, clock: FakeClock) -> None:
    issuer.active(TOKEN, clock.now)
    assert make().explain(TOKEN).accepted
    issuer.active(TOKEN, clock.now, aud="https://other.example")
    explanation = make().explain(TOKEN)
    assert explanation.code == "wrong_audience"
    assert TOKEN not in str(explanation)
    assert make().explain("a b").code == "malformed"
    assert make().explain("unknown").code == "revoked"


@pytest.mark.parametrize(
    "options",
    [
        {"client_id": ""},
        {"client_secret": ""},
        {"endpoint": "http://auth.example.com/introspect"},
        {"endpoint": "https://user:password@auth.example.com/introspect"},
        {"cache_seconds": -1},
        {"cache_seconds": float("nan")},
        {"cache_size": 0},
        {"timeout": 0},
        {"audience": ""},
        {"leeway": -1},
    ],
    ids=str,
)
def test_an_argument_that_makes_no_sense_is_refused_at_once(make: Make, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        make(**options)
    assert SECRET not in str(caught.value)


def test_an_issuer_that_is_asked_without_encryption_is_refused() -> None:
    with pytest.raises(ValueError, match="https"):
        IntrospectionVerifier("http://auth.example.com", audience=AUDIENCE, client_id="a", client_secret="b")

"""A program asks for a log-out, and only there is the browser sent where that program may send it."""

import json
from typing import Any

import pytest

from gatepass import base64url, jose
from gatepass_server.domain.clients import Client
from gatepass_server.protocol.errors import InvalidRequest
from gatepass_server.protocol.id_token_hints import IdTokenHints
from gatepass_server.protocol.log_out.requests import LIFETIME, LogoutRequest, LogoutRequests
from gatepass_server.protocol.messages import Parameters
from tests.log_out.conftest import ISSUER, Town

HOME = "https://rp.example/bye"


class Ring:
    """The keys of the issuer, in the place of its key ring."""

    def __init__(self, town: Town) -> None:
        self._keys = town.keys

    def find(self, kid: str | None, alg: str) -> list[Any]:
        return [key.public() for name, key in self._keys.items() if name == alg and kid in {None, key.kid}]


@pytest.fixture
def client(town: Town) -> Client:
    return town.add_client("rp", post_logout_redirect_uris=(HOME, "https://rp.example/q?a=b"))


@pytest.fixture
def requests(town: Town, client: Client) -> LogoutRequests:
    town.sign_in_to(client.id, "grant")
    hints = IdTokenHints(Ring(town), town.clock, issuer=ISSUER)  # type: ignore[arg-type] # as good as the ring
    return LogoutRequests(town.store, town.directory(), hints, town.clock)


def hint(town: Town, *, typ: str = "JWT", key: str = "RS256", **changes: Any) -> str:
    """An ID token that expired long ago."""
    now = int(town.clock.now)
    claims = {"iss": ISSUER, "sub": "u1", "aud": "rp", "iat": now - 9000, "exp": now - 8000, "sid": "grant"}
    parts = [{"alg": key, "kid": key, "typ": typ}, {**claims, **changes}]
    signing_input = b".".join(base64url.encode(json.dumps(part).encode()) for part in parts)
    signature = base64url.encode(jose.sign(signing_input, town.keys[key], key))
    return (signing_input + b"." + signature).decode()


def asked(requests: LogoutRequests, *pairs: tuple[str, str], **parameters: str) -> LogoutRequest:
    return requests.read(Parameters([*pairs, *parameters.items()]))


@pytest.mark.compliance("RP-Initiated Logout 1.0", "2", "an ID token is accepted although it has expired")
@pytest.mark.compliance("RP-Initiated Logout 1.0", "3", "state is passed on")
def test_an_expired_hint_names_the_program_and_the_session(town: Town, requests: LogoutRequests) -> None:
    found = asked(
        requests,
        id_token_hint=hint(town),
        post_logout_redirect_uri=HOME,
        state="a b&c",
        ui_locales="zh en",
        junk="1",
    )
    assert found.client is not None
    assert (found.client.id, found.target) == ("rp", f"{HOME}?state=a+b%26c")
    assert (found.subject, found.session_id, found.ui_locales) == ("u1", "grant", "zh en")
    assert requests.is_of(found, town.live)


@pytest.mark.compliance("RP-Initiated Logout 1.0", "3", "no state, no parameter")
def test_without_state_the_address_is_as_it_was_registered(town: Town, requests: LogoutRequests) -> None:
    assert asked(requests, id_token_hint=hint(town), post_logout_redirect_uri=HOME).target == HOME
    found = asked(requests, client_id="rp", post_logout_redirect_uri="https://rp.example/q?a=b", state="1")
    assert found.target == "https://rp.example/q?a=b&state=1"


def test_nothing_needs_to_be_said(town: Town, requests: LogoutRequests) -> None:
    found = asked(requests)
    assert found == LogoutRequest()
    assert not requests.is_of(found, town.live)
    assert asked(requests, state="1") == LogoutRequest()


@pytest.mark.compliance("RP-Initiated Logout 1.0", "3", "the address exactly matches one that was registered")
@pytest.mark.advisory("django-allauth 65.21 (open redirect at RP-initiated logout)")
@pytest.mark.parametrize(
    "uri",
    [
        HOME + "?foo=bar",
        HOME + "/",
        HOME + "#x",
        HOME.upper(),
        "https://rp.example:443/bye",
        "https://rp.example/bye/../bye",
        "https://rp.example/%62ye",
        "https://rp.example@evil.example/bye",
        "https://rp.example\\@evil.example/bye",
        "https://evil.example/bye",
        "//evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " " + HOME,
        HOME + "\r\nX: y",
    ],
)
def test_an_address_that_is_not_registered_is_never_gone_to(
    town: Town, requests: LogoutRequests, uri: str
) -> None:
    for identity in (
        {"id_token_hint": hint(town)},
        {"client_id": "rp"},
        {"client_id": "rp", "id_token_hint": hint(town)},
    ):
        with pytest.raises(InvalidRequest, match="registered"):
            asked(requests, post_logout_redirect_uri=uri, **identity)


@pytest.mark.compliance(
    "RP-Initiated Logout 1.0", "2", "without a valid hint no address is gone to, unless its client is known"
)
@pytest.mark.parametrize(
    "identity", [{}, {"client_id": "unknown"}, {"id_token_hint": "a.b.c"}, {"id_token_hint": "x"}]
)
def test_without_a_known_program_no_address_is_gone_to(
    requests: LogoutRequests, identity: dict[str, str]
) -> None:
    with pytest.raises(InvalidRequest, match="which program"):
        asked(requests, post_logout_redirect_uri=HOME, **identity)


def test_one_programs_address_is_not_anothers(town: Town, requests: LogoutRequests) -> None:
    town.add_client("other", post_logout_redirect_uris=("https://other.example/bye",))
    with pytest.raises(InvalidRequest, match="registered"):
        asked(requests, id_token_hint=hint(town), post_logout_redirect_uri="https://other.example/bye")
    with pytest.raises(InvalidRequest, match="another client"):
        asked(requests, id_token_hint=hint(town), client_id="other")


def forged(town: Town) -> list[str]:
    """Hints that are none."""
    good = hint(town)
    head, payload, signature = good.split(".")
    none = "eyJhbGciOiJub25lIn0"
    return [
        f"{none}.{payload}.",
        f"{none}.{payload}.{signature}",
        f"{head}.{payload}.{'A' * len(signature)}",
        hint(town, iss="https://evil.example"),
        hint(town, typ="logout+jwt"),
        hint(town, typ="statuslist+jwt"),
        hint(town, aud=["rp"]),
        hint(town, aud=""),
        "." * 10,
        "x" * 20_000,
    ]


@pytest.mark.parametrize("number", range(10))
def test_a_forged_hint_says_nothing_and_the_person_is_asked(
    town: Town, requests: LogoutRequests, number: int
) -> None:
    token = forged(town)[number]
    found = asked(requests, id_token_hint=token, client_id="rp", post_logout_redirect_uri=HOME)
    assert (found.subject, found.session_id) == ("", "")
    assert not requests.is_of(found, town.live)
    with pytest.raises(InvalidRequest):
        asked(requests, id_token_hint=token, post_logout_redirect_uri=HOME)


@pytest.mark.compliance(
    "RP-Initiated Logout 1.0", "2", "the person is asked if the hint is not of this session"
)
@pytest.mark.parametrize(
    "changes", [{"sub": "u2"}, {"sid": "elsewhere"}, {"sid": "unknown"}, {"sid": ""}, {"sid": "sso"}]
)
def test_a_hint_of_another_session_or_person_does_not_speak_for_this_one(
    town: Town, requests: LogoutRequests, changes: dict[str, str]
) -> None:
    town.sign_in_to("rp", "elsewhere", parent_id="another")
    assert not requests.is_of(asked(requests, id_token_hint=hint(town, **changes)), town.live)


@pytest.mark.parametrize("name", ["id_token_hint", "post_logout_redirect_uri", "client_id", "state"])
def test_a_parameter_that_is_sent_twice_is_refused(town: Town, requests: LogoutRequests, name: str) -> None:
    whole = {"id_token_hint": hint(town), "post_logout_redirect_uri": HOME, "client_id": "rp", "state": "1"}
    with pytest.raises(InvalidRequest, match="once"):
        asked(requests, (name, "x"), **whole)


def test_a_kept_request_is_recalled_by_its_handle_for_an_hour_and_by_nothing_else(
    town: Town, requests: LogoutRequests
) -> None:
    parameters = {"id_token_hint": hint(town), "post_logout_redirect_uri": HOME, "state": "1"}
    handle = requests.keep(Parameters(parameters.items())).reveal()
    assert requests.recall(handle) == asked(requests, **parameters)
    for other in ("", "x", handle + "x", handle.removeprefix("gp_lo_")):
        with pytest.raises(InvalidRequest):
            requests.recall(other)
    town.clock.advance(LIFETIME)
    with pytest.raises(InvalidRequest):
        requests.recall(handle)


def test_what_would_be_refused_is_not_kept(requests: LogoutRequests) -> None:
    with pytest.raises(InvalidRequest):
        requests.keep(Parameters([("post_logout_redirect_uri", "https://evil.example/")]))
    with pytest.raises(InvalidRequest):
        requests.keep(
            Parameters([("state", "x" * 3000), ("client_id", "rp"), ("post_logout_redirect_uri", HOME)])
        )

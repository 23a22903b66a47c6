"""One suite for all adapters: the same requests get the same answers, over real HTTP."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from gatepass.testing import BAD_TOKENS, FakeIssuer

MISSING = {"message": "Token is missing"}


def challenges(answer: httpx.Response) -> str:
    return ", ".join(answer.headers.get_list("WWW-Authenticate"))


@pytest.mark.compliance(
    "RFC 6750", "3.1", "a request without credentials gets a challenge without an error code"
)
@pytest.mark.parametrize("authorization", [None, "", "Basic dXNlcjpwdw==", "Bearer", "Token x", "Bearerx"])
def test_a_request_without_a_token_is_told_what_is_missing(
    authorization: str | None, api: httpx.Client
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = api.get("/protected", headers=headers)
    assert (answer.status_code, answer.json()) == (401, MISSING)
    assert challenges(answer).startswith('Bearer realm="orders"')
    assert "error=" not in challenges(answer)


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_every_kind_of_bad_token_is_refused(name: str, api: httpx.Client, issuer: FakeIssuer) -> None:
    bad = issuer.bad_token(name)
    answer = api.get("/protected", headers={"Authorization": f"Bearer {bad.token}"})
    assert (answer.status_code, answer.json()) == (401, {"message": "Token is invalid"})
    assert 'error="invalid_token"' in challenges(answer)
    assert api.get("/open", headers={"Authorization": f"Bearer {bad.token}"}).status_code == 401


@pytest.mark.compliance("RFC 9110", "11.1", "the name of a scheme is compared without regard to case")
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
def test_a_good_token_is_let_in(scheme: str, api: httpx.Client, issuer: FakeIssuer) -> None:
    token = issuer.token("user-7")
    answer = api.get("/protected", headers={"Authorization": f"{scheme} {token}"})
    assert (answer.status_code, answer.json()) == (200, {"caller": "user-7"})
    assert api.get("/protected", headers={"x-access-token": token}).json() == {"caller": "user-7"}


@pytest.mark.compliance("RFC 6750", "3.1", "more than one way of sending a token is an invalid request")
def test_several_tokens_are_no_token(api: httpx.Client, issuer: FakeIssuer) -> None:
    one, two = issuer.token("user-1"), issuer.token("user-2")
    for headers in (
        [("Authorization", f"Bearer {one}"), ("Authorization", f"Bearer {two}")],
        [("Authorization", f"Bearer {one}, Bearer {two}")],
        [("Authorization", f"Bearer {one}"), ("x-access-token", two)],
    ):
        answer = api.get("/protected", headers=headers)
        assert answer.status_code == 400
        assert 'error="invalid_request"' in challenges(answer)


@pytest.mark.compliance("RFC 6750", "3.1", "a missing scope is a 403 that may name what is needed")
@pytest.mark.parametrize(
    ("path", "scopes", "status", "named"),
    [
        ("/scoped", ["orders:read"], 200, ""),
        ("/scoped", ["orders:readx"], 403, "orders:read"),
        ("/scoped", [], 403, "orders:read"),
        ("/all", ["a", "b", "c"], 200, ""),
        ("/all", ["a"], 403, "a b"),
        ("/any", ["b"], 200, ""),
        ("/any", ["c"], 403, "a b"),
    ],
)
def test_scopes_decide(
    path: str, scopes: list[str], status: int, named: str, api: httpx.Client, issuer: FakeIssuer
) -> None:
    answer = api.get(path, headers=issuer.headers(scopes=scopes))
    assert answer.status_code == status
    if named:
        assert 'error="insufficient_scope"' in challenges(answer)
        assert f'scope="{named}"' in challenges(answer)


@pytest.mark.compliance(
    "RFC 9470", "3", "a sign-in that is too old or too weak is challenged with what is needed"
)
def test_a_route_may_ask_for_a_recent_or_a_strong_sign_in(api: httpx.Client, issuer: FakeIssuer) -> None:
    now = int(issuer.clock())
    assert api.get("/fresh", headers=issuer.headers(claims={"auth_time": now - 5})).status_code == 200
    for claims in ({"auth_time": now - 300}, {}, {"auth_time": "now"}):
        old = api.get("/fresh", headers=issuer.headers(claims=claims))
        assert old.status_code == 401
        assert 'error="insufficient_user_authentication"' in challenges(old)
        assert 'max_age="60"' in challenges(old)
    assert api.get("/strong", headers=issuer.headers(claims={"acr": "hwk"})).status_code == 200
    weak = api.get("/strong", headers=issuer.headers(claims={"acr": "pwd"}))
    assert (weak.status_code, 'acr_values="mfa hwk"' in challenges(weak)) == (401, True)


def test_an_optional_token_may_be_missing_and_never_bad(api: httpx.Client, issuer: FakeIssuer) -> None:
    assert api.get("/open").json() == {"caller": None}
    assert api.get("/open", headers=issuer.headers("user-7")).json() == {"caller": "user-7"}
    assert api.get("/open", headers=issuer.headers(tampered=True)).status_code == 401


@pytest.mark.compliance("RFC 9728", "5.1", "every challenge names the metadata document")
def test_challenges_lead_to_the_metadata_document(api: httpx.Client, issuer: FakeIssuer) -> None:
    base = str(api.base_url).rstrip("/")
    place = f"{base}/.well-known/oauth-protected-resource"
    for headers in ({}, issuer.headers(expired=True), issuer.headers()):
        assert f'resource_metadata="{place}"' in challenges(api.get("/scoped", headers=headers))
    document = api.get(place)
    assert document.headers["content-type"].startswith("application/json")
    assert document.json()["resource"] == base
    assert document.json()["authorization_servers"] == [issuer.name]
    assert "ES256" in document.json()["dpop_signing_alg_values_supported"]


@pytest.mark.parametrize(
    "value", [b"Bearer \xff\xfe", b"Bearer " + b"a" * 6000, b"Bearer a.b.c", b"\xe9", b"Bearer \xc3\xa9.b.c"]
)
def test_odd_bytes_in_a_header_are_a_refusal(value: bytes, api: httpx.Client) -> None:
    answer = api.get("/protected", headers=[(b"Authorization", value)])
    assert answer.status_code == 401


def test_a_huge_header_is_a_refusal_and_harms_nobody(api: httpx.Client, issuer: FakeIssuer) -> None:
    try:
        answer = api.get("/protected", headers={"Authorization": "Bearer " + "a" * 200_000})
    except httpx.TransportError:
        pass  # the server hung up before it had read it all
    else:
        assert 400 <= answer.status_code < 500
    assert api.get("/protected", headers=issuer.headers("user-7")).json() == {"caller": "user-7"}


def test_what_is_not_there_stays_so(api: httpx.Client, issuer: FakeIssuer) -> None:
    assert api.get("/nothing", headers=issuer.headers()).status_code == 404
    assert api.delete("/protected", headers=issuer.headers()).status_code == 405


@pytest.mark.compliance("RFC 9110", "9.3.2", "HEAD is answered as GET is, without a body")
def test_head_is_judged_as_get_is(api: httpx.Client, issuer: FakeIssuer) -> None:
    refused = api.head("/protected")
    if refused.status_code != 405:  # some frameworks know HEAD only where a route names it
        assert (refused.status_code, refused.content) == (401, b"")
        assert "resource_metadata=" in challenges(refused)
        assert api.head("/protected", headers=issuer.headers()).status_code == 200


def test_options_tells_a_stranger_nothing(api: httpx.Client, issuer: FakeIssuer) -> None:
    for headers in ({}, issuer.headers("user-7", tampered=True), issuer.headers("user-7", expired=True)):
        answer = api.options("/protected", headers=headers)
        assert answer.status_code in {200, 204, 401, 405}
        assert "user-7" not in answer.text
        assert '"caller"' not in answer.text
    assert api.options("/protected", headers=issuer.headers("user-7")).status_code in {200, 204, 405}


def test_callers_are_never_mixed_up(api: httpx.Client, issuer: FakeIssuer) -> None:
    """Every view waits a little before it says who is calling, so that many requests are under way at once."""
    tokens = {name: issuer.headers(name) for name in ("user-1", "user-2")}

    def ask_often(number: int) -> bool:
        name = f"user-{number % 2 + 1}"
        with httpx.Client(base_url=api.base_url) as client:
            return all(
                client.get("/slow", headers=tokens[name]).json() == {"caller": name} for _ in range(10)
            )

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(ask_often, range(20)))

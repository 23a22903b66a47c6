"""What a Flask view may ask besides a good token, and what it tells of itself."""

from collections.abc import Callable

import flask
import pytest
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from flask.views import MethodView

from gatepass import DPoP, Key, ProtectedResource, Verifier
from gatepass.dpop import Nonces, make_proof
from gatepass.flask import TokenGuard, TokenRequired
from tests.support.clock import FakeClock

Mint = Callable[..., str]
API = "https://api.test"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def whoami(guard: TokenGuard) -> Callable[[], str]:
    def view() -> str:
        caller = guard.optional_principal
        return caller.subject if caller else "stranger"

    return view


def test_a_token_may_be_optional_and_never_bad(
    app: flask.Flask, client: FlaskClient, guard: TokenGuard, mint: Mint
) -> None:
    app.add_url_rule("/", "view", guard.token_optional(whoami(guard)))

    @app.get("/later")
    @guard.token_optional
    async def later() -> str:
        return whoami(guard)()

    for path in ("/", "/later"):
        assert client.get(path).text == "stranger"
        assert client.get(path, headers={"Authorization": "Basic x"}).text == "stranger"
        assert client.get(path, headers=bearer(mint())).text == "user-1"
        for bad in ("x", mint(exp=0), mint() + "x"):
            assert client.get(path, headers=bearer(bad)).status_code == 401
        both = {**bearer(mint()), "x-access-token": mint(sub="other")}
        assert client.get(path, headers=both).status_code == 400


def test_where_there_is_no_optional_token_there_is_no_principal(
    app: flask.Flask, client: FlaskClient, guard: TokenGuard
) -> None:
    @app.get("/")
    @guard.token_optional
    def view() -> str:
        return guard.principal.subject

    with pytest.raises(RuntimeError, match="optional_principal"):
        client.get("/")


@pytest.mark.parametrize("form", ["method", "class"])
def test_one_of_several_scopes_may_be_enough(
    app: flask.Flask, client: FlaskClient, guard: TokenGuard, mint: Mint, form: str
) -> None:
    protect = (
        guard.token_required("a", any_of=["b", "c"])
        if form == "method"
        else TokenRequired(guard, "a", any_of=["b", "c"])
    )
    app.add_url_rule("/", "view", protect(whoami(guard)))
    assert client.get("/", headers=bearer(mint(scope="a c"))).text == "user-1"
    for scope, named in (("a", "b c"), ("b c", "a")):
        answer = client.get("/", headers=bearer(mint(scope=scope)))
        assert answer.status_code == 403
        assert answer.headers["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{named}"'


@pytest.mark.compliance("RFC 9470", "3", "the challenge names what would be enough")
@pytest.mark.parametrize("form", ["method", "class"])
def test_a_view_may_ask_for_a_stronger_sign_in(
    app: flask.Flask, client: FlaskClient, guard: TokenGuard, mint: Mint, clock: FakeClock, form: str
) -> None:
    protect = (
        guard.token_required(acr_values=("mfa",), max_age=60)
        if form == "method"
        else TokenRequired(guard, acr_values=("mfa",), max_age=60)
    )
    app.add_url_rule("/", "view", protect(whoami(guard)))
    now = int(clock())
    assert client.get("/", headers=bearer(mint(acr="mfa", auth_time=now - 60))).text == "user-1"
    for claims in ({"acr": "mfa", "auth_time": now - 61}, {"acr": "pwd", "auth_time": now}, {}):
        answer = client.get("/", headers=bearer(mint(**{"auth_time": ..., **claims})))
        assert answer.status_code == 401
        assert answer.json == {"message": "A more recent or stronger sign-in is needed"}
        assert (
            answer.headers["WWW-Authenticate"]
            == 'Bearer error="insufficient_user_authentication", acr_values="mfa", max_age="60"'
        )


def test_what_cannot_be_asked_is_refused_where_it_is_written(guard: TokenGuard) -> None:
    with pytest.raises(ValueError, match="max_age"):
        guard.token_required(max_age=-1)
    with pytest.raises(ValueError, match="not one string"):
        guard.token_required(any_of="admin")
    with pytest.raises(TypeError, match="unexpected"):
        guard.token_required(optional_scopes=("a",))  # type: ignore[call-overload] # that is what is shown


@pytest.mark.compliance("RFC 9728", "5.1", "every challenge names the metadata document")
@pytest.mark.parametrize("identifier", [API, f"{API}/v1", f"{API}/a%20b/%C3%A9"])
def test_the_metadata_document_lies_where_challenges_say(
    app: flask.Flask, client: FlaskClient, verifier: Verifier, mint: Mint, identifier: str
) -> None:
    guard = TokenGuard(
        verifier, resource=ProtectedResource(identifier=identifier, scopes_supported=("a",), name="Orders")
    )
    guard.serve_metadata(app)
    app.add_url_rule("/", "view", guard.token_required("a")(whoami(guard)))
    place = f"{API}{guard.metadata_path}"
    for headers in ({}, bearer("x"), bearer(mint(scope="b"))):
        challenge = client.get("/", headers=headers).headers["WWW-Authenticate"]
        assert f'resource_metadata="{place}"' in challenge
    document = client.get(guard.metadata_path)
    assert document.json == {
        "resource": identifier,
        "authorization_servers": list(verifier.issuers),
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["a"],
        "resource_name": "Orders",
    }
    assert client.post(guard.metadata_path).status_code == 405


def test_several_guards_of_one_program_have_a_document_each(
    app: flask.Flask, client: FlaskClient, verifier: Verifier
) -> None:
    guards = [TokenGuard(verifier, resource=f"{API}/{name}") for name in ("one", "two", "two.three")]
    for guard in guards:
        guard.serve_metadata(app)
    for guard in guards:
        found = client.get(guard.metadata_path).json
        assert found is not None
        assert found["resource"].endswith(guard.metadata_path.rpartition("/")[2])


def test_without_a_resource_there_is_no_document(app: flask.Flask, guard: TokenGuard) -> None:
    with pytest.raises(RuntimeError, match="resource"):
        guard.serve_metadata(app)


@pytest.fixture
def client_key() -> Key:
    return Key.generate("ES256")


@pytest.fixture
def bound(mint: Mint, client_key: Key) -> str:
    return mint(cnf={"jkt": client_key.thumbprint})


Prove = Callable[..., dict[str, str]]


@pytest.fixture
def prove(bound: str, client_key: Key, clock: FakeClock) -> Prove:
    def headers(url: str = f"{API}/", nonce: str | None = None) -> dict[str, str]:
        proof = make_proof(client_key, method="GET", url=url, token=bound, nonce=nonce, clock=clock)
        return {"Authorization": f"DPoP {bound}", "DPoP": proof}

    return headers


@pytest.mark.compliance(
    "RFC 9449", "7.1", "the address of the proof is the configured one, whatever Host says"
)
def test_a_bound_token_is_let_in_with_its_proof(
    app: flask.Flask, client: FlaskClient, verifier: Verifier, clock: FakeClock, prove: Prove, bound: str
) -> None:
    guard = TokenGuard(verifier, resource=API, dpop=DPoP(clock=clock))
    app.add_url_rule("/", "view", guard.token_required(whoami(guard)))
    assert client.get("/", headers=prove()).text == "user-1"
    assert client.get("/?a=b", headers={**prove(), "Host": "elsewhere.test"}).text == "user-1"
    wrong = [prove("https://elsewhere.test/"), prove(f"{API}/other"), {"Authorization": f"DPoP {bound}"}]
    for headers in (*wrong, bearer(bound), {"x-access-token": bound}):
        answer = client.get("/", headers=headers)
        assert answer.status_code == 401
        assert [value.split(" ")[0] for value in answer.headers.getlist("WWW-Authenticate")] == [
            "Bearer",
            "DPoP",
        ]


def test_a_program_under_a_prefix_compares_the_whole_path(
    app: flask.Flask, client: FlaskClient, verifier: Verifier, clock: FakeClock, prove: Prove
) -> None:
    guard = TokenGuard(verifier, resource=f"{API}/v1", dpop=DPoP(clock=clock))
    app.add_url_rule("/orders", "view", guard.token_required(whoami(guard)))
    environ = {"SCRIPT_NAME": "/v1", "REQUEST_URI": "", "RAW_URI": ""}
    good = client.get("/orders", headers=prove(f"{API}/v1/orders"), environ_overrides=environ)
    assert good.text == "user-1"
    assert client.get("/orders", headers=prove(f"{API}/orders"), environ_overrides=environ).status_code == 401


@pytest.mark.compliance("RFC 9449", "9", "the nonce is in the header DPoP-Nonce")
def test_a_client_is_told_the_nonce(
    app: flask.Flask, client: FlaskClient, verifier: Verifier, clock: FakeClock, prove: Prove
) -> None:
    guard = TokenGuard(verifier, resource=API, dpop=DPoP(clock=clock, nonces=Nonces(b"n" * 32)))
    app.add_url_rule("/", "view", guard.token_required(whoami(guard)))
    told = client.get("/", headers=prove())
    assert told.status_code == 401
    assert client.get("/", headers=prove(nonce=told.headers["DPoP-Nonce"])).text == "user-1"


@pytest.mark.parametrize("twice", ["decorators", "class"])
def test_a_proof_is_good_for_the_whole_way_of_one_request(
    app: flask.Flask, client: FlaskClient, verifier: Verifier, clock: FakeClock, prove: Prove, twice: str
) -> None:
    guard = TokenGuard(verifier, resource=API, dpop=DPoP(clock=clock))
    if twice == "decorators":
        app.add_url_rule("/", "view", guard.token_required(guard.token_optional(whoami(guard))))
    else:

        class View(MethodView):
            decorators = [guard.token_required]  # noqa: RUF012 - Flask declares it so

            @guard.token_required
            def get(self) -> ResponseReturnValue:
                return guard.principal.subject

        app.add_url_rule("/", view_func=View.as_view("view"))
    headers = prove()
    assert client.get("/", headers=headers).text == "user-1"
    again = client.get("/", headers=headers)
    assert (again.status_code, again.json) == (401, {"message": "DPoP proof is invalid"})


def test_an_inner_guard_may_ask_for_more(
    app: flask.Flask, client: FlaskClient, guard: TokenGuard, mint: Mint
) -> None:
    app.add_url_rule("/", "view", guard.token_optional(guard.token_required("a")(whoami(guard))))
    assert client.get("/").status_code == 401
    assert client.get("/", headers=bearer(mint(scope="b"))).status_code == 403
    assert client.get("/", headers=bearer(mint(scope="a"))).text == "user-1"

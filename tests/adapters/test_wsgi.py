"""What is special to WSGI: middleware around any program, and rules by the beginning of the path."""

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from gatepass import DPoP, Key
from gatepass.dpop import make_proof
from gatepass.guard import Requirement
from gatepass.testing import FakeIssuer
from gatepass.wsgi import TokenGuard, TokenMiddleware, by_prefix

API = "https://api.test"
OPTIONAL = Requirement(optional=True)


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture
def guard(issuer: FakeIssuer) -> TokenGuard:
    return TokenGuard(issuer.verifier())


Answer = tuple[str, dict[str, str], bytes]


def ask(
    app: WSGIApplication, path: str = "/", headers: dict[str, str] | None = None, **environ: Any
) -> Answer:
    """Call a program as a server does, which complains of every breach of PEP 3333."""
    told: list[tuple[str, dict[str, str]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        told.append((status, dict(headers)))
        return lambda _written: None

    for name, value in (headers or {}).items():
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    environ = {"SCRIPT_NAME": "" if path else "/mounted", "PATH_INFO": path, "QUERY_STRING": "", **environ}
    setup_testing_defaults(environ)
    chunks: Any = validator(app)(environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        chunks.close()
    status, answered = told[0]
    return status, answered, body


def whoami(guard: TokenGuard) -> WSGIApplication:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        caller = guard.optional_principal_of(environ)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [
            b""
            if environ["REQUEST_METHOD"] == "HEAD"
            else (caller.subject if caller else "stranger").encode()
        ]

    return app


def test_a_whole_program_is_protected(guard: TokenGuard, issuer: FakeIssuer) -> None:
    app = TokenMiddleware(whoami(guard), guard)
    assert ask(app, headers=issuer.headers("user-7"))[2] == b"user-7"
    status, headers, body = ask(app)
    assert (status, body) == ("401 Unauthorized", b'{"message": "Token is missing"}')
    assert headers["WWW-Authenticate"] == "Bearer"
    assert headers["Content-Type"] == "application/json"


def test_one_requirement_may_hold_for_all_of_it(guard: TokenGuard, issuer: FakeIssuer) -> None:
    scoped = TokenMiddleware(whoami(guard), guard, Requirement(scopes=("a",)))
    assert ask(scoped, headers=issuer.headers())[0] == "403 Forbidden"
    assert ask(scoped, headers=issuer.headers(scopes=["a"]))[0] == "200 OK"
    optional = TokenMiddleware(whoami(guard), guard, OPTIONAL)
    assert ask(optional)[2] == b"stranger"
    assert ask(optional, headers=issuer.headers(tampered=True))[0] == "401 Unauthorized"


def test_a_function_may_decide_by_the_request(guard: TokenGuard, issuer: FakeIssuer) -> None:
    def only_writing(environ: WSGIEnvironment) -> Requirement | None:
        return Requirement() if environ["REQUEST_METHOD"] == "POST" else None

    app = TokenMiddleware(whoami(guard), guard, only_writing)
    assert ask(app)[2] == b"stranger"
    assert ask(app, headers=issuer.headers(tampered=True))[2] == b"stranger"
    assert ask(app, REQUEST_METHOD="POST")[0] == "401 Unauthorized"


@pytest.mark.compliance("RFC 9110", "9.3.2", "the answer to HEAD has no body")
def test_a_refusal_of_head_has_no_body(guard: TokenGuard) -> None:
    status, headers, body = ask(TokenMiddleware(whoami(guard), guard), REQUEST_METHOD="HEAD")
    assert (status, body) == ("401 Unauthorized", b"")
    assert headers["WWW-Authenticate"] == "Bearer"


RULES = by_prefix(
    {
        "/": OPTIONAL,
        "/orders": Requirement(),
        "/orders/admin/": Requirement(scopes=("admin",)),
        "/health": None,
    }
)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", "200 OK"),
        ("", "200 OK"),
        ("/ordersx", "200 OK"),
        ("/Orders", "200 OK"),
        ("/health", "200 OK"),
        ("/health/deep", "200 OK"),
        ("/orders", "401 Unauthorized"),
        ("/orders/", "401 Unauthorized"),
        ("/orders/7", "401 Unauthorized"),
        ("/orders/admin", "401 Unauthorized"),
        ("/orders/admin/x", "401 Unauthorized"),
    ],
)
def test_the_longest_prefix_counts(guard: TokenGuard, path: str, status: str) -> None:
    assert ask(TokenMiddleware(whoami(guard), guard, RULES), path)[0] == status


def test_a_longer_prefix_asks_for_more(guard: TokenGuard, issuer: FakeIssuer) -> None:
    app = TokenMiddleware(whoami(guard), guard, RULES)
    assert ask(app, "/orders/7", issuer.headers())[0] == "200 OK"
    for path in ("/orders/admin", "/orders/admin/", "/orders/admin/x"):
        assert ask(app, path, issuer.headers())[0] == "403 Forbidden"
        assert ask(app, path, issuer.headers(scopes=["admin"]))[0] == "200 OK"


def test_a_path_without_a_rule_needs_a_token(guard: TokenGuard) -> None:
    app = TokenMiddleware(whoami(guard), guard, by_prefix({"/open": None}))
    assert ask(app, "/open")[0] == "200 OK"
    for path in ("/", "/opened", "/new", ""):
        assert ask(app, path)[0] == "401 Unauthorized"


@pytest.mark.parametrize(
    "path",
    [
        "/health/../orders",
        "//orders",
        "/health//orders",
        "/./orders",
        "/orders/..",
        "/health\\..\\orders",
        "/x//",
    ],
)
def test_a_path_that_the_program_may_read_otherwise_goes_no_further(
    guard: TokenGuard, issuer: FakeIssuer, path: str
) -> None:
    app = TokenMiddleware(whoami(guard), guard, RULES)
    for headers in ({}, issuer.headers(scopes=["admin"])):
        status, _, body = ask(app, path, headers)
        assert (status, body) == ("400 Bad Request", b'{"message": "The path can be read in several ways"}')


@pytest.mark.parametrize("prefix", ["", "orders", "/a//b", "//", "/a/../b", "/a\\b", "*"])
def test_a_prefix_that_would_never_match_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="path"):
        by_prefix({prefix: None})


@pytest.mark.compliance(
    "RFC 9728", "3.1", "the document lies at the well-known address, path of the resource included"
)
def test_the_metadata_document_is_served_to_everybody(issuer: FakeIssuer) -> None:
    for resource, script_name, path in (
        (API, "", "/.well-known/oauth-protected-resource"),
        (f"{API}/v1", "", "/.well-known/oauth-protected-resource/v1"),
        (f"{API}/a%20b", "", "/.well-known/oauth-protected-resource/a b"),
        (f"{API}/v1", "/.well-known", "/oauth-protected-resource/v1"),
    ):
        guard = TokenGuard(issuer.verifier(), resource=resource)
        app = TokenMiddleware(whoami(guard), guard)
        status, headers, body = ask(app, path, SCRIPT_NAME=script_name)
        assert (status, headers["Content-Type"]) == ("200 OK", "application/json")
        assert f'"resource": "{resource}"'.encode() in body
        assert ask(app, path, SCRIPT_NAME=script_name, REQUEST_METHOD="HEAD")[2] == b""
        status, headers, _ = ask(app, path, SCRIPT_NAME=script_name, REQUEST_METHOD="POST")
        assert (status, headers["Allow"]) == ("405 Method Not Allowed", "GET, HEAD")
        assert ask(app, path + "x", SCRIPT_NAME=script_name)[0] == "401 Unauthorized"


def test_without_a_resource_there_is_no_document(guard: TokenGuard) -> None:
    app = TokenMiddleware(whoami(guard), guard)
    assert ask(app, "/.well-known/oauth-protected-resource")[0] == "401 Unauthorized"


def test_a_client_cannot_say_who_it_is(guard: TokenGuard) -> None:
    """What a client sends arrives under names of its own (PEP 3333: ``HTTP_``)."""
    app = TokenMiddleware(whoami(guard), guard, OPTIONAL)
    assert (
        ask(app, headers={"gatepass.principals": "user-7", "gatepass-principals": "user-7"})[2] == b"stranger"
    )


def test_one_guard_lets_nobody_in_for_another(guard: TokenGuard, issuer: FakeIssuer) -> None:
    other = TokenGuard(issuer.verifier())

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with pytest.raises(RuntimeError, match="principal"):
            other.principal_of(environ)
        return whoami(guard)(environ, start_response)

    assert ask(TokenMiddleware(app, guard), headers=issuer.headers("user-7"))[2] == b"user-7"
    inner = TokenMiddleware(whoami(guard), other)
    assert ask(TokenMiddleware(inner, guard), headers=issuer.headers("user-7"))[2] == b"user-7"


def test_a_proof_is_good_for_the_whole_way_of_one_request(issuer: FakeIssuer) -> None:
    guard = TokenGuard(issuer.verifier(), resource=API, dpop=DPoP())
    key = Key.generate("ES256")
    token = issuer.token("user-7", claims={"cnf": {"jkt": key.thumbprint}})
    inner = TokenMiddleware(whoami(guard), guard, Requirement(scopes=()))
    app = TokenMiddleware(inner, guard, OPTIONAL)
    proof = make_proof(key, method="GET", url=f"{API}/v1/orders", token=token)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    assert ask(app, "/orders", headers, SCRIPT_NAME="/v1")[2] == b"user-7"
    assert ask(app, "/orders", headers, SCRIPT_NAME="/v1")[0] == "401 Unauthorized"


def test_what_goes_wrong_in_the_program_is_its_own(guard: TokenGuard, issuer: FakeIssuer) -> None:
    def broken(_environ: WSGIEnvironment, _start_response: StartResponse) -> Iterable[bytes]:
        raise KeyError("a fault of the program")

    with pytest.raises(KeyError):
        ask(TokenMiddleware(broken, guard), headers=issuer.headers())

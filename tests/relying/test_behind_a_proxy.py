"""An issuer that is https and has a path, behind a reverse proxy: programs find it, sign in, refresh and sign out."""

import ssl
from collections.abc import Iterator

import httpx
import pytest

from tests.outage.certificates import self_signed
from tests.relying.conftest import House
from tests.relying.reverse_proxy import reverse_proxy
from tests.relying.running import NODE
from tests.relying.visitor import Visitor
from tests.support.server import EMAIL, free_port, serving, sign_up

MCP = "MCP authorization"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("relying")
    certificate = self_signed(folder / "localhost.pem")
    port, plain = free_port(), free_port()
    settings = {
        "issuer": f"https://localhost:{port}/auth",
        "trusted_proxies": "1",
        "registration": "open",
        "signing_algorithm": "RS256",
    }
    with (
        serving(folder, port=plain, **settings) as server,
        reverse_proxy(port, plain, certificate, "/auth"),
    ):
        assert sign_up(server.url).status_code == 201
        yield House(server, settings["issuer"], folder, trust=str(certificate))


@pytest.fixture(scope="module", params=["openid_client", "oauth4webapi", "authlib_flask"])
def program(request: pytest.FixtureRequest, house: House) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    after = [f"{address}/", f"{address}/signed-out"]
    told = house.register(f"{address}/callback", post_logout_redirect_uris=after)
    if request.param == "authlib_flask":
        command: tuple[str, ...] = ("authlib_flask.py",)
    else:
        command = (request.getfixturevalue("node"), str(NODE / f"{request.param}.mjs"))
    # oauth4webapi looks at the address of RFC 8414, the others at that of OpenID Connect Discovery.
    with house.running(*command, port=port, DISCOVERY="oauth2", **told):
        yield address


def test_somebody_signs_in(program: str, visitor: Visitor) -> None:
    told = visitor.go(f"{program}/login").json()
    assert told.get("userinfo", told)["email"] == EMAIL
    assert visitor.answered == ["/auth/sign-in", "/auth/consent"]


def test_a_log_out_ends_the_sign_in_too(program: str, visitor: Visitor) -> None:
    visitor.go(f"{program}/login")
    visitor.go(f"{program}/logout")
    visitor.answered.clear()
    visitor.go(f"{program}/login")
    assert visitor.answered == ["/auth/sign-in"]


@pytest.mark.compliance("RFC 8414", "3.1", "the path of an issuer follows the well-known part")
@pytest.mark.compliance("RFC 8414", "5", "and so at the address of OpenID Connect, beside its own")
@pytest.mark.compliance(MCP, "discovery", "the metadata are at both well-known addresses")
@pytest.mark.compliance(MCP, "auth/metadata-var1", "that of OpenID Connect")
@pytest.mark.compliance(MCP, "auth/metadata-var2", "that of RFC 8414 for an issuer with a path")
@pytest.mark.compliance(MCP, "auth/metadata-var3", "those of OpenID Connect for an issuer with a path")
@pytest.mark.compliance(MCP, "auth/metadata-issuer-mismatch", "and name the issuer byte by byte")
def test_the_metadata_lie_wherever_clients_look(house: House) -> None:
    site = house.issuer.removesuffix("/auth")
    addresses = (
        f"{site}/.well-known/oauth-authorization-server/auth",
        f"{site}/.well-known/openid-configuration/auth",
        f"{house.issuer}/.well-known/openid-configuration",
        f"{house.issuer}/.well-known/oauth-authorization-server",
    )
    with httpx.Client(verify=ssl.create_default_context(cafile=house.trust)) as client:
        answers = [client.get(address) for address in addresses]
    assert {answer.json()["issuer"] for answer in answers} == {house.issuer}

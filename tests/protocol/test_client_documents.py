"""Programs whose id is the address of a document of theirs, fetched from a real site on this machine."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gatepass_server.domain.clients import Client, ClientMetadata
from gatepass_server.domain.errors import InvalidClient
from gatepass_server.protocol.registration import documents
from tests.outage.certificates import self_signed
from tests.outbound.site import Site, answer, running_site
from tests.support.clock import FakeClock
from tests.support.house import House
from tests.support.one_database import ready_database_url  # noqa: F401 - a fixture, which pytest finds here
from tests.support.relying_party import RelyingParty, sign_in

DRAFT = "draft-ietf-oauth-client-id-metadata-document-02"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("site") / "site.pem", "localhost")


@pytest.fixture
def site(certificate: Path) -> Iterator[Site]:
    with running_site(certificate) as running:
        yield running


@pytest.fixture
def house(open_house: Callable[..., House], certificate: Path) -> House:
    """A house that takes such ids, and may go to this machine."""
    return open_house(
        client_metadata_documents=True,
        outbound_allow="localhost",
        outbound_ca_file=str(certificate),
        registration_scope="openid notes",
        registration_resources="https://mcp.example.com",
    )


def address(site: Site, path: str = "/client.json") -> str:
    return site.url(path, "localhost")


def document(site: Site, path: str = "/client.json", **members: Any) -> dict[str, Any]:
    usual = {
        "client_id": address(site, path),
        "client_name": "Notebook",
        "redirect_uris": ["http://127.0.0.1/callback", "https://notebook.example/cb"],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid notes admin",
    }
    return {name: value for name, value in {**usual, **members}.items() if value is not None}


def serve(site: Site, *, headers: str = "", status: str = "200 OK", **members: Any) -> None:
    site.reply = answer(json.dumps(document(site, **members)).encode(), status=status, headers=headers)


def find(house: House, client_id: str) -> Client | None:
    return house.provider.directory.find(client_id)


@pytest.mark.compliance(DRAFT, "5", "the document at the client_id is fetched and says what the client is")
def test_an_address_is_a_client_and_people_sign_in_to_it(house: House, site: Site) -> None:
    serve(site)
    client = find(house, address(site))
    assert client is not None
    assert (client.name, client.host, client.is_public, client.registered_itself) == (
        "Notebook",
        "localhost",
        True,
        True,
    )
    assert client.metadata.scope == "openid notes"
    assert client.metadata.resources == ("https://mcp.example.com",)
    sign_in(house)
    program = RelyingParty(house, client, None)
    tokens = program.tokens(scope="openid notes", resource="https://mcp.example.com")
    assert tokens["scope"] == "openid notes"
    assert len(site.requests) == 1


@pytest.mark.compliance(DRAFT, "6", "client_id_metadata_document_supported")
def test_the_metadata_say_whether_such_ids_are_taken(house: House, open_house: Callable[..., House]) -> None:
    where = "/.well-known/oauth-authorization-server"
    assert house.get(where).get_json()["client_id_metadata_document_supported"] is True
    plain = open_house()
    assert plain.get(where).get_json()["client_id_metadata_document_supported"] is False


def test_where_they_are_not_taken_nothing_is_fetched(
    open_house: Callable[..., House], site: Site, certificate: Path
) -> None:
    plain = open_house(outbound_allow="localhost", outbound_ca_file=str(certificate))
    assert find(plain, address(site)) is None
    assert site.connections == 0


@pytest.mark.compliance(DRAFT, "3", "https, a path, no userinfo, no fragment, no dot segments")
@pytest.mark.parametrize(
    "client_id",
    [
        "https://localhost",
        "https://localhost:1",
        "https://u@localhost/a",
        "https://u:p@localhost/a",
        "https://localhost/a#b",
        "https://localhost/a#",
        "https://localhost/a/../b",
        "https://localhost/./b",
        "https://localhost/%2e%2E/b",
        "https://localhost/.%2e",
        "https://localhost/a?b=c",
        "https://localhost/a?",
        "https://localhost/a b",
        "https://localhost/a\n",
        "https://localhost/\u00e4",
        "https:///a",
        "https://[::1/a",
        "https://localhost/" + "a" * 500,
    ],
)
def test_an_address_of_another_form_is_no_client_and_is_not_fetched(house: House, client_id: str) -> None:
    with pytest.raises(InvalidClient):
        find(house, client_id)
    page = house.client.get(
        "/oauth2/authorize", query_string={"client_id": client_id, "response_type": "code"}
    )
    assert page.status_code == 400


@pytest.mark.parametrize(
    "client_id", ["http://localhost/a", "HTTPS://localhost/a", "javascript:x", "file:///etc/passwd", ""]
)
def test_what_does_not_begin_with_https_is_an_unknown_client(house: House, client_id: str) -> None:
    assert find(house, client_id) is None


@pytest.mark.compliance(DRAFT, "4", "its client_id is its address, character by character")
@pytest.mark.compliance(DRAFT, "4.1", "no secret, no method with one, no private key")
@pytest.mark.parametrize(
    "members",
    [
        {"client_id": None},
        {"client_id": "https://localhost/client.json"},
        {"client_id": "https://LOCALHOST/client.json"},
        {"client_id": 7},
        {"client_secret": "x"},
        {"client_secret_expires_at": 0},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"token_endpoint_auth_method": "client_secret_jwt"},
        {"jwks": {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "d": "AAAA"}]}},
        {"redirect_uris": None},
        {"redirect_uris": []},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": ["http://evil.example/"]},
        {"scope": "admin"},
        {"client_name": "a\u202eb"},
        {"logo_uri": "javascript:alert(1)"},
        {"grant_types": ["client_credentials"]},
        {"tos_uri": "https://localhost/" + "a" * 2001},
    ],
    ids=lambda given: str(given)[:60],
)
def test_a_document_that_makes_no_sense_is_refused_and_not_remembered(
    house: House, site: Site, members: dict[str, Any]
) -> None:
    serve(site, **members)
    with pytest.raises(InvalidClient, match="metadata document"):
        find(house, address(site))
    page = house.client.get(
        "/oauth2/authorize", query_string={"client_id": address(site), "response_type": "code"}
    )
    assert page.status_code == 400
    serve(site)
    assert find(house, address(site)) is not None


@pytest.mark.compliance(DRAFT, "5", "anything but 200 is an error, redirects are not followed")
@pytest.mark.compliance(DRAFT, "5.2", "errors are not cached")
@pytest.mark.parametrize(
    "status", ["201 Created", "204 No", "302 Found", "404 Not Found", "500 Oh", "503 Busy"]
)
def test_another_answer_than_200_is_an_error_of_the_moment(house: House, site: Site, status: str) -> None:
    serve(site, status=status, headers=f"Location: {address(site, '/other')}\r\n")
    with pytest.raises(InvalidClient, match="cannot be had"):
        find(house, address(site))
    serve(site)
    assert find(house, address(site)) is not None
    assert [request.split(b" ")[1] for request in site.requests] == [b"/client.json"] * 2


@pytest.mark.compliance(DRAFT, "5.2", "HTTP cache headers are respected, within bounds")
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ("", 3600),
        ("Cache-Control: max-age=600\r\n", 600),
        ("Cache-Control: public, max-age=600\r\nAge: 100\r\n", 500),
        ("Cache-Control: max-age=1\r\n", 60),
        ("Cache-Control: no-store\r\n", 60),
        ("Cache-Control: no-cache, max-age=600\r\n", 60),
        ("Cache-Control: max-age=99999999\r\n", 86_400),
        ("Cache-Control: max-age=banana\r\n", 3600),
        ("Cache-Control: s-maxage=5\r\n", 3600),
    ],
)
def test_a_document_is_believed_as_long_as_it_says(
    house: House, site: Site, clock: FakeClock, headers: str, seconds: int
) -> None:
    serve(site, headers=headers)
    find(house, address(site))
    serve(site, headers=headers, client_name="Another")
    clock.advance(seconds - 1)
    client = find(house, address(site))
    assert client is not None
    assert client.name == "Notebook"
    clock.advance(1)
    client = find(house, address(site))
    assert client is not None
    assert client.name == "Another"
    assert len(site.requests) == 2


def test_a_known_document_outlives_an_outage_of_its_site_but_not_its_removal(
    house: House, site: Site, clock: FakeClock
) -> None:
    serve(site)
    find(house, address(site))
    clock.advance(3600)
    serve(site, status="503 Busy")
    assert find(house, address(site)) is not None
    serve(site, status="404 Gone")
    with pytest.raises(InvalidClient):
        find(house, address(site))
    serve(site, status="503 Busy")
    clock.advance(86_400)
    with pytest.raises(InvalidClient):
        find(house, address(site))


@pytest.mark.compliance(DRAFT, "8.6", "no special-use address is asked")
def test_a_document_on_a_private_address_is_not_fetched(
    open_house: Callable[..., House], site: Site, certificate: Path
) -> None:
    house = open_house(client_metadata_documents=True, outbound_ca_file=str(certificate))
    with pytest.raises(InvalidClient):
        find(house, address(site))
    for client_id in (
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://169.254.169.254/latest",
        "https://2130706433/a",
    ):
        with pytest.raises(InvalidClient):
            find(house, client_id)
    assert site.connections == 0


@pytest.mark.compliance(DRAFT, "8.7", "no more than 5 KiB is read")
def test_a_large_document_is_given_up(house: House, site: Site) -> None:
    site.reply = answer(b'{"a":"' + b"a" * 6000 + b'"}')
    with pytest.raises(InvalidClient):
        find(house, address(site))


def test_many_at_once_cause_one_fetch(house: House, site: Site) -> None:
    def slowly(connection: Any) -> None:
        time.sleep(0.3)  # long enough for all threads to stand before the same fetch
        connection.sendall(answer(json.dumps(document(site)).encode()))

    site.reply = slowly
    found: list[Client | None] = []
    threads = [threading.Thread(target=lambda: found.append(find(house, address(site)))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 10
    assert len(site.requests) == 1


def test_strangers_cannot_make_the_house_flood_a_site(house: House, site: Site, clock: FakeClock) -> None:
    serve(site, status="404 No")
    for number in range(documents.PER_HOST + 20):
        with pytest.raises(InvalidClient):
            find(house, address(site, f"/{number}"))
    assert len(site.requests) == documents.PER_HOST
    clock.advance(60)
    with pytest.raises(InvalidClient):
        find(house, address(site, "/late"))
    assert len(site.requests) == documents.PER_HOST + 1


@pytest.mark.compliance(DRAFT, "7.2", "such an address may be registered beforehand")
def test_a_registered_client_comes_first_whatever_its_id_looks_like(house: House, site: Site) -> None:
    with house.gatepass.store.write() as uow:
        uow.clients.add(Client(id=address(site), name="By hand", created_at=1, metadata=ClientMetadata()))
    client = find(house, address(site))
    assert client is not None
    assert client.name == "By hand"
    assert site.connections == 0


@pytest.mark.compliance(DRAFT, "4.3", "a software statement may stand there")
def test_what_nobody_here_can_verify_does_no_harm(house: House, site: Site) -> None:
    serve(
        site,
        software_statement="a.b.c",
        unknown=[1],
        trusted=True,
        backchannel_logout_uri="https://localhost/b",
    )
    client = find(house, address(site))
    assert client is not None
    assert (client.metadata.trusted, client.metadata.backchannel_logout_uri) == (False, "")


def test_a_document_without_a_name_is_called_by_its_host(house: House, site: Site) -> None:
    serve(site, client_name=None)
    client = find(house, address(site))
    assert client is not None
    assert client.name == "localhost"


@pytest.mark.compliance("OIDC Registration", "5", "the sector document names every redirect URI")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (["https://app.example.com/cb"], 201),
        (["https://other.example.com/cb", "https://app.example.com/cb"], 201),
        (["https://app.example.com/other"], 400),
        ([], 400),
        ({"a": 1}, 400),
        ([1], 400),
        (None, 400),
    ],
    ids=lambda given: str(given)[:60],
)
def test_a_sector_document_must_name_the_redirect_uris(
    open_house: Callable[..., House], site: Site, certificate: Path, body: object, status: int
) -> None:
    house = open_house(registration="open", outbound_allow="localhost", outbound_ca_file=str(certificate))
    site.reply = answer(json.dumps(body).encode())
    told = house.client.post(
        "/oauth2/register",
        json={
            "redirect_uris": ["https://app.example.com/cb"],
            "sector_identifier_uri": address(site, "/sector.json"),
        },
    )
    assert told.status_code == status
    if status == 400:
        assert told.get_json()["error"] == "invalid_client_metadata"


def test_a_sector_document_on_a_private_address_is_not_fetched(
    open_house: Callable[..., House], site: Site
) -> None:
    house = open_house(registration="open")
    told = house.client.post(
        "/oauth2/register",
        json={
            "redirect_uris": ["https://a.example/"],
            "sector_identifier_uri": address(site, "/s?token=secret"),
        },
    )
    assert told.status_code == 400
    assert site.connections == 0
    assert "127.0.0.1" not in told.text  # what a name leads to inside is not told outside


@pytest.mark.compliance(DRAFT, "8.5", "the consent page shows the host of the client_id")
def test_the_consent_page_says_who_publishes_the_program_and_loads_no_picture_of_it(
    house: House, site: Site
) -> None:
    serve(site, logo_uri="https://notebook.example/logo.png")
    client = find(house, address(site))
    assert client is not None
    sign_in(house)
    waiting = RelyingParty(house, client, None).authorize(scope="openid")
    page = house.client.get(waiting.headers["Location"].removeprefix("https://auth.example.com"))
    assert "published by <strong>localhost</strong>" in page.text
    assert "notebook.example/logo.png" not in page.text + page.headers["Content-Security-Policy"]

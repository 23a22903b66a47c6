"""``/healthz``, ``/readyz`` and ``/openapi.json``."""

from pathlib import Path

import psycopg
import pytest

from gatepass_server.web.app import browsers
from gatepass_server.web.caller import CallerGuard
from gatepass_server.web.pages.table import page_table
from gatepass_server.web.routes import routes
from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings


def test_a_house_that_stands_is_alive_and_ready(house: House) -> None:
    assert house.client.get("/healthz").get_json() == {"status": "ok"}
    assert house.client.get("/readyz").get_json() == {"status": "ready"}


def remove(url: str) -> None:
    """Take a database away from whoever uses it."""
    if url.startswith("sqlite"):
        for file in Path(url.removeprefix("sqlite:///")).parent.glob("gatepass.db*"):
            file.unlink()
    else:
        name = url.partition("?")[0].rpartition("/")[2]
        with psycopg.connect(url.replace(f"/{name}", "/postgres"), autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" RENAME TO "{name}_gone"'.encode())


def bring_back(url: str) -> None:
    """Give it its name again, so that whoever made it can drop it."""
    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(url.replace(f"/{name}", "/postgres"), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}_gone" RENAME TO "{name}"'.encode())


@pytest.mark.filterwarnings(
    "ignore:unclosed:ResourceWarning"
)  # SQLite's file went away under its connections
def test_without_its_database_it_is_alive_but_not_ready(
    database_url: str, clock: FakeClock, tmp_path: Path
) -> None:
    house = House(cheap_settings(database_url, tmp_path / "data"), clock)
    house.sign_up()
    house.gatepass.close()
    remove(database_url)
    try:
        assert house.client.get("/healthz").status_code == 200
        answer = house.client.get("/readyz")
        assert answer.status_code == 503
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.get_json()["code"] == "not_ready"
        for request in (house.try_log_in(), house.sign_up("bob@example.com"), house.refresh("unknown")):
            assert request.status_code == 503
            assert int(request.headers["Retry-After"]) > 0
            assert "gatepass.db" not in request.text
            assert "psycopg" not in request.text
    finally:
        house.gatepass.close()
        if not database_url.startswith("sqlite"):
            bring_back(database_url)


def as_document(path: str) -> str:
    """OpenAPI has braces where Flask has angle brackets."""
    return path.replace("<int:", "{").replace("<", "{").replace(">", "}")


def test_every_route_is_in_the_document_and_nothing_else_is(house: House) -> None:
    document = house.client.get("/openapi.json").get_json()
    described = {
        (method.upper(), path): operation["operationId"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    guard = CallerGuard(house.gatepass.verifier, house.gatepass.sessions, browsers(house.gatepass))
    table = {(route.method, as_document(route.path)): route.name for route in routes(house.gatepass, guard)}
    pages = {
        page.path for page in page_table(house.gatepass).routes
    }  # which are for people, and not described
    served = {
        (method, as_document(rule.rule)): rule.endpoint.rpartition(".")[2]
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule not in pages
    }
    assert described == table == served


def test_the_document_names_the_server_by_its_issuer(house: House) -> None:
    document = house.client.get("/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": house.gatepass.settings.public_issuer}]

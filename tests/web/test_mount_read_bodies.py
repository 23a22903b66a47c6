"""A host's own hook may have read the body before us, as protections against forged forms do."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gatepass.flask import TokenGuard
from gatepass_server.web.body import MAX_BODY_BYTES
from tests.support.hosts import ACCOUNT, host_app, mount_settings
from tests.support.one_database import ready_database_url  # noqa: F401 - a fixture, which pytest finds here

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


@pytest.fixture(
    params=[
        lambda: request.form.get("csrf_token"),
        lambda: request.values.get("csrf_token"),
        lambda: request.files.get("csrf_token"),
        lambda: request.get_data(cache=True),
        lambda: request.get_data(parse_form_data=True),
        lambda: request.get_json(silent=True),
    ],
    ids=["form", "values", "files", "data", "data of the form", "json"],
)
def client(
    request: pytest.FixtureRequest, put_into: Callable[..., TokenGuard], sqlite_url: str, tmp_path: Path
) -> Iterator[FlaskClient]:
    """A client of a host that looks into every body first."""
    app = host_app()

    @app.before_request
    def look() -> None:
        request.param()

    put_into(app, settings=mount_settings(sqlite_url, tmp_path))
    with app.test_client() as client:
        yield client


def sign_up(client: FlaskClient, content_type: str, **changes: Any) -> TestResponse:
    return client.post("/auth/signup", data={**ACCOUNT, **changes}, content_type=content_type)


@pytest.mark.parametrize("content_type", [URLENCODED, MULTIPART])
def test_a_form_that_the_host_has_read_is_taken(client: FlaskClient, content_type: str) -> None:
    assert sign_up(client, content_type).status_code == 201
    assert sign_up(client, content_type, csrf_token="x").status_code == 202
    assert client.post("/auth/login", data=ACCOUNT, content_type=content_type).status_code == 201


def test_json_is_taken(client: FlaskClient) -> None:
    assert client.post("/auth/signup", json=ACCOUNT).status_code == 201
    assert client.post("/auth/signup", data=b"", content_type="application/json").status_code == 400


@pytest.mark.parametrize("content_type", [URLENCODED, MULTIPART])
def test_it_is_read_as_strictly(client: FlaskClient, content_type: str) -> None:
    answers = {
        "twice": sign_up(client, content_type, name=["Ann", "Bob"]),
        "too many": sign_up(client, content_type, more=["x"] * 100),
        "too large": sign_up(client, content_type, more="x" * MAX_BODY_BYTES),
        "nothing": client.post("/auth/signup", data={"other": "x"}, content_type=content_type),
        "empty": client.post("/auth/signup", data={}, content_type=content_type),
    }
    statuses = {what: answer.status_code for what, answer in answers.items()}
    assert statuses.pop("too many") in {400, 413}
    assert statuses == {"twice": 400, "too large": 413, "nothing": 400, "empty": 400}


def test_a_large_form_in_chunks_is_refused(client: FlaskClient) -> None:
    chunked = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    for size, status in ((10, 400), (MAX_BODY_BYTES, 413)):
        answer = client.post(
            "/auth/signup",
            input_stream=BytesIO(b"other=" + b"x" * size),
            content_type=URLENCODED,
            environ_overrides=chunked,
        )
        assert answer.status_code == status


def test_a_field_that_is_a_file_or_no_text_is_refused(client: FlaskClient) -> None:
    assert sign_up(client, MULTIPART, name=(BytesIO(b"Ann"), "name.txt")).status_code == 400
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\r\n--x--\r\n'
    answer = client.post("/auth/signup", data=body, content_type=f"{MULTIPART}; boundary=x")
    assert answer.status_code == 400
    assert "UTF-8" in answer.get_json()["detail"]

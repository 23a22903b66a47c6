"""``POST /signup``, row by row as the contract has it."""

import pytest

from tests.support.house import EMAIL, PASSWORD, House

ANN = {"name": "Ann", "email": EMAIL, "password": PASSWORD}


@pytest.mark.parametrize("form", ["json", "data", "multipart"])
def test_a_new_account_is_made_from_json_and_from_both_kinds_of_form(house: House, form: str) -> None:
    body = {"data": ANN, "content_type": "multipart/form-data"} if form == "multipart" else {form: ANN}
    answer = house.client.post("/signup", **body)
    assert (answer.status_code, answer.text) == (201, "Successfully registered.")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert house.gatepass.administration.find(EMAIL).name == "Ann"


def test_a_known_email_is_answered_with_202_and_changes_nothing(house: House) -> None:
    house.sign_up()
    answer = house.sign_up(password="quite another password", name="Eve")
    assert (answer.status_code, answer.text) == (202, "User already exists. Please Log in.")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert house.gatepass.administration.find(EMAIL).name == "Ann"
    assert house.try_log_in(password=PASSWORD).status_code == 201
    assert house.try_log_in(password="quite another password").status_code == 403


@pytest.mark.parametrize("email", ["ANN@example.com", "ann@EXAMPLE.com", " ann@example.com "])
def test_other_spellings_of_an_email_are_the_same_account(house: House, email: str) -> None:
    house.sign_up()
    assert house.sign_up(email).status_code == 202
    assert house.try_log_in(email).status_code == 201


@pytest.mark.compliance("RFC 9457", "3", "a problem has a type, a title, a status and a detail")
def test_an_empty_form_names_every_field_that_is_missing(house: House) -> None:
    answer = house.client.post("/signup")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.get_json()
    assert problem["type"] == "about:blank"
    assert problem["title"] == "Bad Request"
    assert problem["status"] == 400
    assert problem["code"] == "invalid_input"
    assert [fault["field"] for fault in problem["errors"]] == ["name", "email", "password"]
    assert {fault["code"] for fault in problem["errors"]} == {"missing"}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "missing"),
        ("name", "   ", "invalid"),
        ("name", "a" * 201, "invalid"),
        ("name", "a\0b", "invalid"),
        ("email", "no address", "invalid"),
        ("email", "ann@example", "invalid"),
        ("email", "a\0nn@example.com", "invalid"),
        ("email", f"{'a' * 250}@example.com", "invalid"),
        ("password", "", "missing"),
        ("password", "short", "too_short"),
        ("password", "password1", "too_common"),
        ("password", "x" * 1025, "too_long"),
        ("password", EMAIL, "too_personal"),
    ],
)
def test_a_field_that_cannot_be_taken_is_named_with_a_code(
    house: House, field: str, value: str, code: str
) -> None:
    answer = house.client.post("/signup", json=ANN | {field: value})
    assert answer.status_code == 400
    faults = answer.get_json()["errors"]
    assert [(fault["field"], fault["code"]) for fault in faults] == [(field, code)]
    assert faults[0]["message"].endswith(".")


def test_a_refusal_repeats_no_password(house: House) -> None:
    answer = house.client.post("/signup", json={"name": "", "email": "", "password": "hunter2"})
    assert "hunter2" not in answer.text


def test_passwords_with_any_characters_are_kept_whole(house: House) -> None:
    password = "pässwört 李 \U0001f511 \0 end" + "x" * 900
    assert house.sign_up(password=password).status_code == 201
    assert house.try_log_in(password=password).status_code == 201
    assert house.try_log_in(password=password[:-1]).status_code == 403


def test_fields_that_nobody_asked_for_are_ignored(house: House) -> None:
    assert house.client.post("/signup", json=ANN | {"is_admin": True, "id": "1"}).status_code == 201
    assert not house.gatepass.administration.find(EMAIL).is_admin

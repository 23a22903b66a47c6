"""Texts that are costly to normalise cost the server next to nothing."""

import json
import time

import pytest

from tests.support.house import EMAIL, PASSWORD, House

MARKS = "\u0300" * 14_000 + "\u0316" * 14_000
"""56 KB that would take over a second to normalise."""


@pytest.mark.parametrize("ready_database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/login", {"email": MARKS, "password": PASSWORD}, 403),
        ("/login", {"email": EMAIL, "password": MARKS}, 403),
        ("/signup", {"name": "Ann", "email": MARKS, "password": PASSWORD}, 400),
        ("/signup", {"name": MARKS, "email": EMAIL, "password": PASSWORD}, 400),
        ("/signup", {"name": "Ann", "email": EMAIL, "password": MARKS}, 400),
        ("/signup", {"name": "Ann", "email": f"a@{MARKS}.org", "password": PASSWORD}, 400),
    ],
)
def test_a_request_full_of_combining_marks_is_answered_as_fast_as_any(
    house: House, path: str, sent: dict[str, str], status: int
) -> None:
    house.try_log_in()
    begun = time.process_time()
    answer = house.client.post(
        path, data=json.dumps(sent, ensure_ascii=False), content_type="application/json"
    )
    assert time.process_time() - begun < 0.25
    assert answer.status_code == status


def test_a_refused_email_or_name_is_not_held_against_the_password(house: House) -> None:
    answer = house.client.post("/signup", json={"name": " ", "email": "no address", "password": "no address"})
    assert [fault["field"] for fault in answer.get_json()["errors"]] == ["name", "email"]

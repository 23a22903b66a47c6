"""``GET /api/admin/audit-events``."""

from sqlalchemy import update

from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.tables import audit_events
from tests.support.admin_calls import Admin, make_account
from tests.support.house import EMAIL, House


def test_the_log_is_read_forward_from_the_newest_or_from_a_position(house: House) -> None:
    admin = Admin(house)
    user_id = make_account(house, EMAIL)
    newest = admin("GET", "/audit-events?limit=2").get_json()
    assert [event["position"] for event in newest["events"]] == [3, 4]
    assert newest["events"][1]["kind"] == "account.created"
    assert newest["events"][1]["details"] == {"role": "user"}
    house.log_in()
    later = admin("GET", f"/audit-events?after={newest['next']}").get_json()
    assert [event["kind"] for event in later["events"]] == ["log_in.succeeded"]
    assert "next" not in later
    pages = admin("GET", "/audit-events?after=0&limit=3").get_json()
    assert ([event["position"] for event in pages["events"]], pages["next"]) == ([1, 2, 3], 3)
    of_user = admin("GET", f"/audit-events?after=0&user={user_id}").get_json()["events"]
    assert [event["kind"] for event in of_user] == ["account.created", "log_in.succeeded"]
    of_kind = admin("GET", "/audit-events?kind=log_in.succeeded").get_json()["events"]
    assert [event["user_id"] for event in of_kind] == [admin.id, user_id]
    assert admin("GET", f"/audit-events?after={2**62}").get_json() == {"events": []}


def test_a_parameter_that_cannot_be_taken_is_named(house: House) -> None:
    admin = Admin(house)
    for query in (
        "after=-1",
        "after=x",
        f"after={2**63}",
        "kind=nothing",
        "user=%00",
        "limit=0",
        "after=1&after=2",
    ):
        answer = admin("GET", f"/audit-events?{query}")
        assert answer.status_code == 400, query
        assert answer.get_json()["errors"][0]["field"] == query.partition("=")[0]


def test_what_was_tampered_with_is_told_as_it_is(house: House) -> None:
    admin = Admin(house)
    store = house.gatepass.store
    assert isinstance(store, SqlStore)
    with store._engines.writer.begin() as connection:
        connection.execute(update(audit_events).values(details="[1", kind="what"))
    events = admin("GET", "/audit-events").get_json()["events"]
    assert {event["kind"] for event in events} == {"what"}
    assert events[0]["details"] == {"unreadable": "[1"}

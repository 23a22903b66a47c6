"""What the event loop answers, and which threads the rest."""

from collections.abc import Callable

import pytest

from gatepass_server.web.direct.endpoints import direct_endpoints
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.placed import Pace
from gatepass_server.web.direct.request import DirectRequest
from tests.support.house import House

ASKED = DirectRequest(
    method="POST",
    path="/oauth2/token",
    query="",
    headers={"authorization": "Basic YXBwOnNlY3JldA=="},
    body=b"token=x&grant_type=client_credentials",
    peer="127.0.0.1",
)
READS = [("POST", "/oauth2/introspect"), ("GET", "/oauth2/userinfo")]
WORKS = [("POST", "/oauth2/token"), ("POST", "/oauth2/revoke")]


@pytest.mark.parametrize(("workers", "of_work"), [(2, Lane.LOOP), (3, Lane.LOOP), (1, Lane.WORK)])
def test_the_event_loop_signs_and_writes_where_each_core_has_a_worker(
    open_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch, workers: int, of_work: Lane
) -> None:
    monkeypatch.setattr("gatepass_server.web.direct.endpoints.available_cores", lambda: 2)
    found = direct_endpoints(open_house(workers=workers).gatepass)
    assert {found[at].lane(ASKED) for at in READS} == {Lane.LOOP}
    assert {found[at].lane(ASKED) for at in WORKS} == {of_work}
    assert {found[at].thread_lane(ASKED) for at in WORKS} == {Lane.WORK}


@pytest.mark.parametrize("ready_database_url", ["sqlite"], indirect=True)
def test_what_turns_out_to_be_slow_leaves_the_event_loop_alone(open_house: Callable[..., House]) -> None:
    found = direct_endpoints(open_house(workers=64).gatepass)
    token, introspection = found[WORKS[0]], found[READS[0]]
    for _ in range(100):
        token.pace.note(0.1)
    assert (token.lane(ASKED), introspection.lane(ASKED)) == (Lane.WORK, Lane.LOOP)


def test_one_slow_answer_is_none_and_after_a_while_the_event_loop_is_tried_again() -> None:
    now = [5.0]
    pace = Pace(lambda: now[0])
    pace.note(0.1)
    pace.note(0.001)
    assert pace.is_quick()
    for _ in range(5):
        pace.note(0.1)
    assert not pace.is_quick()
    now[0] += 9.9
    assert not pace.is_quick()
    now[0] += 0.2
    assert pace.is_quick()

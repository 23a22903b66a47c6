"""Which threads answer what, where the database is a server."""

import pytest

from gatepass_server.web.direct.endpoints import direct_endpoints
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.request import DirectRequest
from tests.support.house import House


@pytest.mark.parametrize("ready_database_url", ["postgresql"], indirect=True)
def test_the_event_loop_asks_no_database_server(house: House) -> None:
    found = direct_endpoints(house.gatepass)
    asked = DirectRequest(
        method="POST",
        path="",
        query="",
        headers={"authorization": "Basic YXBwOnNlY3JldA=="},
        body=b"token=x",
        peer="127.0.0.1",
    )
    for at in (("POST", "/oauth2/introspect"), ("GET", "/oauth2/userinfo")):
        assert found[at].lane(asked) is Lane.READS

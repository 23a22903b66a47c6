"""What strangers send that no honest program would: it is refused, and is never a fault of the server."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.house import House
from tests.support.relying_party import CALLBACK, RelyingParty, answered


@pytest.mark.compliance("OIDC Core", "5.5.1", "the values that are wanted of a claim are a list")
@pytest.mark.parametrize("values", [5, True, "1", {"1": 1}])
def test_values_of_acr_that_are_no_list_are_refused(app: RelyingParty, values: object) -> None:
    claims = json.dumps({"id_token": {"acr": {"essential": True, "values": values}}})
    assert answered(app.authorize(claims=claims))["error"] == "invalid_request"


@pytest.mark.compliance("RFC 7591", "3.2.2", "metadata that cannot be registered are refused as such")
@pytest.mark.parametrize(
    "metadata",
    [{"grant_types": 5}, {"request_uris": ["https://[x"]}, {"response_types": 5}, {"scope": ["openid"]}],
)
def test_metadata_of_no_sense_are_refused(open_house: Callable[..., House], metadata: dict[str, Any]) -> None:
    house = open_house(registration="open")
    body = {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none", **metadata}
    answer = house.client.post("/oauth2/register", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.get_json()["error"] == "invalid_client_metadata"

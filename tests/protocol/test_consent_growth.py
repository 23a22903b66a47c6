"""A consent that was given once covers what the person was told then, and no more."""

import json

import pytest
from msgspec import structs

from gatepass_server.domain.clients import ClientMetadata
from tests.support.house import House
from tests.support.relying_party import API, OTHER_API, USUAL, RelyingParty, answered, flow_of

IN_TWO_PLACES = structs.replace(USUAL, resources=(API, OTHER_API))


def asks(app: RelyingParty, **parameters: str | None) -> bool:
    """Whether the person is asked."""
    return "/consent?flow=" in app.authorize(**parameters).headers["Location"]


@pytest.mark.compliance("RFC 8707", "2", "a person who allowed access at one resource is asked about another")
def test_access_at_another_place_is_asked_for(house: House) -> None:
    app = RelyingParty.of(house, IN_TWO_PLACES)
    app.tokens(resource=API)
    assert not asks(app, resource=API)
    assert asks(app, resource=OTHER_API)
    assert asks(app), "the house's own APIs are another place"
    assert answered(app.authorize(resource=OTHER_API, prompt="none"))["error"] == "consent_required"
    app.tokens(resource=OTHER_API)
    assert not asks(app, resource=API)
    assert not asks(app, resource=OTHER_API)


@pytest.mark.compliance(
    "OIDC Core", "5.5", "claims that are asked for by name are told with the person's consent"
)
@pytest.mark.parametrize("place", ["userinfo", "id_token"])
def test_a_name_that_is_asked_for_by_name_is_asked_for(house: House, place: str) -> None:
    app = RelyingParty.of(
        house,
        ClientMetadata(redirect_uris=USUAL.redirect_uris, grant_types=USUAL.grant_types, scope="openid"),
    )
    app.tokens(scope="openid")
    claims = json.dumps({place: {"name": None}})
    assert asks(app, scope="openid", claims=claims)
    waiting = app.authorize(scope="openid", claims=claims)
    page = house.client.get(f"/consent?flow={flow_of(waiting)}")
    assert "See your name" in page.text
    app.tokens(scope="openid", claims=claims)
    assert not asks(app, scope="openid", claims=claims)

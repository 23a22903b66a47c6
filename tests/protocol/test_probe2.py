import base64, json
from msgspec import structs
from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.domain.secret import Secret
from tests.support.house import EMAIL, ISSUER, House
from tests.support.relying_party import API, OTHER_API, CALLBACK, USUAL, RelyingParty, sign_in, answered
from tests.web.test_roles_in_tokens import grant


def claims(t):
    p = t.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(p + "=" * (-len(p) % 4)))


def test_roles(house, app):
    grant(house)
    t = app.tokens(scope="openid")
    c = claims(t["access_token"])
    assert "roles" not in c and "groups" not in c and "entitlements" not in c, c


def test_name(house, app):
    t = app.tokens(
        scope="openid", claims=json.dumps({"userinfo": {"name": None}, "id_token": {"name": None}})
    )
    u = house.client.get(
        "/oauth2/userinfo", headers={"Authorization": "Bearer " + t["access_token"]}
    ).get_json()
    assert "name" not in u, u


def test_resource(house):
    app = RelyingParty.of(house, structs.replace(USUAL, resources=(API, OTHER_API)))
    app.tokens(resource=API)
    r = app.authorize(resource=OTHER_API)
    assert "/consent" in r.headers["Location"], r.headers["Location"]


def test_introspect(open_house):
    house = open_house(registration="open")
    sign_in(house)
    app = RelyingParty.of(house)
    told = house.client.post("/oauth2/register", json={"redirect_uris": [CALLBACK]}).get_json()
    evil = RelyingParty(house, house.gatepass.clients.get(told["client_id"]), Secret(told["client_secret"]))
    x = evil.introspect(app.tokens()["access_token"])
    assert x == {"active": False}, x

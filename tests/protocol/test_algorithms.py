"""What is signed for a program, and with which algorithm: keys of several sign side by side."""

import pytest
from joserfc import jwk, jws
from msgspec import structs

from gatepass_server.domain.client_rules import check_metadata
from gatepass_server.domain.clients import NO_METADATA
from gatepass_server.domain.errors import InvalidInput
from gatepass_server.domain.signing_keys import KeyState
from tests.support.house import House
from tests.support.relying_party import USUAL, RelyingParty

SIGNED = (
    "id_token_signed_response_alg",
    "access_token_signed_response_alg",
    "userinfo_signed_response_alg",
    "introspection_signed_response_alg",
)


def algorithms(house: House) -> dict[str, KeyState]:
    """The state of the key of each algorithm."""
    keeper = house.gatepass.keeper
    assert keeper is not None
    return {record.alg: state for record, state in keeper.list()}


def algorithm_of(house: House, token: str) -> str:
    """What a published key has signed it with."""
    keys = jwk.KeySet.import_key_set(house.get("/.well-known/jwks.json").get_json())
    found = jws.deserialize_compact(token, keys, algorithms=["RS256", "ES256", "ES384", "Ed25519"])
    return str(found.headers()["alg"])


@pytest.mark.compliance(
    "OIDC Core", "15.1", "ID tokens are signed with RS256 unless the client asks otherwise"
)
@pytest.mark.compliance("OIDC Registration", "2", "id_token_signed_response_alg is RS256 by default")
def test_an_id_token_is_signed_with_rs256_and_the_access_token_as_usual(house: House) -> None:
    tokens = RelyingParty.of(house).tokens()
    assert algorithm_of(house, tokens["id_token"]) == "RS256"
    assert algorithm_of(house, tokens["access_token"]) == "ES256"


def test_the_first_program_that_signs_people_in_gets_a_key_for_rs256(house: House) -> None:
    assert set(algorithms(house)) == {"ES256"}
    house.gatepass.clients.create("An API")
    assert set(algorithms(house)) == {"ES256"}
    house.gatepass.clients.create("Wiki", USUAL)
    assert algorithms(house) == {"ES256": KeyState.ACTIVE, "RS256": KeyState.ACTIVE}


@pytest.mark.parametrize("field", SIGNED)
def test_a_program_that_asks_for_an_algorithm_gets_a_key_made_and_nobody_loses_one(
    house: House, field: str
) -> None:
    metadata = structs.replace(USUAL, id_token_signed_response_alg="ES256")
    app = RelyingParty.of(house, structs.replace(metadata, **{field: "ES384"}))
    assert algorithms(house) == {"ES256": KeyState.ACTIVE, "ES384": KeyState.ACTIVE}
    assert app.tokens()["id_token"]


@pytest.mark.compliance("OIDC Registration", "2", "what is asked for holds for as long as the grant")
def test_what_a_program_asked_for_holds_when_it_refreshes(house: House) -> None:
    wants = {"id_token_signed_response_alg": "Ed25519", "access_token_signed_response_alg": "ES384"}
    app = RelyingParty.of(house, structs.replace(USUAL, **wants))
    first = app.tokens()
    second = app.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).get_json()
    for answer in (first, second):
        assert algorithm_of(house, answer["id_token"]) == "Ed25519"
        assert algorithm_of(house, answer["access_token"]) == "ES384"


def test_a_change_of_the_registration_makes_the_key_too(house: House) -> None:
    app = RelyingParty.of(house)
    wants = structs.replace(app.client.metadata, id_token_signed_response_alg="ES384")
    house.gatepass.clients.change(app.id, metadata=wants)
    assert algorithm_of(house, app.tokens()["id_token"]) == "ES384"


@pytest.mark.compliance("OIDC Core", "3.1.3.7", "no ID token is unsigned")
@pytest.mark.parametrize("field", SIGNED)
@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS1", "nonsense"])
def test_nobody_gets_answers_unsigned_or_signed_with_a_shared_secret(field: str, algorithm: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_metadata(structs.replace(NO_METADATA, **{field: algorithm}))
    assert [fault.field for fault in caught.value.faults] == [field]


@pytest.mark.compliance("OIDC Discovery", "3", "RS256 is among the algorithms of ID tokens")
def test_rs256_is_offered_before_the_first_program_needs_it(house: House) -> None:
    told = house.get("/.well-known/openid-configuration").get_json()
    assert told["id_token_signing_alg_values_supported"] == ["RS256", "ES256"]

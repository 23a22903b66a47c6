"""Refresh tokens of clients under the FAPI 2.0 Security Profile stay as they are."""

import pytest

from tests.support.clock import FakeClock
from tests.support.house import House
from tests.support.proving import KEY, error_of, keyed, with_keys


@pytest.mark.compliance("FAPI 2.0 Security Profile", "5.3.2.1", "refresh tokens are not rotated")
def test_a_refresh_token_is_good_again_and_again_and_prolongs_the_grant(
    house: House, clock: FakeClock
) -> None:
    signed = {"id_token_signed_response_alg": "ES256", "access_token_signed_response_alg": "ES256"}
    metadata = with_keys(KEY, security_profile="fapi2", dpop_bound_access_tokens=True, **signed)
    bank = keyed(house, metadata)
    waiting = bank.consent_to(bank.bring(bank.pushed()))
    code = dict(part.split("=") for part in waiting.headers["Location"].split("?")[1].split("&"))["code"]
    first = bank.redeem(code, proof=bank.prove()).get_json()
    idle = house.gatepass.settings.refresh_token_idle
    for _ in range(3):
        clock.advance(idle - 1)
        again = bank.token(
            proof=bank.prove(), grant_type="refresh_token", refresh_token=first["refresh_token"]
        )
        assert again.status_code == 200, again.text
        assert again.get_json()["refresh_token"] == first["refresh_token"]
    clock.advance(idle)
    late = bank.token(proof=bank.prove(), grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert error_of(late) == (400, "invalid_grant")

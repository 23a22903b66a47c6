"""The example proofs that RFC 9449 prints."""

import pytest

from gatepass import InvalidProofError
from gatepass.dpop import DPoP
from gatepass.dpop.claims import token_hash
from tests.support.clock import FakeClock

HEADER = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJo"
    "RjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"
)
FIGURE_2 = (
    f"{HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2Vu"
    "IiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
)
FIGURE_13 = (
    f"{HEADER}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90"
    "ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9."
    "2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
)
TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
RESOURCE = "https://resource.example.org/protectedresource"


@pytest.mark.compliance(
    "RFC 9449", "7.1", "the example request is accepted, by the key of the example in 6.1"
)
def test_the_request_of_figure_13_is_accepted_in_its_time() -> None:
    dpop = DPoP(clock=FakeClock(1562262618))
    assert dpop.check([FIGURE_13], method="GET", url=RESOURCE, token=TOKEN) == THUMBPRINT


@pytest.mark.compliance("RFC 9449", "4.2", "ath is the base64url of the SHA-256 of the token")
def test_the_hash_of_figure_14_comes_out() -> None:
    assert token_hash(TOKEN) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"


@pytest.mark.compliance("RFC 9449", "7", "a proof for a token request is no proof for a resource")
def test_the_token_request_of_figure_2_is_signed_well_and_refused_for_lack_of_ath() -> None:
    dpop = DPoP(clock=FakeClock(1562262616))
    with pytest.raises(InvalidProofError) as refused:
        dpop.check([FIGURE_2], method="POST", url="https://server.example.com/token", token=TOKEN)
    assert refused.value.reason.startswith("ath")


@pytest.mark.parametrize(
    ("method", "url", "token", "now"),
    [
        ("POST", RESOURCE, TOKEN, 1562262618),
        ("GET", RESOURCE + "/", TOKEN, 1562262618),
        ("GET", RESOURCE, TOKEN + "x", 1562262618),
        ("GET", RESOURCE, TOKEN, 1562262618 + 61),
        ("GET", RESOURCE, TOKEN, 1562262618 - 31),
        ("GET", RESOURCE, TOKEN, 1790000000),
    ],
)
def test_the_example_is_refused_for_any_other_request(method: str, url: str, token: str, now: float) -> None:
    with pytest.raises(InvalidProofError):
        DPoP(clock=FakeClock(now)).check([FIGURE_13], method=method, url=url, token=token)

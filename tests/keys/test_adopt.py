"""Private keys made elsewhere."""

import pytest

from gatepass import Key, load_key
from gatepass.keys import ASYMMETRIC_ALGORITHMS
from gatepass_server.domain.errors import InvalidInput
from gatepass_server.keys.keeper import KeyKeeper
from tests.support.clock import FakeClock
from tests.support.key_house import KeyHouse


@pytest.mark.parametrize("alg", ASYMMETRIC_ALGORITHMS)
def test_a_key_of_every_algorithm_signs_what_the_ring_verifies(house: KeyHouse, alg: str) -> None:
    key = Key.generate(alg)
    record = house.keeper.adopt(Key.from_private_der(key.to_private_der()), algorithm=alg)
    assert (record.kid, record.alg) == (key.thumbprint, alg)
    signer = house.ring.signer()
    assert (signer.kid, signer.algorithm) == (key.thumbprint, alg)
    assert house.verifier.verify(signer.issue("ada")).subject == "ada"


@pytest.mark.compliance("RFC 7638", "3", "a key is called by its thumbprint, whatever it calls itself")
def test_a_jwk_that_names_itself_otherwise_is_called_by_its_thumbprint(keeper: KeyKeeper) -> None:
    key = Key.generate("ES256").named("../../etc/passwd")
    assert keeper.adopt(key).kid == key.thumbprint != key.kid


@pytest.mark.compliance("RFC 7638", "3.1", "the thumbprint of the example key")
def test_the_thumbprint_is_the_one_of_the_standard_s_example() -> None:
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCi"
        "FV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb"
        "9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls"
        "1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    key = load_key(f'{{"kty":"RSA","n":"{n}","e":"AQAB","kid":"2011-04-29"}}')
    assert key.kid == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_the_same_key_is_refused_twice_also_after_it_is_gone(keeper: KeyKeeper, clock: FakeClock) -> None:
    key = Key.generate("ES256")
    keeper.adopt(key)
    with pytest.raises(InvalidInput, match=rf"in the ring already, as {key.kid} \(active\)"):
        keeper.adopt(key.named("other"))
    keeper.rotate(now=True)
    clock.advance(1)
    with pytest.raises(InvalidInput, match=r"\(gone\)"):
        keeper.adopt(key, activate=True)


def test_an_algorithm_that_does_not_fit_is_refused_with_those_that_do(keeper: KeyKeeper) -> None:
    with pytest.raises(InvalidInput, match="cannot sign with RS256; it fits EdDSA, Ed25519"):
        keeper.adopt(
            Key.from_private_der(Key.generate("EdDSA").to_private_der()),
            algorithm="RS256",
        )
    assert keeper.list() == []

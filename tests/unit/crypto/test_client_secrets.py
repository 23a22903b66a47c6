"""What is kept of a program's secret."""

import hmac

from gatepass_server.crypto.client_secrets import keyed_digest
from gatepass_server.domain.secret import Secret


def test_it_is_an_hmac_under_the_key_of_the_house_whichever_was_asked_for_last() -> None:
    secrets = ["gp_cs_one", "gp_cs_two", "", "\ud800"]
    for key in (b"a" * 32, b"b" * 32, b"a" * 32):
        for secret in secrets:
            expected = hmac.digest(key, secret.encode("utf-8", "surrogatepass"), "sha256")
            assert keyed_digest(Secret(secret), key) == expected

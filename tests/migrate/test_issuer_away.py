"""What the guides say of programs whose issuer does not answer."""

from pathlib import Path
from types import SimpleNamespace

import httpx
import jwt
import pytest

from gatepass import JwksAddressKeys, Verifier
from gatepass.testing import FakeClock, FakeIssuer
from tests.migrate.asked import bearer
from tests.migrate.guides import NEVER_FETCHED, ROWS, Row, folder_of, text_of
from tests.migrate.minting import AUDIENCE, WithKey
from tests.migrate.programs import OURS, peers_python, running
from tests.support.server import free_port


@pytest.fixture(scope="module")
def away() -> FakeIssuer:
    """An issuer at an address where nobody listens."""
    return FakeIssuer(f"http://127.0.0.1:{free_port()}", audience=AUDIENCE, alg="RS256")


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.request == NEVER_FETCHED], ids=lambda row: str(row.guide)
)
@pytest.mark.parametrize("program", ["before", "after"])
def test_a_program_that_never_got_the_keys_answers_what_the_guide_says(
    row: Row, program: str, away: FakeIssuer, tmp_path: Path
) -> None:
    python = OURS if program == "after" else peers_python()
    path, headers = bearer(WithKey(away, "at+jwt")())
    settings = {"ISSUER": away.name, "AUDIENCE": AUDIENCE}
    with running(tmp_path, (python, f"{folder_of(row.guide)}/{program}.py"), settings=settings) as (api,):
        answer = httpx.get(api.url + path, headers=headers, timeout=20)
    assert answer.status_code == (row.after if program == "after" else row.before)
    if program == "after":
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.text.strip().replace('":"', '": "') in text_of("README")


def test_pyjwts_keys_end_with_their_lifespan_and_ours_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock(1_000_000.0)
    for module in ("jwt.api_jwk", "jwt.jwk_set_cache"):  # where PyJWT reads the clock for its lifespan
        monkeypatch.setattr(f"{module}.time", SimpleNamespace(monotonic=clock))
    issuer = FakeIssuer(alg="RS256")
    with issuer.serve() as url:
        address = f"{url}/.well-known/jwks.json"
        theirs, ours = jwt.PyJWKClient(address), JwksAddressKeys(address, monotonic=clock)
        verifier = Verifier(url, audience=issuer.audience, keys=ours)
        first, second = issuer.token("ann"), issuer.token("bob")
        theirs.get_signing_key_from_jwt(first)
        assert verifier.verify(first).subject == "ann"
    theirs.get_signing_key_from_jwt(second)  # the issuer is gone: still from memory
    clock.advance(301)
    with pytest.raises(jwt.PyJWKClientError):
        theirs.get_signing_key_from_jwt(second)
    assert verifier.verify(second).subject == "bob"

"""The pytest plugin, as the wheel installs it, in runs of pytest of its own."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from gatepass.testing import BAD_TOKENS

Run = Callable[..., subprocess.CompletedProcess[str]]


def expect(run: subprocess.CompletedProcess[str], *, status: int = 0, **outcomes: int) -> None:
    """The run ended so, with just these outcomes, and warned of nothing."""
    last = run.stdout.strip().splitlines()[-1]
    assert run.returncode == status, run.stdout + run.stderr
    for outcome, count in outcomes.items():
        assert f"{count} {outcome}" in last
    assert "warning" not in last
    assert run.stderr == ""


def test_the_wheel_brings_the_plugin_and_says_that_both_packages_are_typed(installed: Path) -> None:
    for name in ("gatepass/py.typed", "pytest_gatepass/py.typed", "pytest_gatepass/__init__.py"):
        assert (installed / name).is_file()
    (entry_points,) = installed.glob("gatepass-*.dist-info/entry_points.txt")
    assert "[pytest11]\ngatepass = pytest_gatepass\n" in entry_points.read_text()


def test_the_fixtures_are_there_without_any_configuration(run_pytest: Run) -> None:
    run = run_pytest("""
def test_a_token(gatepass_issuer, gatepass_token, gatepass_headers):
    verifier = gatepass_issuer.verifier()
    assert verifier.verify(gatepass_token("ann", scopes=["a"]), scopes=["a"]).subject == "ann"
    assert verifier.verify(gatepass_headers()["Authorization"].split()[1]).subject == "user-1"
""")
    expect(run, passed=1)


def test_a_test_runs_once_for_every_kind_of_bad_token_or_for_those_it_names(run_pytest: Run) -> None:
    run = run_pytest("""
import pytest
from gatepass import TokenError

def refused(issuer, bad):
    with pytest.raises(TokenError) as caught:
        issuer.verifier().verify(bad.token)
    assert caught.value.code == bad.code

def test_every_kind(gatepass_issuer, gatepass_bad_token):
    refused(gatepass_issuer, gatepass_bad_token)

@pytest.mark.parametrize("gatepass_bad_token", ["expired", "forged"], indirect=True)
def test_two_kinds(gatepass_issuer, gatepass_bad_token):
    refused(gatepass_issuer, gatepass_bad_token)

@pytest.mark.parametrize("n, gatepass_bad_token", [(1, "expired")], indirect=["gatepass_bad_token"])
def test_a_kind_beside_another_parameter(n, gatepass_issuer, gatepass_bad_token):
    refused(gatepass_issuer, gatepass_bad_token)
""")
    expect(run, passed=len(BAD_TOKENS) + 3)
    assert "test_every_kind[wrong_audience]" in run.stdout
    assert "test_two_kinds[expired]" in run.stdout


def test_every_test_finds_the_issuer_as_if_it_were_new_while_an_app_keeps_its_verifier(
    run_pytest: Run,
) -> None:
    run = run_pytest("""
import pytest

seen = []

@pytest.fixture(scope="session")
def verifier(gatepass_issuer):
    return gatepass_issuer.verifier()

@pytest.fixture
def watches(gatepass_token, gatepass_issuer):
    yield
    seen.append(len(gatepass_issuer.jwks()["keys"]))  # the changes of a test last until its fixtures are put away

@pytest.mark.parametrize("n", [1, 2])
def test_it(n, verifier, watches, gatepass_issuer, gatepass_token):
    assert len(gatepass_issuer.jwks()["keys"]) == 1
    token = gatepass_token()
    verifier.verify(token)
    kid = gatepass_issuer.kid
    gatepass_issuer.clock.advance(9999)
    gatepass_issuer.rotate()
    verifier.verify(gatepass_token())

def test_afterwards(verifier, gatepass_token):
    assert seen == [2, 2]
    verifier.verify(gatepass_token())
""")
    expect(run, passed=3)


def test_an_issuer_of_ones_own_serves_the_other_fixtures(run_pytest: Run) -> None:
    run = run_pytest(
        """
def test_it(gatepass_issuer, gatepass_token, gatepass_bad_token):
    assert gatepass_issuer.audience == "orders-api"
    assert gatepass_issuer.verifier().verify(gatepass_token()).audience == ("orders-api",)
""",
        conftest="""
import pytest
from gatepass.testing import FakeIssuer

@pytest.fixture  # for each test anew, and so not of the scope of the one it replaces
def gatepass_issuer():
    return FakeIssuer(audience="orders-api", alg="EdDSA")
""",
    )
    expect(run, passed=len(BAD_TOKENS))


def test_a_served_issuer_is_found_by_its_address_and_stands_apart(run_pytest: Run) -> None:
    run = run_pytest("""
from gatepass import Verifier

def test_it(gatepass_served_issuer, gatepass_issuer):
    issuer = gatepass_served_issuer
    assert issuer.name.startswith("http://127.0.0.1:")
    assert gatepass_issuer.name == "https://issuer.test"
    assert Verifier(issuer.name, audience=issuer.audience).verify(issuer.token("ann")).subject == "ann"
""")
    expect(run, passed=1)


def test_unittest_and_asynchronous_tests_may_ask_for_them_too(run_pytest: Run) -> None:
    run = run_pytest("""
import unittest
import pytest

class OrdersTest(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _issuer(self, gatepass_issuer):
        self.issuer = gatepass_issuer

    def test_it(self):
        self.issuer.rotate()

    def test_it_again(self):
        assert len(self.issuer.jwks()["keys"]) == 1

@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_waiting(gatepass_issuer, gatepass_token):
    assert (await gatepass_issuer.verifier().averify(gatepass_token())).subject == "user-1"
""")
    expect(run, passed=3)


NOTHING_LOADED = """
import sys

def test_nothing_was_loaded():
    assert "{plugin}" in sys.modules
    loaded = {{name.split(".")[0] for name in sys.modules}}
    assert loaded.isdisjoint({{"gatepass", "cryptography", "joserfc", "msgspec"}})
"""


def test_a_run_that_does_not_use_it_loads_neither_the_library_nor_cryptography(run_pytest: Run) -> None:
    expect(run_pytest(NOTHING_LOADED.format(plugin="pytest_gatepass"), "-p", "no:schemathesis"), passed=1)


def test_a_suite_runs_without_the_plugin_and_with_the_library_all_the_same(run_pytest: Run) -> None:
    run = run_pytest(
        """
import sys
from gatepass.testing import FakeIssuer

def test_it():
    assert "pytest_gatepass" not in sys.modules
    issuer = FakeIssuer()
    issuer.verifier().verify(issuer.token())

def test_the_fixture_is_gone(gatepass_issuer):
    pass
""",
        "-p",
        "no:gatepass",
    )
    expect(run, status=1, passed=1, error=1)
    assert "fixture 'gatepass_issuer' not found" in run.stdout


def test_every_fixture_says_what_it_is_for(run_pytest: Run) -> None:
    run = run_pytest("", "--fixtures")
    described = run.stdout.partition("fixtures defined from pytest_gatepass")[2]
    for name, words in {
        "gatepass_issuer [session scope]": "FakeIssuer",
        "gatepass_token": "Make tokens",
        "gatepass_headers": "request's headers",
        "gatepass_bad_token": "must be refused",
        "gatepass_served_issuer [session scope]": "real HTTP",
    }.items():
        assert words in described.partition(f"\n{name} -- ")[2][:300], name

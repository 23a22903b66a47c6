"""``gatepass doctor``."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import cli, refused  # noqa: F401 - fixtures, which pytest finds in this file
from tests.doctor.fake_site import OPENID, Page, Site, running
from tests.outage.certificates import self_signed
from tests.support.command_line import Cli, Refused


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_each_check_is_told_in_words_under_its_heading(cli: Cli, site: Site) -> None:  # noqa: F811 - the fixture above
    lines = cli("doctor", site.issuer).stdout.splitlines()
    assert lines[0] == "Address"
    assert "  pass  PKCE with S256 is offered." in lines
    assert lines[-1].endswith(" pass, 0 warn, 0 fail, 1 skip")


def test_a_warning_says_what_to_do_and_is_no_failure(cli: Cli, site: Site) -> None:  # noqa: F811 - the fixture above
    site.change(authorization_response_iss_parameter_supported=...)
    told = cli("doctor", site.issuer).stdout
    assert (
        "  warn  Answers of the authorization endpoint do not name their issuer.\n        -> Send iss" in told
    )


def test_a_failure_makes_the_command_fail(refused: Refused, site: Site) -> None:  # noqa: F811 - the fixture above
    site.change(code_challenge_methods_supported=...)
    assert refused("doctor", site.issuer) == "1 check failed; each says above what to do."


def test_json_has_every_finding_and_the_same_exit_status(cli: Cli, site: Site) -> None:  # noqa: F811 - the fixture above
    well = json.loads(cli("doctor", site.issuer, "--json").stdout)
    assert well["healthy"] is True
    assert well["counts"]["fail"] == 0
    assert sum(well["counts"].values()) == len(well["findings"])
    assert set(well["findings"][0]) == {"group", "check", "verdict", "found", "advice"}
    site.pages[OPENID] = Page(b'{"issuer": "https://elsewhere.example"}')
    ill = json.loads(cli("doctor", site.issuer, "--json", status=1).stdout)
    assert ill["healthy"] is False


def test_garbage_cannot_steer_the_terminal(cli: Cli, site: Site) -> None:  # noqa: F811 - the fixture above
    site.change(issuer="\x1b[2J\u202e", token_endpoint="\x1b]0;x\x07", scopes_supported=["\x9b31m"])
    told = cli("doctor", site.issuer, status=1).stdout
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_an_authority_of_ones_own_can_be_named(cli: Cli, refused: Refused, tmp_path: Path) -> None:  # noqa: F811 - the fixtures above
    certificate = self_signed(tmp_path / "own.pem")
    with running(certificate) as site:
        assert "Clients believe it" in cli("doctor", site.issuer, "--ca-file", certificate).stdout
        assert "failed" in refused("doctor", site.issuer)


def test_a_file_without_certificates_is_told_in_a_sentence(refused: Refused, tmp_path: Path) -> None:  # noqa: F811 - the fixture above
    (tmp_path / "empty.pem").write_text("nothing")
    with running(self_signed(tmp_path / "own.pem")) as site:
        assert "failed" in refused("doctor", site.issuer, "--ca-file", "empty.pem")


@pytest.mark.parametrize("issuer", ["", "auth.example.com", "https://", "\udcff"])
def test_what_is_no_issuer_is_told(refused: Refused, issuer: str) -> None:  # noqa: F811 - the fixture above
    assert refused("doctor", issuer) == "1 check failed; each says above what to do."

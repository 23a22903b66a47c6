"""Issuers that are well."""

from pathlib import Path

import pytest

from gatepass.testing import FakeIssuer
from gatepass_server.doctor import Verdict
from tests.doctor.asking import look_at
from tests.doctor.fake_site import Site, running
from tests.support.server import log_in, serving, sign_up


def test_an_issuer_with_everything_gets_no_warning(site: Site) -> None:
    report = look_at(site.issuer)
    assert report.all(Verdict.FAIL) == []
    assert report.all(Verdict.WARN) == []
    assert report.names(Verdict.SKIP) == {"tls.certificate"}


def test_nothing_is_registered_revoked_or_signed_out_while_looking(site: Site) -> None:
    look_at(site.issuer)
    assert not [asked for asked in site.asked if "register" in asked]
    assert {asked for asked in site.asked if asked.startswith("POST")} == {
        f"POST /{name}" for name in ("token", "introspect", "revoke", "par", "device")
    }


@pytest.mark.compliance("RFC 8414", "3.1", "the well-known part stands between host and path")
def test_an_issuer_with_a_path_is_found_in_both_forms() -> None:
    with running(path="/tenants/one") as site:
        report = look_at(site.issuer)
        assert report.all(Verdict.FAIL) + report.all(Verdict.WARN) == []
        assert "GET /.well-known/oauth-authorization-server/tenants/one" in site.asked
        assert "GET /tenants/one/.well-known/openid-configuration" in site.asked
        assert "discovery.document.openid-configuration-before-the-path" in report.names(Verdict.SKIP)


def test_a_running_gatepass_is_well(tmp_path: Path) -> None:
    with serving(tmp_path, signing_algorithm="RS256") as server:
        sign_up(server.url)
        assert log_in(server.url).status_code == 201
        report = look_at(server.url)
        assert report.all(Verdict.FAIL) + report.all(Verdict.WARN) == []
        assert report.one("feed.list").verdict is Verdict.PASS


def test_the_issuer_of_other_peoples_tests_is_well() -> None:
    with FakeIssuer().serve() as url:
        assert look_at(url).all(Verdict.FAIL) == []


def test_an_issuer_with_keys_and_nothing_else_is_looked_at_as_far_as_it_goes(site: Site) -> None:
    site.metadata = {
        "issuer": site.issuer,
        "jwks_uri": f"{site.issuer}/jwks",
        "response_types_supported": [],
        "grant_types_supported": [],
    }
    site.publish()
    report = look_at(site.issuer)
    assert report.all(Verdict.FAIL) + report.all(Verdict.WARN) == []
    assert {"sign_in", "algorithms", "feed", "clients.token"} <= report.names(Verdict.SKIP)

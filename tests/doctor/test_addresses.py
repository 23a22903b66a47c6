"""The issuer's address, and where its documents lie."""

import pytest

from gatepass_server.doctor import Verdict
from tests.doctor.asking import look_at
from tests.doctor.fake_site import OAUTH, OPENID, Page, Site, page_of


@pytest.mark.parametrize(
    ("issuer", "told"),
    [
        ("auth.example.com", "must begin with https://"),
        ("http://auth.example.com", "plain http is for this machine only"),
        ("https://auth.example.com?tenant=1", "no query"),
        ("https://auth.example.com#x", "no fragment"),
        ("https://ann:secret@auth.example.com", "must not hold a user name"),
        ("https://auth.example.com/.well-known/openid-configuration", "address of a document"),
        ("https://[", ""),
        ("https://a:99999", ""),
        ("https://exämple.com", "printable ASCII"),
        ("\x1b[31m", "printable ASCII"),
        ("", ""),
    ],
)
def test_what_is_no_issuer_is_told_and_not_asked(issuer: str, told: str) -> None:
    report = look_at(issuer)
    (finding,) = report.findings
    assert (finding.check, finding.verdict) == ("address.form", Verdict.FAIL)
    assert told in finding.found
    assert "secret" not in finding.found


def test_an_issuer_where_nobody_listens_is_told() -> None:
    report = look_at("http://127.0.0.1:9")
    assert report.names(Verdict.FAIL) == {
        "discovery.document.oauth-authorization-server",
        "discovery.document.openid-configuration",
    }
    assert report.findings[-1].verdict is Verdict.SKIP


@pytest.mark.compliance("RFC 8414", "3.3", "the issuer is compared character by character")
@pytest.mark.parametrize(
    ("named", "hint"),
    [
        ("{issuer}/", "only the slash at the end differs"),
        ("HTTP://127.0.0.1:{port}", "upper and lower case differ"),
        ("https://127.0.0.1:{port}", "http differs from https"),
        ("https://elsewhere.example", "https://elsewhere.example"),
        (None, "must name its issuer"),
        (["a"], "must name its issuer"),
        ("x" * 100_000, "xxx"),
        ("\x1b[31m\u202e", "\\x1b[31m\\u202e"),
    ],
)
def test_another_issuer_in_the_metadata_is_told_with_the_difference(
    site: Site, named: object, hint: str
) -> None:
    asked = site.issuer
    port = asked.rpartition(":")[2]
    site.change(issuer=named.format(issuer=asked, port=port) if isinstance(named, str) else named)
    finding = look_at(asked).one("discovery.issuer.openid-configuration")
    assert finding.verdict is Verdict.FAIL
    assert hint in finding.advice
    assert len(finding.advice) < 400


def test_a_document_at_one_place_alone_is_a_warning(site: Site) -> None:
    for path in (OAUTH, OPENID):
        site.publish()
        site.pages.pop(path)
        report = look_at(site.issuer)
        assert report.all(Verdict.FAIL) == []
        assert f"discovery.document{path.replace('/.well-known/', '.')}" in report.names(Verdict.WARN)


def test_documents_that_differ_are_told(site: Site) -> None:
    site.pages[OPENID] = page_of({**site.metadata, "token_endpoint": f"{site.issuer}/other"})
    finding = look_at(site.issuer).one("discovery.agreement")
    assert finding.verdict is Verdict.WARN
    assert "token_endpoint" in finding.found


@pytest.mark.compliance("RFC 8414", "3.2", "the metadata are application/json")
def test_a_document_of_another_media_type_is_told(site: Site) -> None:
    body = site.pages[OPENID].body
    for given in ("text/html; charset=utf-8", ""):
        site.pages[OPENID] = Page(body, headers={"Content-Type": given} if given else {})
        finding = look_at(site.issuer).one("discovery.media_type.openid-configuration")
        assert finding.verdict is Verdict.WARN


def test_the_start_page_of_a_web_app_in_place_of_the_document_is_told(site: Site) -> None:
    for path in (OAUTH, OPENID):
        site.pages[path] = Page(b"<!doctype html><title>App</title>", headers={"Content-Type": "text/html"})
    finding = look_at(site.issuer).one("discovery.document.openid-configuration")
    assert finding.verdict is Verdict.FAIL
    assert "not valid JSON" in finding.found


def test_a_redirect_is_not_followed(site: Site) -> None:
    for path in (OAUTH, OPENID):
        site.pages[path] = Page(status=302, headers={"Location": f"{site.url}/elsewhere"})
    finding = look_at(site.issuer).one("discovery.document.openid-configuration")
    assert finding.verdict is Verdict.FAIL
    assert "redirects are not followed" in finding.found
    assert "GET /elsewhere" not in site.asked

"""Issuers that answer garbage, for ever, or in order to mislead: the checks end, and each says something."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepass_server.doctor import Verdict
from tests.doctor.asking import look_at
from tests.doctor.fake_site import OAUTH, OPENID, Page, Site, healthy_metadata, running
from tests.outage.site import Site as TroubledSite

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ODD_ADDRESSES = st.sampled_from(
    [
        "https://[",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:1/",
        "http://127.0.0.1:1/a b",
        "https://a\x00.example/",
        "https://%zz/",
        "//127.0.0.1/",
        "http:127.0.0.1",
        "HTTP://127.0.0.1:1",
        "http://localhost:1/#fragment?query",
        "http://user@127.0.0.1:1/",
        "\u202ehttps://a.example",
        "https://" + "a" * 5000,
        "http://127.0.0.1:1/" + "a" * 100_000,
    ]
)
MEMBERS = sorted(
    {
        *healthy_metadata(""),
        "dpop_signing_alg_values_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "claims_parameter_supported",
    }
)
HEADERS = st.dictionaries(
    st.sampled_from(["Cache-Control", "Date", "Age", "Content-Type", "Access-Control-Allow-Origin"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40),
)
FUZZ = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def hostile() -> Iterator[Site]:
    with running() as site:
        yield site


@FUZZ
@given(changes=st.dictionaries(st.sampled_from(MEMBERS), JSON_VALUES | ODD_ADDRESSES, min_size=1, max_size=6))
def test_members_of_any_kind_are_judged(hostile: Site, changes: dict[str, Any]) -> None:
    issuer = hostile.url
    hostile.metadata = {**healthy_metadata(issuer), **changes}
    hostile.publish()
    assert look_at(issuer).findings


@FUZZ
@given(
    body=st.binary(max_size=200), headers=HEADERS, status=st.sampled_from([200, 200, 200, 204, 304, 401, 599])
)
def test_bytes_of_any_kind_are_judged_everywhere(
    hostile: Site, body: bytes, headers: dict[str, str], status: int
) -> None:
    hostile.metadata = healthy_metadata(hostile.url)
    hostile.publish()
    paths = list(hostile.pages)
    for path in paths:
        hostile.pages[path] = Page(body, status=status, headers=headers)
    assert look_at(hostile.url).names(Verdict.FAIL)
    hostile.publish()
    for path in paths:
        if path not in {OAUTH, OPENID}:
            hostile.pages[path] = Page(body, status=status, headers=headers)
    assert look_at(hostile.url).names(Verdict.FAIL)


@FUZZ
@given(
    keys=st.lists(
        JSON_VALUES
        | st.dictionaries(
            st.sampled_from(["kty", "kid", "use", "alg", "n", "e", "crv", "x", "y", "d", "key_ops"]),
            JSON_VALUES | st.sampled_from(["RSA", "EC", "OKP", "P-256", "Ed25519", "AQAB", "sig", "enc"]),
        ),
        max_size=4,
    )
)
def test_keys_of_any_kind_are_judged(hostile: Site, keys: list[Any]) -> None:
    hostile.metadata = healthy_metadata(hostile.url)
    hostile.publish()
    hostile.pages["/jwks"] = Page(json.dumps({"keys": keys}).encode())
    assert look_at(hostile.url).findings


@pytest.mark.parametrize("trouble", ["hangs", "drips", "huge", "redirects", "500", "another issuer"])
def test_a_server_in_trouble_is_given_up_in_time(trouble: str) -> None:
    site = TroubledSite()
    try:
        site.fall_into(trouble)
        began = time.monotonic()
        report = look_at(site.url, seconds=1.5)
        assert time.monotonic() - began < 4
        assert report.all(Verdict.FAIL)
    finally:
        site.kill()


def test_hundreds_of_lists_and_members_do_not_make_it_ask_for_ever(site: Site) -> None:
    site.pages["/lists"] = Page(json.dumps({"status_lists": [f"{site.issuer}/lists/0"] * 500}).encode())
    site.change(**{f"x{number}_endpoint": f"{site.issuer}/x{number}" for number in range(500)})
    site.pages["/lists"] = Page(json.dumps({"status_lists": [f"{site.issuer}/lists/0"] * 500}).encode())
    look_at(site.issuer)
    assert len(site.asked) < 30


def test_no_thread_is_left_behind_by_an_issuer_that_is_well(site: Site) -> None:
    look_at(site.issuer)
    for thread in threading.enumerate():
        if thread.name == "gatepass-fetch":
            thread.join(5)
            assert not thread.is_alive()

"""Past holes of log-in servers that went wherever somebody pointed, kept shut."""

from collections.abc import Sequence

import pytest

from gatepass import KeysUnavailableError
from gatepass_server.domain.allowed_places import parse_allowed_places
from gatepass_server.outbound.client import Outbound
from gatepass_server.outbound.errors import Forbidden, Unreachable
from gatepass_server.outbound.key_sets import KeySets, keys_for

INSIDE = [
    "127.0.0.1",
    "10.0.0.5",
    "169.254.169.254",
    "fd00:ec2::254",
    "::ffff:10.0.0.5",
    "64:ff9b::a9fe:a9fe",
]


def leading_to(*addresses: str) -> Outbound:
    """An outbound for which every name leads there."""

    def resolver(_: str) -> Sequence[str]:
        return addresses

    return Outbound(resolver=resolver)


@pytest.mark.advisory("CVE-2026-1180: jwks_uri of a registration")
@pytest.mark.parametrize("address", INSIDE)
def test_the_key_set_of_a_program_is_not_fetched_from_inside(address: str) -> None:
    source = KeySets(leading_to(address)).of(jwks=None, jwks_uri="https://client.example/jwks")
    with pytest.raises(KeysUnavailableError) as caught:
        keys_for(source, "k", "RS256")
    assert "is not a public address" in caught.value.reason


@pytest.mark.advisory("CVE-2026-4366: redirects and addresses of a registration")
@pytest.mark.advisory("CVE-2021-26715: logo_uri")
@pytest.mark.advisory("jans#14540: sector_identifier_uri and request_uri")
@pytest.mark.parametrize("address", INSIDE)
def test_no_document_is_fetched_from_inside_and_nothing_is_posted_there(address: str) -> None:
    outbound = leading_to(address)
    with pytest.raises(Forbidden, match="not a public address"):
        outbound.get("https://client.example/sector.json")
    with pytest.raises(Forbidden, match="not a public address"):
        outbound.post_form("https://client.example/logout", {"logout_token": "x"})


@pytest.mark.advisory("CVE-2026-1180: jwks_uri of a registration")
@pytest.mark.parametrize(
    "url",
    [
        "http://client.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "https://client.example@127.0.0.1/",
        "https://client.example:6379/",
        "https://127.0.0.1:8443/",
        "https://0x7f.1/",
        "https://localhost/",
    ],
)
def test_other_schemes_ports_and_spellings_are_refused_too(url: str) -> None:
    with pytest.raises(Unreachable):
        Outbound(resolver=lambda host: ["1.1.1.1"] if host == "client.example" else ["127.0.0.1"]).get(url)


@pytest.mark.advisory("CVE-2026-4366: redirects and addresses of a registration")
def test_what_is_allowed_by_name_opens_nothing_beside_it() -> None:
    outbound = Outbound(allowed=parse_allowed_places("app.internal"), resolver=lambda _: ["10.0.0.5"])
    with pytest.raises(Forbidden):
        outbound.get("https://app.internal.evil.example/")

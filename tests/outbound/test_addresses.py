"""Which addresses are public."""

import ipaddress

import pytest

from gatepass_server.outbound.addresses import refusal

PRIVATE = {
    "this network": ["0.0.0.0", "0.1.2.3"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fc00::1", "fd00:ec2::254"],
    "carrier-grade NAT": ["100.64.0.1", "100.100.100.200", "100.127.255.255"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "link-local": ["169.254.169.254", "169.254.170.2", "fe80::1", "febf::1"],
    "the machine's host at a cloud": ["168.63.129.16"],
    "for protocols": ["192.0.0.1", "192.0.0.192", "192.0.0.170"],
    "documentation": ["192.0.2.1", "198.51.100.7", "203.0.113.9", "2001:db8::1", "3fff::1", "3fff:fff::1"],
    "AS112": ["192.31.196.1", "192.175.48.1", "2620:4f:8000::1"],
    "AMT": ["192.52.193.1"],
    "6to4 relay": ["192.88.99.1"],
    "benchmarks": ["198.18.0.1", "198.19.255.255"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "100::1", "4000::1", "5f00::1", "e000::1"],
    "unspecified": ["::"],
    "an IPv4 address within": ["::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::7f00:1"],
    "NAT64, an IPv4 address within": ["64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"],
    "site-local": ["fec0::1"],
    "for protocols, Teredo among them": [
        "2001::1",
        "2001:0:7f00:1::",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
    ],
    "6to4, another address within": ["2002:7f00:1::", "2002:a9fe:a9fe::1"],
    "of one network card": ["fe80::1%eth0", "2606:4700::1111%1"],
}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in PRIVATE.items() for text in texts]
)
def test_an_address_that_is_not_public_is_named_for_what_it_is(kind: str, text: str) -> None:
    assert refusal(ipaddress.ip_address(text)) == kind


@pytest.mark.parametrize(
    "text",
    [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255",
        "128.0.0.1", "168.63.129.15", "169.253.255.255", "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.167.0.1",
        "198.17.255.255", "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "2003::1",
    ],
)  # fmt: skip # a list of values reads best on few lines
def test_a_neighbour_of_such_a_network_is_public(text: str) -> None:
    assert refusal(ipaddress.ip_address(text)) is None

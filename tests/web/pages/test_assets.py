"""Static files, and the brand of the house."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gatepass_server.domain.errors import OperatorError
from gatepass_server.settings.logo import read_logo
from gatepass_server.web.pages.colours import accent_stylesheet, contrast
from gatepass_server.web.pages.policy import content_policy, source_of
from tests.support.house import House
from tests.support.visitor import Reader, Visitor

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'


def addresses(visitor: Visitor) -> list[str]:
    tags = Reader(visitor.get("/sign-in").text).tags
    return [
        str(found.get("href") or found.get("src")) for tag, found in tags if tag in {"link", "script", "img"}
    ]


def test_files_have_the_name_of_what_is_in_them_and_are_kept_for_ever(visitor: Visitor) -> None:
    found = addresses(visitor)
    assert len(found) == 4
    for address in found:
        answer = visitor.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert visitor.get(found[0]).mimetype == "text/css"


@pytest.mark.parametrize(
    "name",
    [
        "pages.css",
        "pages.000000000000.css",
        "..%2fapp.py",
        "accent-red.css",
        "accent-12345.css",
        "%00",
        "a/b",
    ],
)
def test_other_names_are_not_there(visitor: Visitor, name: str) -> None:
    assert visitor.get(f"/assets/{name}").status_code == 404


def test_the_house_has_a_name_a_colour_and_a_logo(open_house: Callable[..., House], tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_bytes(SVG)
    house = open_house(brand_name="Acme <ID>", brand_color="#00796B", brand_logo=str(logo))
    visitor = Visitor(house)
    page = visitor.get("/sign-in").text
    assert "Acme &lt;ID&gt;" in page
    assert "/assets/accent-00796b.css" in page
    address = next(str(found["src"]) for tag, found in Reader(page).tags if tag == "img")
    answer = visitor.get(address)
    assert (answer.data, answer.mimetype) == (SVG, "image/svg+xml")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<html>", b"\x89PNG\r\n\x1a\n" + bytes(300_000)])
def test_a_logo_that_cannot_be_used_is_told_to_the_operator(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "logo"
    path.write_bytes(content)
    with pytest.raises(OperatorError, match="brand_logo"):
        read_logo(str(path))
    with pytest.raises(OperatorError, match="cannot be read"):
        read_logo(str(tmp_path / "nothing.png"))


@pytest.mark.parametrize(
    "colour", ["#ffffff", "#000000", "#ffff00", "#2f5fd0", "#808080", "#ff0000", "#00ff00"]
)
def test_whatever_the_colour_everything_can_be_read(colour: str) -> None:
    """WCAG 2.2, criterion 1.4.3: 4.5 to 1."""
    light, dark = (
        dict(pair.split(":") for pair in rules.split("{")[-1].split("}")[0].replace("--", "").split(";"))
        for rules in accent_stylesheet(colour).split("@media")
    )
    for rules, surface in ((light, "#ffffff"), (dark, "#1b1e24")):
        assert contrast(rules["accent"], rules["on-accent"]) >= 4.5
        assert contrast(rules["accent-text"], surface) >= 4.5


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("https://app.example.com/callback?x=1", "https://app.example.com"),
        ("https://app.example.com:8443/", "https://app.example.com:8443"),
        ("http://127.0.0.1:51004/cb", "http://127.0.0.1:51004"),
        ("http://[::1]:51004/cb", "http:"),
        ("com.example.app:/cb", "com.example.app:"),
        ("https://a.example;script-src 'unsafe-inline'/", ""),
        ("", ""),
    ],
)
def test_a_policy_names_the_place_of_an_address_and_nothing_more(address: str, source: str) -> None:
    assert source_of(address) == source
    assert content_policy(leads_to=[address]).count(";") == 6


def test_a_frame_adds_no_directive_to_the_policy() -> None:
    origins = ["https://a.example;frame-ancestors", "https://evil.example"]
    policy = content_policy(frames_from=origins)
    assert policy.count("frame-ancestors") == 1
    assert "frame-src https://evil.example;" in policy

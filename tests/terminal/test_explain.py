"""``python -m gatepass explain``."""

import json
import re
from pathlib import Path

import pytest

from gatepass import Key, Signer, Verifier
from gatepass.testing import BAD_TOKENS, FakeIssuer
from tests.terminal.conftest import Command


def timeless(text: str) -> str:
    """The text without its numbers: the clock goes on between two looks at a token."""
    return re.sub(r"[\d:-]{2,}", "#", text)


@pytest.mark.parametrize("name", [None, "expired", "wrong_audience", "other_key", "wrong_type", "no_token"])
def test_the_lines_are_those_that_the_library_prints(
    command: Command, issuer: FakeIssuer, rules: list[str], name: str | None
) -> None:
    token = issuer.token(scopes=["orders:read"]) if name is None else issuer.bad_token(name).token
    verifier = Verifier.from_jwks(issuer.jwks(), issuer=issuer.name, audience=issuer.audience)
    ended = command("explain", *rules, text=token)
    assert timeless(ended.out) == timeless(f"{verifier.explain(token)}\n")
    assert (ended.status, ended.err) == (0 if name is None else 1, "")


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_every_bad_token_is_refused_by_its_code_with_status_1(
    command: Command, issuer: FakeIssuer, rules: list[str], name: str
) -> None:
    bad = issuer.bad_token(name)
    ended = command("explain", *rules, text=bad.token)
    assert ended.status == 1
    assert ended.out.startswith(f"The token is refused: {bad.code}.\n")
    assert "FAIL" in ended.out


def test_json_says_the_same_to_programs(command: Command, issuer: FakeIssuer, rules: list[str]) -> None:
    ended = command("explain", *rules, "--json", text=issuer.token(expired=True, claims={"name": "Ада"}))
    told = json.loads(ended.out)
    assert ended.status == 1
    assert (told["verified"], told["accepted"], told["code"]) == (True, False, "expired")
    assert [finding["name"] for finding in told["findings"] if not finding["passed"]] == ["exp"]
    assert (told["claims"]["name"], told["header"]["typ"]) == ("Ада", "at+jwt")
    assert ended.out.isascii()


def test_without_any_rule_header_and_claims_are_shown_and_nothing_counts_as_verified(
    command: Command, issuer: FakeIssuer
) -> None:
    ended = command(
        "explain", text=issuer.token(key="other", claims={"exp": 1_790_000_000, "roles": ["a", 1]})
    )
    assert ended.status == 3
    assert ended.out.startswith("Nothing was verified: anybody can write what stands here.\n")
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert "exp 1790000000 (2026-09-21 14:13:20 UTC)" in lines
    assert 'roles ["a", 1]' in lines
    told = json.loads(command("explain", "--json", text=issuer.token("ann")).out)
    assert (told["verified"], told["accepted"], told["code"], told["findings"]) == (False, None, None, [])
    assert told["claims"]["sub"] == "ann"


@pytest.mark.parametrize(
    "text", ["", "x", "a.b", "a.b.c.d.e", "e30.W10.x", "é.e30.x", "x" * 20_000, b"\xff\xfe.\x00"]
)
def test_rubbish_without_rules_is_malformed(command: Command, text: str | bytes) -> None:
    ended = command("explain", text=text)
    assert ended.status == 1
    assert ended.err.startswith("Error: malformed: ")
    assert len(ended.err.splitlines()) == 2


def test_what_no_check_is_about_is_shown_apart(
    command: Command, issuer: FakeIssuer, rules: list[str]
) -> None:
    token = issuer.token(claims={"department": "sales"}, header={"jku": "https://x.test"})
    out = command("explain", *rules, text=token).out
    assert 'Other claims, not checked:\n  department  "sales"' in out
    assert 'Other header parameters, not checked:\n  jku  "https://x.test"' in out
    assert "Other" not in command("explain", *rules, text=issuer.token()).out


@pytest.mark.parametrize("name", [None, *BAD_TOKENS])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_signature_is_never_shown(
    command: Command, issuer: FakeIssuer, rules: list[str], form: list[str], name: str | None
) -> None:
    token = issuer.token() if name is None else issuer.bad_token(name).token
    signature = token.rpartition(".")[2][:12] if token.count(".") == 2 else ""
    for given in (rules, []):
        ended = command("explain", *given, *form, text=token)
        if signature:
            assert signature not in ended.out + ended.err
        assert token not in ended.out + ended.err


def test_keys_come_from_a_pem_a_jwk_set_a_secret_or_the_issuers_address(
    command: Command, issuer: FakeIssuer, tmp_path: Path
) -> None:
    key = Key.generate("ES256")
    (tmp_path / "key.pem").write_text(key.public_pem())
    (tmp_path / "secret").write_bytes(b"s" * 32 + b"\r\n")
    common = ["--issuer", issuer.name, "--audience", issuer.audience]
    signed = Signer(key, issuer=issuer.name, audience=issuer.audience).issue("ann")
    assert command("explain", *common, "--pem", str(tmp_path / "key.pem"), text=signed).status == 0
    assert command("explain", *common, "--pem", str(tmp_path / "key.pem"), text=issuer.token()).status == 1
    shared = Signer.from_secret("s" * 32, issuer=issuer.name, audience=issuer.audience).issue("ann")
    assert command("explain", *common, "--secret-file", str(tmp_path / "secret"), text=shared).status == 0
    with issuer.serve() as url:
        discovered = ["--issuer", url, "--audience", issuer.audience]
        assert command("explain", *discovered, text=issuer.token()).status == 0
        assert command("explain", *discovered, text=issuer.token(key="other")).status == 1
    ended = command("explain", "--issuer", url, "--audience", "x", text=issuer.token())
    assert ended.status == 1
    assert "keys_unavailable" in ended.out
    assert ended.err == ""


def test_the_rules_of_the_verifier_can_be_said(
    command: Command, issuer: FakeIssuer, rules: list[str]
) -> None:
    late = issuer.token(expires_in=0)
    assert command("explain", *rules, text=late).status == 1
    assert command("explain", *rules, "--leeway", "60", text=late).status == 0
    other = issuer.token(typ="JWT")
    assert command("explain", *rules, "--type", "JWT", "--type", "x", text=other).status == 0
    assert command("explain", *rules, "--any-type", text=other).status == 0
    assert command("explain", *rules, "--type", "x", text=other).status == 1
    assert command("explain", *rules, "--algorithm", "RS256", text=issuer.token()).status == 1
    assert command("explain", *rules, "--algorithm", "ES256", text=issuer.token()).status == 0
    billing = issuer.token(audience="billing")
    assert command("explain", *rules, "--audience", "billing", text=billing).status == 0

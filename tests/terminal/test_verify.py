"""``python -m gatepass verify``."""

import json

from gatepass.testing import FakeIssuer
from tests.terminal.conftest import Command


def test_a_good_token_is_told_for_whom(command: Command, issuer: FakeIssuer, rules: list[str]) -> None:
    ended = command("verify", *rules, text=issuer.token("ann"))
    assert (ended.status, ended.out, ended.err) == (0, "Valid for ann.\n", "")
    hostile = command("verify", *rules, text=issuer.token("ann\x1b[2J\n\u202e"))
    assert hostile.out == "Valid for ann\\x1b[2J\\n\\u202e.\n"


def test_its_claims_can_be_had_as_json(command: Command, issuer: FakeIssuer, rules: list[str]) -> None:
    ended = command("verify", *rules, "--json", text=issuer.token("ann", claims={"roles": ["admin"]}))
    assert json.loads(ended.out)["roles"] == ["admin"]
    hostile = command("verify", *rules, "--json", text=issuer.token("ann\u202e"))
    assert json.loads(hostile.out)["sub"] == "ann\u202e"
    assert hostile.out.isascii()


def test_a_refusal_goes_to_standard_error_with_its_reason(
    command: Command, issuer: FakeIssuer, rules: list[str]
) -> None:
    ended = command("verify", *rules, text=issuer.token(audience="bill\u0456ng"))
    assert (ended.status, ended.out) == (1, "")
    first, reason = ended.err.splitlines()
    assert first == "Error: wrong_audience: The token is meant for another audience."
    assert reason.startswith("  Reason: aud is 'bill\\u0456ng'")


def test_a_scope_can_be_demanded(command: Command, issuer: FakeIssuer, rules: list[str]) -> None:
    token = issuer.token(scopes=["a", "b"])
    assert command("verify", *rules, "--scope", "a", "--scope", "b", text=token).status == 0
    ended = command("verify", *rules, "--scope", "c", text=token)
    assert ended.status == 1
    assert ended.err.startswith("Error: insufficient_scope: ")


def test_without_rules_nothing_can_be_verified(command: Command, issuer: FakeIssuer) -> None:
    ended = command("verify", text=issuer.token())
    assert ended.status == 2
    assert ended.err == "Error: Say --issuer and --audience: without both no token can be verified.\n"

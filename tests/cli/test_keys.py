"""``gatepass keys``."""

import json
from pathlib import Path

import pytest

from gatepass import Key, Verifier, load_key
from gatepass_server.bootstrap import build
from gatepass_server.settings import load_settings
from tests.support.command_line import Cli, Refused


def keys(cli: Cli) -> list[dict[str, str]]:
    return list(json.loads(cli("keys", "list", "--json").stdout))


def states(cli: Cli) -> list[str]:
    return [key["state"] for key in keys(cli)]


def test_a_key_is_made_rotated_and_retired(cli: Cli, refused: Refused) -> None:
    assert " (ES256) signs from " in cli("keys", "generate").stdout
    assert states(cli) == ["active"]
    waiting = cli("keys", "rotate").stdout.split()[0]
    assert states(cli) == ["active", "next"]
    active = keys(cli)[0]
    assert (active["signs_until"], keys(cli)[1]["signs_from"]) == (active["signs_until"],) * 2
    assert cli("keys", "retire", waiting).stdout.startswith(
        f"{waiting} will not sign; it is published until "
    )
    assert sorted(states(cli)) == ["active", "gone"]
    assert "gatepass keys rotate" in refused("keys", "retire", active["kid"])
    cli("keys", "rotate", "--now")
    assert sorted(states(cli)) == ["active", "gone", "gone"]


def test_the_table_says_what_to_do_while_there_are_none(cli: Cli, refused: Refused) -> None:
    cli("db", "upgrade")
    assert cli("keys", "list").stdout == "There are no keys yet. Make one: gatepass keys generate\n"
    assert cli("keys", "list", "--json").stdout == "[]\n"
    assert refused("keys", "rotate").endswith("Make one: gatepass keys generate --activate")
    assert refused("keys", "export", "--public").endswith("See: gatepass keys list")
    assert "gatepass keys list" in refused("keys", "retire", "none")


@pytest.mark.parametrize("alg", ["RS256", "PS512", "ES384", "EdDSA", "Ed25519"])
def test_the_algorithm_can_be_chosen(cli: Cli, alg: str) -> None:
    assert f" ({alg}) signs from " in cli("keys", "generate", "--alg", alg, "--activate").stdout
    assert keys(cli)[0]["alg"] == alg


def test_keys_of_another_algorithm_are_a_line_of_their_own(cli: Cli, refused: Refused) -> None:
    cli("keys", "generate")
    made = cli("keys", "generate", "--alg", "Ed25519", "--activate")
    assert "signs only for programs that ask for it" in made.stderr
    assert states(cli) == ["active", "active"]
    pem = cli("keys", "export", "--public").stdout
    assert load_key(pem).default_algorithm == "ES256", "what signs access tokens"
    assert cli("keys", "rotate", "--alg", "Ed25519").stdout.count(" signs from ") == 1
    assert cli("keys", "rotate").stdout.count(" signs from ") == 2
    assert refused("keys", "rotate", "--alg", "RS256").endswith(
        "Make one: gatepass keys generate --alg RS256 --activate"
    )
    cli("keys", "rotate", "--now", "--alg", "Ed25519")
    assert sorted(states(cli)) == ["active", "active", "gone", "gone", "gone", "next"]


def test_the_size_is_for_rsa_alone_and_has_bounds(cli: Cli, refused: Refused) -> None:
    cli("keys", "generate", "--alg", "RS256", "--bits", "3072")
    assert len(json.loads(cli("keys", "export", "--public", "--json").stdout)["n"]) == 512
    assert "leave --bits away for ES256" in refused("keys", "generate", "--bits", "2048")
    assert "2048<=x<=8192" in cli("keys", "generate", "--alg", "RS256", "--bits", "1024", status=2).stderr
    assert "'HS256' is not one of" in cli("keys", "generate", "--alg", "HS256", status=2).stderr


@pytest.mark.compliance("RFC 7468", "13", "the exported PEM is a SubjectPublicKeyInfo")
def test_the_exported_public_key_verifies_the_tokens(cli: Cli, refused: Refused, ada: str) -> None:
    token = cli("token", "issue", ada).stdout.strip()
    pem = cli("keys", "export", "--public").stdout
    assert pem.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert pem.endswith("-----END PUBLIC KEY-----\n")
    issuer = "http://127.0.0.1:8000"
    verifier = Verifier.from_pem(pem, issuer=issuer, audience=issuer, algorithms=["ES256"])
    assert verifier.verify(token).scopes == {"account"}
    jwk = json.loads(cli("keys", "export", "--public", "--json").stdout)
    assert jwk.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    kid = keys(cli)[0]["kid"]
    assert cli("keys", "export", kid, "--public").stdout == pem
    assert load_key(pem).kid == kid
    assert "gatepass keys list" in refused("keys", "export", "none", "--public")


def test_a_private_key_never_leaves(cli: Cli, refused: Refused) -> None:
    cli("keys", "generate")
    assert refused("keys", "export") == "Only public keys can be exported: gatepass keys export --public"


@pytest.mark.parametrize(
    "arguments", [["KID"], ["--data", "d", "KID"], ["KID", "--data", "d"], ["--", "KID"]]
)
def test_a_kid_that_begins_with_a_hyphen_is_no_option(
    cli: Cli, refused: Refused, arguments: list[str]
) -> None:
    kid = "-h" + "a" * 41
    cli("db", "upgrade")
    cli("db", "upgrade", "--data", "d")
    sentence = refused("keys", "retire", *(argument.replace("KID", kid) for argument in arguments))
    assert sentence == f"There is no key {kid!r} in the ring. See: gatepass keys list"


def test_help_and_wrong_options_stay_what_they_are(cli: Cli) -> None:
    assert "Usage:" in cli("keys", "retire", "-h").stdout
    assert "No such option" in cli("keys", "retire", "-x", status=2).stderr


def test_the_master_key_is_replaced_without_losing_a_token(
    cli: Cli, refused: Refused, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = cli("token", "issue", ada).stdout.strip()
    old = Path("gatepass-data/master.key").read_text().strip()
    new = "n" * 43
    monkeypatch.setenv("GATEPASS_MASTER_KEY", new)
    assert "sealed under another master key" in refused("token", "issue", ada)
    assert new not in refused("keys", "reseal")
    monkeypatch.setenv("GATEPASS_MASTER_KEY", f"{new},{old}")
    assert cli("keys", "reseal").stdout == "2 secret(s) sealed anew.\n"  # the audit log has one, too
    monkeypatch.setenv("GATEPASS_MASTER_KEY", new)
    cli("token", "verify", token)
    cli("token", "issue", ada)


def test_a_server_that_signs_with_a_secret_has_no_keys(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEPASS_SIGNING_SECRET", "x" * 32)
    assert "signing_secret" in refused("keys", "list")
    assert "signing_secret" in refused("keys", "generate")


def test_an_imported_key_signs_under_its_thumbprint(cli: Cli, refused: Refused, ada: str) -> None:
    key = Key.generate("ES256")
    Path("key.der").write_bytes(key.to_private_der())
    assert cli("keys", "import", "key.der", "--activate").stdout.startswith(f"{key.thumbprint} (ES256) signs")
    assert "in the ring already" in refused("keys", "import", "key.der")
    assert "it fits ES256" in refused("keys", "import", "key.der", "--alg", "RS256")
    token = cli("token", "issue", ada).stdout.strip()
    cli("token", "verify", token)
    settings = load_settings(options={"data": "gatepass-data"})
    assert build(settings).signer().kid == key.thumbprint

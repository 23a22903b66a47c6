"""``gatepass clients create`` with what a program is registered with, and for well-known programs."""

import json
from pathlib import Path
from typing import Any

import pytest

from gatepass import Key
from gatepass_server.presets import preset_names
from tests.support.command_line import Cli, Refused


def create(cli: Cli, *arguments: str | Path, text: str | None = None) -> dict[str, Any]:
    """Make a client, and return what is told of it."""
    told: dict[str, Any] = json.loads(cli("clients", "create", *arguments, "--json", text=text).stdout)
    return told


def test_a_redirect_uri_makes_a_program_that_signs_people_in(cli: Cli) -> None:
    made = create(cli, "--name", "App", "--redirect-uri", "https://app.example.com/cb")
    assert made["metadata"] == {
        "redirect_uris": ["https://app.example.com/cb"],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email offline_access",
    }
    assert made["client_secret"].startswith("gp_cs_")


def test_a_public_program_gets_no_secret(cli: Cli) -> None:
    arguments = ("--name", "Desktop", "--public", "--redirect-uri", "http://127.0.0.1/cb")
    made = create(cli, *arguments)
    assert "client_secret" not in made
    assert made["metadata"]["token_endpoint_auth_method"] == "none"
    assert made["metadata"]["application_type"] == "native"
    told = cli("clients", "create", *arguments)
    assert told.stdout.split()[0] == "client_id"
    assert "secret" not in told.stdout + told.stderr


def test_grants_have_short_names_and_scopes_may_be_said_in_any_way(cli: Cli) -> None:
    made = create(
        cli, "--name", "TV", "--grant", "device_code", "--grant", "refresh_token",
        "--scope", "openid orders:read", "--scope", "email", "--scope", "openid",
    )  # fmt: skip
    assert made["metadata"]["grant_types"] == [
        "urn:ietf:params:oauth:grant-type:device_code",
        "refresh_token",
    ]
    assert made["metadata"]["scope"] == "openid orders:read email"


def test_a_program_that_acts_for_itself_needs_no_redirect_uri(cli: Cli) -> None:
    made = create(cli, "--name", "Nightly", "--grant", "client_credentials", "--scope", "orders:read")
    assert made["metadata"] == {"grant_types": ["client_credentials"], "scope": "orders:read"}


def test_every_switch_reaches_what_is_registered(cli: Cli, tmp_path: Path) -> None:
    keys = {"keys": [Key.generate("ES256").public_jwk()]}
    (tmp_path / "keys.json").write_text(json.dumps(keys))
    made = create(
        cli, "--name", "App", "--redirect-uri", "https://a.example.com/cb", "--no-pkce", "--trusted",
        "--id-token-claims", "--opaque", "--resource", "https://api.example.com",
        "--origin", "https://a.example.com", "--backchannel-logout-uri", "https://a.example.com/out",
        "--frontchannel-logout-uri", "https://a.example.com/front", "--par", "--dpop",
        "--post-logout-redirect-uri", "https://a.example.com/", "--client-uri", "https://a.example.com/",
        "--logo-uri", "https://a.example.com/logo.png", "--policy-uri", "https://a.example.com/privacy",
        "--tos-uri", "https://a.example.com/terms", "--accent-color", "#1d4ed8",
        "--auth-method", "private_key_jwt", "--jwks-file", "keys.json",
    )  # fmt: skip
    metadata = made["metadata"]
    assert "client_secret" not in made
    assert metadata["require_pkce"] is False
    assert metadata["trusted"] is True
    assert metadata["id_token_claims"] is True
    assert metadata["access_token_format"] == "opaque"
    assert metadata["jwks"] == keys
    assert metadata["require_pushed_authorization_requests"] is True
    assert metadata["dpop_bound_access_tokens"] is True
    assert len(metadata) == 21


def test_other_members_come_as_a_document_and_options_win(cli: Cli) -> None:
    document = json.dumps(
        {
            "redirect_uris": ["https://old.example.com/cb"],
            "default_max_age": 60,
            "unknown": 1,
            "scope": "openid",
        }
    )
    made = create(
        cli, "--name", "App", "--metadata", "-", "--redirect-uri", "https://new.example.com/cb", text=document
    )
    assert made["metadata"]["redirect_uris"] == ["https://new.example.com/cb"]
    assert made["metadata"]["default_max_age"] == 60
    assert made["metadata"]["scope"] == "openid"


@pytest.mark.parametrize("document", ["", "[]", "{", '"x"', "[" * 100_000, "\x00"])
def test_a_document_that_is_none_is_refused_in_a_sentence(refused: Refused, document: str) -> None:
    told = refused("clients", "create", "--name", "A", "--metadata", "-", text=document)
    assert "--metadata names is not a JSON object" in told


def test_a_document_with_a_member_of_the_wrong_type_is_refused_by_its_name(refused: Refused) -> None:
    told = refused("clients", "create", "--name", "A", "--metadata", "-", text='{"redirect_uris": "x"}')
    assert "redirect_uris: " in told


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["--redirect-uri", "http://app.example.com/cb"], "redirect_uris"),
        (["--redirect-uri", "https://app.example.com/*#x"], "redirect_uris"),
        (["--grant", "authorization_code"], "redirect_uris"),
        (["--public", "--grant", "client_credentials"], "grant_types"),
        (["--public", "--no-pkce", "--redirect-uri", "https://a.example.com/cb"], "require_pkce"),
        (["--auth-method", "private_key_jwt"], "jwks"),
        (["--scope", 'a"b'], "scope"),
        (["--accent-color", "blue"], "accent_color"),
        (["--logo-uri", "javascript:alert(1)"], "logo_uri"),
        (["--origin", "https://a.example.com/path"], "origins"),
    ],
    ids=str,
)
def test_what_cannot_be_registered_is_told_by_its_field(
    cli: Cli, refused: Refused, arguments: list[str], field: str
) -> None:
    assert f"- {field}: " in refused("clients", "create", "--name", "A", *arguments)
    cli("db", "upgrade")
    assert cli("clients", "list", "--json").stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "--name"),
        (["--for", "grafana"], "--url https://grafana.example.com"),
        (["--name", "A", "--url", "https://a.example.com"], "--for"),
        (["--for", "nothing", "--url", "https://a.example.com"], "'oauth2-proxy'"),
        (["--name", "A", "--public", "--auth-method", "client_secret_post"], "not both"),
        (["--name", "A", "--grant", "password"], "authorization_code"),
        (["--name", "A", "--file", ".env"], "--for"),
        (["--for", "nextauth", "--url", "https://a.example.com", "--file", "x"], ".env.local, auth.ts"),
    ],
    ids=str,
)
def test_a_wrong_call_says_how_to_call(cli: Cli, arguments: list[str], told: str) -> None:
    assert told in cli("clients", "create", *arguments, status=2).stderr


@pytest.mark.parametrize("name", preset_names())
def test_each_well_known_program_gets_its_client_and_its_settings(cli: Cli, name: str) -> None:
    url = "https://program.example.com"
    made = create(cli, "--for", name, "--url", url, "--issuer", "https://auth.example.com/")
    text = "".join(file["text"] for file in made["files"])
    assert text.count(made["client_secret"]) == 1
    assert text.count(made["client_id"]) == 1
    assert made["metadata"]["redirect_uris"][0].startswith(f"{url}/")
    shown = json.loads(cli("clients", "show", made["client_id"], "--json").stdout)
    assert shown["metadata"] == made["metadata"]
    told = cli("clients", "create", "--for", name, "--url", url)
    assert told.stdout.count("gp_cs_") == 1
    assert "gp_cs_" not in told.stderr
    assert "not printed again" in told.stderr


def test_settings_for_one_file_can_be_written_into_it_as_they_are_printed(cli: Cli) -> None:
    told = cli("clients", "create", "--for", "grafana", "--url", "https://grafana.example.com/")
    assert told.stdout.startswith("[server]\nroot_url = https://grafana.example.com\n")
    assert "This is for grafana.ini." in told.stderr
    one = cli(
        "clients", "create", "--for", "nextauth", "--url", "https://app.example.com", "--file", ".env.local"
    )
    assert one.stdout.startswith("AUTH_SECRET=")
    several = cli("clients", "create", "--for", "nextauth", "--url", "https://app.example.com")
    assert "==> .env.local <==" in several.stdout


def test_the_issuer_in_settings_is_the_one_that_the_server_has(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("clients", "create", "--for", "oauth2-proxy", "--url", "https://app.example.com")
    assert "The issuer is http://127.0.0.1:8000;" in cli(*arguments).stderr
    assert 'oidc_issuer_url = "http://127.0.0.1:9000"' in cli(*arguments, "--port", "9000").stdout
    monkeypatch.setenv("GATEPASS_ISSUER", "https://auth.example.com/")
    told = cli(*arguments)
    assert 'oidc_issuer_url = "https://auth.example.com/"' in told.stdout
    assert "--issuer" not in told.stderr


def test_options_win_over_what_a_program_usually_has(cli: Cli) -> None:
    made = create(
        cli, "--for", "grafana", "--url", "https://g.example.com", "--name", "Graphs", "--trusted",
        "--redirect-uri", "https://g.example.com/below/login/generic_oauth",
    )  # fmt: skip
    assert made["name"] == "Graphs"
    assert made["metadata"]["trusted"] is True
    assert made["metadata"]["redirect_uris"] == ["https://g.example.com/below/login/generic_oauth"]


def test_an_address_that_is_none_is_refused_and_nothing_is_made(cli: Cli, refused: Refused) -> None:
    told = refused("clients", "create", "--for", "grafana", "--url", 'https://x"; evil')
    assert "- url: " in told
    cli("db", "upgrade")
    assert cli("clients", "list", "--json").stdout == "[]\n"


def test_the_presets_are_listed_with_their_sources(cli: Cli) -> None:
    rows = json.loads(cli("clients", "presets", "--json").stdout)
    assert [row["name"] for row in rows] == list(preset_names())
    assert all(row["documentation"].startswith("https://") for row in rows)


def test_a_program_of_oauth_1_0a_signs_with_a_secret(cli: Cli) -> None:
    made = create(
        cli, "--name", "Printer", "--grant", "oauth1", "--redirect-uri", "https://printer.example.com/ready"
    )
    assert made["client_secret"].startswith("gp_cs_")
    assert made["metadata"] == {
        "redirect_uris": ["https://printer.example.com/ready"],
        "grant_types": ["oauth1"],
        "scope": "openid profile email offline_access",
        "token_endpoint_auth_method": "oauth1",
    }
    rotated = json.loads(cli("clients", "rotate-secret", made["client_id"], "--json").stdout)
    assert rotated["client_secret"].startswith("gp_cs_")
    assert rotated["client_secret"] != made["client_secret"]


def test_or_with_a_key_of_which_only_the_public_half_is_kept(
    cli: Cli, refused: Refused, tmp_path: Path
) -> None:
    key = Key.generate("RS256")
    pem = tmp_path / "signer.pub"
    pem.write_text(key.public_pem())
    made = create(cli, "--name", "Signer", "--grant", "oauth1", "--public-key", pem)
    assert "client_secret" not in made
    assert made["metadata"]["jwks"]["keys"][0]["n"] == key.public_jwk()["n"]
    (tmp_path / "signer.der").write_bytes(key.to_private_der())
    told = create(cli, "--name", "Signer", "--grant", "oauth1", "--public-key", tmp_path / "signer.der")
    assert set(told["metadata"]["jwks"]["keys"][0]) <= {"kty", "n", "e", "kid", "alg", "use"}
    (tmp_path / "none").write_text("no key")
    usual = ("clients", "create", "--name", "Signer", "--grant", "oauth1")
    assert "--public-key" in refused(*usual, "--public-key", tmp_path / "none")


def test_a_mix_of_oauth_1_0a_and_oauth_2_is_refused(refused: Refused) -> None:
    told = refused(
        "clients", "create", "--name", "Both", "--grant", "oauth1", "--grant", "authorization_code",
        "--redirect-uri", "https://printer.example.com/ready",
    )  # fmt: skip
    assert "not both" in told

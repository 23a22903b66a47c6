"""The tables of other houses: presets under what the operator says, every fault at once, no secret in a sentence."""

from pathlib import Path
from typing import Any

import pytest

from gatepass_server.presets.provider_shelf import find_provider, provider_names
from gatepass_server.settings import SettingsError, load_settings
from gatepass_server.settings.loosenings import find_loosenings
from gatepass_server.settings.upstreams import OPTIONS

SECRET = "a secret that nobody sees"
KEYS = {"client_id": "us", "client_secret": SECRET}


def load(tables: Any, **environ: str) -> Any:
    options = {"upstream": tables} if tables is not None else {}
    return load_settings(options=options, environ=environ)


def faults(tables: Any, **environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refused:
        load(tables, **environ)
    assert SECRET not in str(refused.value)
    return refused.value.faults


@pytest.mark.parametrize("name", provider_names())
def test_a_preset_needs_what_it_says_and_nothing_else(name: str) -> None:
    preset = find_provider(name)
    assert preset.documentation
    assert all(address.startswith("https://") for address in preset.documentation)
    assert set(preset.settings) <= set(OPTIONS)
    given = {"issuer": "https://id.example.com/realms/a", "tenant": "11111111-2222"}
    table = {need: given.get(need, "value") for need in preset.needs}
    upstream = load({"one": {"preset": name, **table}}).upstream["one"]
    assert upstream.client_id == "value"
    for need in preset.needs:
        rest = {other: value for other, value in table.items() if other != need}
        assert faults({"one": {"preset": name, **rest}})


def test_what_the_operator_says_goes_before_the_preset() -> None:
    table = {"preset": "gitlab", "issuer": "https://git.example.com", "label": "Our GitLab", **KEYS}
    upstream = load({"git": table}).upstream["git"]
    assert (upstream.issuer, upstream.label) == ("https://git.example.com", "Our GitLab")
    assert upstream.login == "nickname"


def test_the_tenant_stands_in_the_addresses() -> None:
    upstream = load({"ms": {"preset": "entra", "tenant": "organizations", **KEYS}}).upstream["ms"]
    assert upstream.issuer == "https://login.microsoftonline.com/organizations/v2.0"


def test_a_file_and_variables_make_one_table(tmp_path: Path) -> None:
    config = tmp_path / "gatepass.toml"
    config.write_text(
        '[upstream.my-corp]\npreset = "keycloak"\nissuer = "https://a.example"\nclient_id = "us"\n'
    )
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    environ = {
        "GATEPASS_UPSTREAM_MY_CORP__CLIENT_SECRET_FILE": str(secret),
        "GATEPASS_UPSTREAM_MY_CORP__ISSUER": "https://b.example",
        "GATEPASS_UPSTREAM_MY_CORP__EMAIL_DOMAINS": "a.example b.example",
        "GATEPASS_UPSTREAM_MY_CORP__ROLES_CLAIM": "groups",
        "GATEPASS_UPSTREAM_MY_CORP__ROLES": "staff=reader board=auditor",
        "GATEPASS_UPSTREAM_MY_CORP__USERINFO": "true",
        "GATEPASS_UPSTREAM_MY_CORP__LABEL": "",
    }
    upstream = load_settings(config=config, environ=environ).upstream["my-corp"]
    assert upstream.client_secret.reveal() == SECRET
    assert upstream.issuer == "https://b.example"
    assert upstream.email_domains == ("a.example", "b.example")
    assert upstream.roles == {"staff": "reader", "board": "auditor"}
    assert upstream.userinfo
    assert upstream.label == "Keycloak"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"preset": "gogle", **KEYS}, ["no preset 'gogle'"]),
        ({"preset": "google"}, ["client_id is needed", "client_secret is needed"]),
        ({"preset": "google", **KEYS, "scops": "openid"}, ["no option `scops`; did you mean `scope`?"]),
        ({"preset": "google", **KEYS, "scope": "email"}, ["scope must name openid"]),
        ({"preset": "google", **KEYS, "sign_up": "maybe"}, ["sign_up", "one of `on`, `off`"]),
        ({"preset": "google", **KEYS, "email_domains": "a b"}, ["email_domains", "a list of texts"]),
        ({"preset": "google", **KEYS, "client_secret_file": "/none"}, ["both given"]),
        ({"preset": "google", "client_id": "us", "client_secret_file": "/none"}, ["/none", "cannot be read"]),
        ({"preset": "google", **KEYS, "roles": {"a": "b"}}, ["roles and roles_claim"]),
        ({"preset": "google", **KEYS, "parameters": {"state": "x"}}, ["parameters must not name state"]),
        ({"preset": "entra", **KEYS}, ["tenant is needed"]),
        ({"issuer": "http://id.example.com", **KEYS}, ["use https"]),
        ({"issuer": "https://u:p@id.example.com", **KEYS}, ["absolute https URL"]),
        ({"kind": "oauth2", **KEYS}, ["authorize_url is needed", "token_url is needed"]),
        (
            {
                "preset": "keycloak",
                "issuer": "https://a.example",
                "client_id": "us",
                "client_auth": "none",
                "pkce": False,
            },
            ["pkce must stay on"],
        ),
    ],
    ids=str,
)
def test_every_fault_is_told_at_once_with_its_place(table: dict[str, Any], words: list[str]) -> None:
    found = faults({"one": table})
    assert all(sentence.startswith("upstream.one: ") for sentence in found)
    assert all(any(word in sentence for sentence in found) for word in words)


@pytest.mark.parametrize("name", ["Google", "a b", "", "-a", "a/b", "a" * 33])
def test_a_name_is_part_of_an_address_and_written_so(name: str) -> None:
    assert "small letters" in faults({name: {"preset": "google", **KEYS}})[0]


@pytest.mark.parametrize("tables", ["google", ["google"], {"google": "yes"}, 7])
def test_what_is_no_table_is_told(tables: object) -> None:
    assert "tables" in faults(tables)[0]


def test_what_is_weaker_than_it_could_be_is_told() -> None:
    tables = {
        "ms": {"preset": "entra", "tenant": "common", **KEYS, "keep_tokens": "sealed"},
        "corp": {"preset": "keycloak", "issuer": "https://a.example", **KEYS, "pkce": False},
        "apple": {"preset": "apple", "client_id": "a", "team_id": "t", "key_id": "k", "signing_key": "s"},
    }
    found = [sentence for sentence in find_loosenings(load(tables)) if sentence.startswith("upstream.")]
    assert [sentence.partition(":")[0] for sentence in found] == [
        "upstream.ms.keep_tokens",
        "upstream.ms.tenants",
        "upstream.corp.pkce",
    ]


def test_a_house_on_this_machine_may_be_plain() -> None:
    assert load({"dev": {"issuer": "http://127.0.0.1:9000", **KEYS}}).upstream["dev"].issuer


OWN_GITHUB = {
    "preset": "github",
    "authorize_url": "https://git.example.com/login/oauth/authorize",
    "token_url": "https://git.example.com/login/oauth/access_token",
    "userinfo_url": "https://git.example.com/api/v3/user",
    "emails_url": "https://git.example.com/api/v3/user/emails",
    **KEYS,
}
CLUB = {
    "kind": "oauth2",
    "authorize_url": "https://club.example/a/authorize",
    "token_url": "https://club.example/a/token",
    "userinfo_url": "https://club.example/a/me",
    **KEYS,
}


@pytest.mark.compliance("OpenID Connect Core 1.0", "5.7", "one issuer's subjects are of one house alone")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"preset": "github", **KEYS}, OWN_GITHUB),
        (CLUB, {**CLUB, "userinfo_url": "https://club.example/b/me"}),
        (CLUB, {**CLUB, "subject": "login"}),
        (CLUB, {"issuer": "https://club.example", **KEYS}),
        (CLUB, {**CLUB, "userinfo_url": ""}),
    ],
)
def test_two_houses_that_name_people_each_in_its_own_way_share_no_issuer(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    """Otherwise number 7 of the one would be let in as number 7 of the other."""
    (fault,) = faults({"one": first, "two": second})
    assert fault.startswith("upstream.two: ")
    assert "upstream.one" in fault


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"preset": "google", **KEYS}, {"preset": "google", "client_id": "another", "client_secret": "s"}),
        ({"preset": "github", **KEYS}, {"preset": "github", "client_id": "another", "client_secret": "s"}),
        ({"preset": "github", **KEYS}, {**OWN_GITHUB, "issuer": "https://git.example.com"}),
    ],
)
def test_one_house_may_have_two_tables(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert list(load({"one": first, "two": second}).upstream) == ["one", "two"]


RULES = {"roles_claim": "roles", "roles": {"Admin": "admin"}}
ENTRA = {"preset": "entra", **KEYS, **RULES}


@pytest.mark.parametrize("tenant", ["common", "organizations", "Common"])
def test_roles_are_not_given_by_whoever_runs_a_directory(tenant: str) -> None:
    """The administrators of each directory say which of its people have which role of an app."""
    (fault,) = faults({"ms": {**ENTRA, "tenant": tenant}})
    assert fault.startswith("upstream.ms: tenants must name")
    assert load({"ms": {**ENTRA, "tenant": tenant, "tenants": ["t-1"]}}).upstream["ms"].roles
    assert load({"ms": {**ENTRA, "tenant": "11111111-2222"}}).upstream["ms"].roles
    spelled = {**ENTRA, "tenant": "x", "issuer": f"https://login.microsoftonline.com/{tenant}/v2.0"}
    assert "tenants must name" in faults({"ms": spelled})[0]

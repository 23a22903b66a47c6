"""Ready settings: what each program is registered with, and what is printed for it."""

import configparser
import re
import tomllib

import msgspec
import pytest

from docs.generate.programs import CLIENT_ID, CLIENT_SECRET
from gatepass_server.domain.client_rules import check_metadata
from gatepass_server.domain.clients import Client
from gatepass_server.domain.secret import Secret
from gatepass_server.presets import Preset, SettingsFile, all_presets, find_preset, preset_names
from gatepass_server.presets.rendering import checked_program_url, rendered, values_for
from gatepass_server.protocol.metadata import metadata
from gatepass_server.protocol.scopes import STANDARD

ISSUERS = ["https://auth.example.com", "https://auth.example.com/", "https://example.com/tenants/a/"]
EACH = pytest.mark.parametrize("name", preset_names())


def files_of(
    name: str, issuer: str = ISSUERS[0], url: str = "https://program.example.com"
) -> list[SettingsFile]:
    preset = find_preset(name)
    client = Client(id=CLIENT_ID, name=preset.title, created_at=0, metadata=preset.metadata(url))
    return list(rendered(preset, values_for(client, Secret(CLIENT_SECRET), issuer=issuer, url=url)))


def test_the_programs_that_teams_ask_for_are_there() -> None:
    asked = (
        "oauth2-proxy grafana jupyterhub pgadmin nextauth gitea argocd django authlib-flask authlib-starlette"
    )
    assert set(asked.split()) <= set(preset_names())
    assert all_presets().keys() == set(preset_names())
    with pytest.raises(KeyError):
        find_preset("../grafana")


@EACH
def test_the_client_of_each_program_can_be_registered(name: str) -> None:
    preset = find_preset(name)
    for url in ("https://program.example.com", "https://example.com/below", "http://127.0.0.1:9000"):
        metadata = check_metadata(preset.metadata(url))
        assert all(uri.startswith(f"{url}/") for uri in metadata.redirect_uris)
        assert set(metadata.scopes) <= set(STANDARD)
        assert "openid" in metadata.scopes
        assert "authorization_code" in metadata.grant_types
        assert not metadata.trusted


@EACH
@pytest.mark.parametrize("issuer", ISSUERS)
def test_id_and_secret_stand_in_the_settings_once_and_the_issuer_as_tokens_name_it(
    name: str, issuer: str
) -> None:
    text = "".join(file.text for file in files_of(name, issuer))
    assert text.count(CLIENT_SECRET) == 1
    assert text.count(CLIENT_ID) == 1
    assert "<<" not in text
    assert ">>" not in text
    # The issuer alone in quotes or to the end of its line, or the address of a document or endpoint below it.
    base = issuer.rstrip("/")
    for found in re.findall(rf"{re.escape(base)}[^\s\"'?]*", text):
        assert found == issuer or re.match(r"/(oauth2|\.well-known)/[a-z]", found.removeprefix(base)), found
    assert base in text


@EACH
def test_where_the_program_listens_is_what_it_is_registered_with(name: str) -> None:
    preset = find_preset(name)
    text = "".join(file.text for file in files_of(name))
    (path,) = preset.client.redirect_paths
    known_elsewhere = {"argocd", "django", "django-allauth", "gitea", "grafana", "nextauth", "pgadmin"}
    assert (f"https://program.example.com{path}" in text) != (name in known_elsewhere)


@EACH
def test_what_is_said_of_each_program_names_its_source(name: str) -> None:
    preset = find_preset(name)
    assert all(re.fullmatch(r"https://[a-z0-9.-]+/\S+", url) for url in preset.documentation)
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", preset.checked)
    assert checked_program_url(preset.example_url) == preset.example_url
    assert all(note.endswith((".", ")")) for note in preset.notes)


@EACH
def test_settings_can_be_read_in_their_own_language(name: str) -> None:
    for file in files_of(name):
        if file.language == "toml":
            tomllib.loads(file.text)
        elif file.language == "ini":
            parser = configparser.ConfigParser(interpolation=None)
            parser.read_string(file.text)
            assert parser["auth.generic_oauth"]["client_secret"] == CLIENT_SECRET
        elif file.language == "python":
            compile(file.text, file.name, "exec")
        elif file.language == "yaml":
            assert "\t" not in file.text
        else:
            assert file.language in {"sh", "ts"}


PKCE_WORDS = {
    "oauth2-proxy": 'code_challenge_method = "S256"',
    "grafana": "use_pkce = true",
    "jupyterhub": "enable_pkce = True",
    "pgadmin": '"OAUTH2_CHALLENGE_METHOD": "S256"',
    "nextauth": '"pkce"',
    "argocd": "enablePKCEAuthentication: true",
    "django": "OIDC_USE_PKCE = True",
    "django-allauth": '"OAUTH_PKCE_ENABLED": True',
    "authlib-flask": '"code_challenge_method": "S256"',
    "authlib-starlette": '"code_challenge_method": "S256"',
}


@pytest.mark.compliance("RFC 9700", "2.1.1", "clients use PKCE")
@pytest.mark.parametrize(("name", "words"), list(PKCE_WORDS.items()))
def test_programs_in_which_pkce_is_a_switch_have_it_on(name: str, words: str) -> None:
    assert words in "".join(file.text for file in files_of(name))
    assert find_preset(name).client.require_pkce


def test_programs_that_read_the_id_token_alone_are_told_of_people_there() -> None:
    reading = {name for name, preset in all_presets().items() if preset.client.id_token_claims}
    assert reading == {"argocd", "nextauth", "streamlit"}


def test_random_secrets_are_new_each_time() -> None:
    (first,), (second,) = files_of("oauth2-proxy"), files_of("oauth2-proxy")
    assert tomllib.loads(first.text)["cookie_secret"] != tomllib.loads(second.text)["cookie_secret"]
    assert len(tomllib.loads(first.text)["cookie_secret"]) == 43  # 32 bytes, which oauth2-proxy asks for


@pytest.mark.parametrize("url", ["https://a.example.com", "http://localhost:3000", "https://[::1]:8/x/y"])
def test_addresses_of_programs(url: str) -> None:
    assert checked_program_url(url) == url
    assert checked_program_url(f"{url}/") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "grafana.example.com",
        "ftp://a.example.com",
        "https://",
        "https://a.example.com?x=1",
        "https://a.example.com#x",
        "https://ann:secret@a.example.com",
        'https://a.example.com/"; evil = "',
        "https://a.example.com/$(evil)",
        "https://a.example.com\nadmin = true",
        "https://a:99999/",
        "https://[",
        "https://exämple.com",
    ],
)
def test_what_is_no_address_of_a_program_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="own address"):
        checked_program_url(url)


def test_a_data_file_with_a_word_that_is_not_known_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="redirekt"):
        msgspec.toml.decode(b'title = "x"\nredirekt = 1', type=Preset)


@pytest.mark.parametrize("issuer", ISSUERS)
def test_the_addresses_in_settings_are_those_that_the_server_publishes(issuer: str) -> None:
    published = metadata(issuer, grant_types=(), authentication=(), algorithms=())
    url = "https://program.example.com"
    client = Client(id="c", name="c", created_at=0, metadata=find_preset("grafana").metadata(url))
    values = values_for(client, None, issuer=issuer, url=url)
    named = {name for name in values if name.endswith(("_endpoint", "_uri", "issuer"))} - {"redirect_uri"}
    assert {name: values[name] for name in named & published.keys()} == {
        name: published[name] for name in named & published.keys()
    }
    assert len(named & published.keys()) >= 5

"""Types, bounds, and settings that must fit each other."""

import pytest

from gatepass_server.domain.secret import Secret
from gatepass_server.settings import Settings, SettingsError, load_settings
from gatepass_server.settings.kinds import FIELDS, description_of, kind_of, variable_of
from gatepass_server.settings.loosenings import find_loosenings

NUMBERS = [name for name in FIELDS if kind_of(name).startswith("a whole number")]


def test_the_model_is_frozen() -> None:
    with pytest.raises(AttributeError):
        Settings().port = 1  # type: ignore[misc] # that it cannot be set is what is shown


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_has_a_manual_entry_of_whole_sentences(name: str) -> None:
    assert description_of(name).endswith(".")


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("text", ["x", "-1", "1.5", "99999999999999999999999", " 7", "\u0667"])
def test_a_number_out_of_bounds_names_the_variable_and_the_bound(name: str, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ={variable_of(name): text})
    assert caught.value.faults[0] == f"{variable_of(name)}: it must be {kind_of(name)}."


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("True", True), ("1", True), ("false", False), ("0", False)]
)
def test_a_switch_is_read_as_people_write_it(text: str, value: bool) -> None:
    assert load_settings(environ={"GATEPASS_ARTICLE_ANSWERS": text}).article_answers is value


@pytest.mark.parametrize("text", ["yes", "2", "on"])
def test_a_switch_takes_nothing_else(text: str) -> None:
    with pytest.raises(SettingsError, match="GATEPASS_ARTICLE_ANSWERS: it must be `true` or `false`"):
        load_settings(environ={"GATEPASS_ARTICLE_ANSWERS": text})


def test_old_programs_are_not_served_where_a_shared_secret_signs() -> None:
    with pytest.raises(SettingsError, match="where a shared secret signs, programs are not served"):
        load_settings(environ={"GATEPASS_OAUTH1": "true", "GATEPASS_SIGNING_SECRET": "s" * 32})


def test_a_choice_names_all_choices() -> None:
    with pytest.raises(SettingsError, match="it must be one of `debug`, `info`, `warning`, `error`"):
        load_settings(environ={"GATEPASS_LOG_LEVEL": "INFO"})
    with pytest.raises(SettingsError, match=r"one of `RS256`, .*`Ed25519`"):
        load_settings(environ={"GATEPASS_SIGNING_ALGORITHM": "HS256"})


@pytest.mark.compliance("RFC 6749", "3.3", "scopes are printable ASCII separated by single spaces")
@pytest.mark.parametrize("text", ['a"b', "a  b", " a", "a ", "a\n", "ü", "a\\b", "a\tb"], ids=ascii)
def test_a_scope_that_no_token_can_carry_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="GATEPASS_LOGIN_SCOPE: it must be a text with scopes"):
        load_settings(environ={"GATEPASS_LOGIN_SCOPE": text})


def test_scopes_are_split_at_spaces() -> None:
    assert load_settings(environ={"GATEPASS_LOGIN_SCOPE": "a b:c"}).login_scopes == ("a", "b:c")
    assert Settings(login_scope="").login_scopes == ()


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        (
            {"GATEPASS_ARGON2_PARALLELISM": "4", "GATEPASS_ARGON2_MEMORY_KIB": "31"},
            "8 KiB of memory per lane",
        ),
        (
            {"GATEPASS_ARGON2_TIME_COST": "100", "GATEPASS_ARGON2_MEMORY_KIB": "1048576"},
            "memory times passes",
        ),
        ({"GATEPASS_OUTBOUND_ALLOW": "10.0.0.1/8"}, "no bits beyond its length"),
        ({"GATEPASS_OUTBOUND_ALLOW": "app.internal:8443"}, "neither the name of a host"),
        ({"GATEPASS_OUTBOUND_ALLOW": "*.internal"}, "no wildcard"),
        ({"GATEPASS_REGISTRATION_RESOURCES": "https://a.example b"}, "no absolute URI"),
        ({"GATEPASS_OUTBOUND_ALLOW": "0x7f000001"}, "neither the name of a host"),
        ({"GATEPASS_REFRESH_TOKEN_IDLE": "61", "GATEPASS_SESSION_TTL": "60"}, "longer than the session_ttl"),
    ],
)
def test_settings_that_do_not_fit_each_other_are_refused(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as caught:
        load_settings(environ=environ)
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].partition(":")[0] in environ


def test_the_defaults_are_not_loose() -> None:
    assert find_loosenings(Settings()) == []


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (Settings(article_answers=True), "article_answers"),
        (Settings(insecure_http=True), "insecure_http"),
        (Settings(host="0.0.0.0"), "issuer"),
        (Settings(signing_secret=Secret("x" * 32)), "signing_secret"),
        (Settings(argon2_memory_kib=19_455), "argon2"),
        (Settings(argon2_time_cost=1), "argon2"),
        (Settings(login_failures_per_account=101), "login_failures_per_account"),
        (Settings(access_token_ttl=3601), "access_token_ttl"),
        (Settings(key_publish_lead=299), "key_publish_lead"),
        (Settings(registration="open"), "registration"),
        (Settings(client_metadata_documents=True), "client_metadata_documents"),
        (Settings(mcp_servers="https://mcp.example.com/mcp"), "mcp_servers"),
        (Settings(outbound_insecure=True), "outbound_insecure"),
        (Settings(outbound_allow="10.0.0.0/8"), "outbound_allow"),
    ],
)
def test_each_loosening_is_told_by_its_name(settings: Settings, name: str) -> None:
    (sentence,) = find_loosenings(settings)
    assert sentence.startswith(f"{name}: ")
    assert sentence.endswith(".")


def test_mcp_servers_open_what_their_clients_need() -> None:
    settings = Settings(
        mcp_servers="https://a.example/mcp https://b.example/mcp", registration_resources="urn:c"
    )
    assert (settings.openness, settings.takes_documents) == ("open", True)
    assert settings.open_resources == ("urn:c", "https://a.example/mcp", "https://b.example/mcp")


def test_who_registers_nobody_does_not_for_mcp_either() -> None:
    settings = Settings(mcp_servers="https://a.example/mcp", registration="off")
    assert (settings.openness, settings.takes_documents) == ("off", True)

"""Where settings come from, and which source wins."""

from pathlib import Path
from typing import Any

import pytest

from gatepass_server.settings import Settings, SettingsError, load_settings


def faults_of(**arguments: Any) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(**{"environ": {}, **arguments})
    return caught.value.faults


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    return tmp_path / "gatepass.toml"


def test_without_any_source_everything_has_its_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings(environ={}) == Settings()


def test_variables_win_over_the_file_and_options_over_both(toml: Path) -> None:
    toml.write_text("port = 1001\nthreads = 11\nlog_level = 'debug'\n")
    environ = {"GATEPASS_PORT": "1002", "GATEPASS_THREADS": "12"}
    settings = load_settings(options={"port": 1003}, environ=environ, config=toml)
    assert (settings.port, settings.threads, settings.log_level) == (1003, 12, "debug")


def test_an_option_that_was_not_given_hides_nothing(toml: Path) -> None:
    toml.write_text("port = 1001\n")
    assert load_settings(options={"port": None}, environ={}, config=toml).port == 1001


def test_the_file_is_the_one_named_or_gatepass_toml_here(
    toml: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml.write_text("port = 1001\n")
    other = tmp_path / "other.toml"
    other.write_text("port = 1002\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings(environ={}).port == 1001
    assert load_settings(environ={"GATEPASS_CONFIG": str(other)}).port == 1002
    assert load_settings(environ={"GATEPASS_CONFIG": str(other)}, config=toml).port == 1001


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"port 8000", "it is not TOML: Expected '=' after a key in a key/value pair (at line 1, column 6)."),
        (b"host = '\xff'", "it is not UTF-8 text."),
        (b"a = " + b"[" * 100_000, "it is not TOML: maximum recursion depth exceeded"),
        (b"[listener]\nport = 1", "there is no setting `listener`."),
        (b"prot = 1", "there is no setting `prot`; did you mean `port`?"),
        (b"[port]\nx = 1", "port: it must be a whole number from 1 to 65535."),
        (b"port = 8000.5", "port: it must be a whole number from 1 to 65535."),
        (b"port = true", "port: it must be a whole number from 1 to 65535."),
        (b"issuer = 7", "issuer: it must be a text."),
        (b"data = 7", "data: it must be a path."),
        (b"article_answers = 'perhaps'", "article_answers: it must be `true` or `false`."),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_with_its_fault(
    toml: Path, content: bytes, sentence: str
) -> None:
    toml.write_bytes(content)
    (fault,) = faults_of(config=toml)
    assert fault.startswith(f"{toml}: {sentence}")


def test_a_file_that_is_not_there_is_a_fault_only_if_it_was_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    assert faults_of(environ={"GATEPASS_CONFIG": str(missing)}) == (
        f"{missing}: it cannot be read: No such file or directory.",
    )
    assert faults_of(config=tmp_path) == (f"{tmp_path}: it cannot be read: Is a directory.",)


@pytest.mark.parametrize(
    ("variable", "sentence"),
    [
        ("GATEPASS_ISUER", "there is no such setting; did you mean `GATEPASS_ISSUER`?"),
        ("GATEPASS_issuer", "there is no such setting; did you mean `GATEPASS_ISSUER`?"),
        ("GATEPASS_ISSUER_FILE", "there is no such setting; did you mean `GATEPASS_ISSUER`?"),
        ("GATEPASS_DATABASE_URI", "there is no such setting; did you mean `GATEPASS_DATABASE_URL`?"),
        ("GATEPASS_QQQQ", "there is no such setting."),
        ("GATEPASS_", "there is no such setting."),
        ("GATEPASS__FILE", "there is no such setting."),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest_name_even_if_empty(
    variable: str, sentence: str
) -> None:
    assert faults_of(environ={variable: "x"}) == (f"{variable}: {sentence}",)
    assert faults_of(environ={variable: ""}) == (f"{variable}: {sentence}",)


def test_an_unknown_option_of_a_program_is_refused_with_the_nearest_name() -> None:
    assert faults_of(options={"isuer": "x"}) == ("isuer: there is no such setting; did you mean `issuer`?",)
    assert faults_of(options={"isuer": None}) == ("isuer: there is no such setting; did you mean `issuer`?",)


def test_an_empty_variable_is_not_set(toml: Path, tmp_path: Path) -> None:
    toml.write_text("port = 1001\n")
    secret = tmp_path / "secret"
    secret.write_text("sqlite:///x")
    environ = {"GATEPASS_PORT": "", "GATEPASS_DATABASE_URL": "", "GATEPASS_DATABASE_URL_FILE": str(secret)}
    settings = load_settings(environ={**environ, "GATEPASS_MASTER_KEY_FILE": ""}, config=toml)
    assert settings.port == 1001
    assert settings.database_url.reveal() == "sqlite:///x"


def test_variables_of_others_and_of_the_tests_are_left_alone() -> None:
    environ = {"PATH": "x", "GATEPASS_TEST_POSTGRES_URL": "x", "GATEPASSWORD": "x"}
    load_settings(environ=environ, config=None)


def test_what_kubernetes_tells_about_a_service_named_gatepass_is_passed_over() -> None:
    environ = {
        "GATEPASS_SERVICE_HOST": "10.0.0.1",
        "GATEPASS_SERVICE_PORT": "80",
        "GATEPASS_SERVICE_PORT_HTTP": "80",
        "GATEPASS_PORT": "tcp://10.0.0.1:80",
        "GATEPASS_PORT_80_TCP": "tcp://10.0.0.1:80",
        "GATEPASS_PORT_80_TCP_ADDR": "10.0.0.1",
        "GATEPASS_PORT_80_TCP_PROTO": "tcp",
    }
    assert load_settings(environ=environ).port == 8000


def test_every_fault_of_every_source_is_told_at_once(toml: Path, tmp_path: Path) -> None:
    toml.write_text("prot = 1\nthreads = 1\nissuer = 'http://example.com'\n")
    environ = {"GATEPASS_PORT": "0", "GATEPASS_X": "", "GATEPASS_MASTER_KEY_FILE": str(tmp_path / "none")}
    found = faults_of(config=toml, environ=environ, options={"workers": 1000, "session_ttl": 60})
    assert found == (
        f"{toml}: there is no setting `prot`; did you mean `port`?",
        "GATEPASS_X: there is no such setting.",
        f"GATEPASS_MASTER_KEY_FILE: the file {tmp_path / 'none'} cannot be read: No such file or directory.",
        f"{toml}: threads: it must be a whole number from 4 to 512.",
        "GATEPASS_PORT: it must be a whole number from 1 to 65535.",
        "workers: it must be a whole number from 1 to 256.",
        f"{toml}: issuer: use https, or say `insecure_http = true` if readable traffic is acceptable.",
        "session_ttl: the refresh_token_idle of 1209600 seconds is longer than the session_ttl of 60.",
    )


def test_the_message_lists_the_faults_one_a_line() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ={"GATEPASS_X": "", "GATEPASS_Y": ""})
    assert str(caught.value).splitlines() == [
        "These settings cannot be used:",
        "  - GATEPASS_X: there is no such setting.",
        "  - GATEPASS_Y: there is no such setting.",
    ]


def test_a_setting_that_is_wrong_itself_brings_no_fault_about_how_it_fits_others() -> None:
    environ = {"GATEPASS_SESSION_TTL": "long", "GATEPASS_REFRESH_TOKEN_IDLE": str(91 * 86_400)}
    assert faults_of(environ=environ) == (
        "GATEPASS_SESSION_TTL: it must be a whole number from 60 to 63072000.",
    )

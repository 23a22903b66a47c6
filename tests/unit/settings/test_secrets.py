"""Secrets among the settings: given by a file, and never shown."""

import pickle
from pathlib import Path

import pytest

from gatepass_server.settings import SettingsError, load_settings
from gatepass_server.settings.kinds import FIELDS, is_secret, variable_of

SECRETS = [name for name in FIELDS if is_secret(name)]
HIDDEN = "s3cr3t-that-nobody-may-see"


def test_the_secrets_are_these() -> None:
    assert SECRETS == ["database_url", "master_key", "signing_secret", "ldap_bind_password"]


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_a_file_can_hold_it_and_a_line_end_is_not_part_of_it(tmp_path: Path, name: str, end: str) -> None:
    path = tmp_path / "secret"
    path.write_bytes((" " + HIDDEN * 2 + " " + end).encode())
    settings = load_settings(environ={f"{variable_of(name)}_FILE": str(path)})
    assert getattr(settings, name).reveal() == " " + HIDDEN * 2 + " "


@pytest.mark.parametrize("name", SECRETS)
def test_the_text_and_the_file_together_are_a_fault(tmp_path: Path, name: str) -> None:
    path = tmp_path / "secret"
    path.write_text(HIDDEN)
    environ = {variable_of(name): HIDDEN * 2, f"{variable_of(name)}_FILE": str(path)}
    with pytest.raises(SettingsError) as caught:
        load_settings(environ=environ)
    assert caught.value.faults == (
        f"{variable_of(name)}_FILE: {variable_of(name)} is set too; use one of the two.",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file or directory."),
        (b"\xff" + HIDDEN.encode(), "the file is not UTF-8 text."),
    ],
)
def test_a_file_that_cannot_be_read_is_named_without_a_byte_of_it(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_settings(environ={"GATEPASS_MASTER_KEY_FILE": str(path)})
    assert sentence in str(caught.value)
    assert "0xff" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("name", SECRETS)
def test_no_error_and_no_text_of_the_settings_shows_one(tmp_path: Path, name: str) -> None:
    environ = {variable_of(name): HIDDEN, "GATEPASS_PORT": "0", "GATEPASS_X": HIDDEN}
    toml = tmp_path / "gatepass.toml"
    toml.write_text(f"{name} = ['{HIDDEN}']\n")
    for arguments in ({"environ": environ}, {"environ": {}, "config": toml}):
        with pytest.raises(SettingsError) as caught:
            load_settings(**arguments)
        assert HIDDEN not in f"{caught.value!r} {caught.value} {caught.value.faults}"
    settings = load_settings(environ={variable_of(name): HIDDEN * 2})
    assert HIDDEN not in repr(settings)
    with pytest.raises(TypeError, match="not written anywhere"):
        pickle.dumps(settings)


def test_a_short_signing_secret_is_refused_by_its_bytes() -> None:
    with pytest.raises(SettingsError, match=r"GATEPASS_SIGNING_SECRET: it must have at least 32 bytes"):
        load_settings(environ={"GATEPASS_SIGNING_SECRET": "x" * 31})
    load_settings(environ={"GATEPASS_SIGNING_SECRET": "ü" * 16})

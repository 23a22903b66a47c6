"""A server that cannot serve says so in a sentence that says what to do, and stops."""

from pathlib import Path

import pytest

from tests.support.server import clean_environment, run, run_afresh, serving


def refusal(folder: Path, *arguments: str, afresh: bool = True, **settings: str) -> str:
    """What ``gatepass serve`` says before it gives up."""
    start = run_afresh if afresh else run
    ended = start("serve", *arguments, environment=clean_environment(data=str(folder / "data"), **settings))
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_a_second_server_on_the_same_port_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        said = refusal(tmp_path, "--port", str(server.port))
        assert f"Cannot listen on 127.0.0.1:{server.port}" in said
        assert "--port" in said
        assert server.command("users", "list").returncode == 0


def test_a_server_that_lost_its_master_key_says_what_to_do(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        port = str(server.port)
        server.stop()
    kept = tmp_path / "data" / "master.key"
    text = kept.read_text()
    kept.unlink()
    said = refusal(tmp_path, "--port", port)
    assert "master key" in said
    kept.write_text(text)
    with serving(tmp_path, port=int(port)):
        pass  # and with its key it stands again


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"master_key": "short"}, "32 bytes"),
        ({"database_url": "postgresql://gatepass:hunter22@127.0.0.1:1/none"}, "127.0.0.1:1/none"),
        ({"database_url": "mysql://root@localhost/x"}, "mysql"),
        ({"signing_secret": "a secret of thirty-two bytes or more"}, "signing_secret"),
        ({"log_level": "loud"}, "GATEPASS_LOG_LEVEL"),
        ({"prot": "80"}, "GATEPASS_PROT"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    afresh = "database_url" in settings  # how a process starts is the same for all
    said = refusal(tmp_path, "--port", "65000", afresh=afresh, **settings)
    assert words in said
    assert "hunter22" not in said

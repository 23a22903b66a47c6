"""What was acknowledged survives a restart, and a ``kill -9`` right after the acknowledgement."""

from pathlib import Path

from tests.support.server import Server, log_in, me, serving, sign_up
from tests.support.thorough import times

KILLS = times(3, thorough=10)


def test_accounts_sessions_and_keys_survive_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert sign_up(server.url).status_code == 201
        tokens = log_in(server.url).json()
        status, _ = server.stop()
        assert status == 0
        with serving(tmp_path, port=server.port) as again:
            assert me(again.url, tokens["token"]).status_code == 200
            assert log_in(again.url).status_code == 201


def test_an_acknowledged_sign_up_survives_a_kill_of_the_whole_group(tmp_path: Path) -> None:
    port = None
    for number in range(KILLS):
        server = Server(tmp_path, port=port)
        try:
            server.wait_until_ready()
            assert sign_up(server.url, f"u{number}@example.com").status_code == 201
        finally:
            server.kill()
        port = server.port
    with serving(tmp_path, port=port) as server:
        for number in range(KILLS):
            assert log_in(server.url, f"u{number}@example.com").status_code == 201
            assert sign_up(server.url, f"u{number}@example.com").status_code == 202

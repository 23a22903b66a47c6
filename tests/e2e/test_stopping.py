"""SIGTERM under load: the server stops soon, and what it began to answer is answered whole."""

import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import httpx
import pytest

from tests.support.server import EMAIL, PASSWORD, FreshServer, log_in, serving, sign_up
from tests.support.thorough import times

THREADS = 8


def hammer(url: str, token: str, number: int, warm: Event, stopped: Event) -> tuple[int, list[str]]:
    """Log in and list users until the server is gone; how many answers were whole, and what was cut off."""
    whole, broken = 0, []
    with httpx.Client(base_url=url, timeout=20) as client:
        while not stopped.is_set():
            try:
                if number % 2:
                    answer = client.post("/login", json={"email": EMAIL, "password": PASSWORD})
                else:
                    answer = client.get("/user", headers={"Authorization": f"Bearer {token}"})
            except httpx.RemoteProtocolError as error:
                if "incomplete" in str(error) or "without sending complete" in str(error):
                    broken.append(str(error))
            except httpx.TransportError:
                pass  # the connection was refused or closed before any answer
            else:
                if answer.status_code not in {200, 201} or not answer.json():
                    broken.append(f"{answer.status_code} {answer.text}")
                whole += 1
                if whole > 3:
                    warm.set()
    return whole, broken


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_under_load_stops_within_five_seconds_and_finishes_its_answers(
    tmp_path: Path, workers: str
) -> None:
    limit = "1000000"
    with serving(tmp_path, workers=workers, hash_queue="64", login_failures_per_account=limit) as server:
        sign_up(server.url)
        token = log_in(server.url).json()["token"]
        warm, stopped = [Event() for _ in range(THREADS)], Event()
        with ThreadPoolExecutor(THREADS) as pool:
            running = [
                pool.submit(hammer, server.url, token, number, warm[number], stopped)
                for number in range(THREADS)
            ]
            try:
                assert all(event.wait(timeout=20) for event in warm)
                status, seconds = server.stop()
            finally:
                stopped.set()
            outcomes = [future.result(timeout=30) for future in running]
        assert status == 0
        assert seconds < 5
        assert [broken for _, broken in outcomes if broken] == []
        assert sum(whole for whole, _ in outcomes) > 4 * THREADS


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_hang_up_changes_nothing_and_the_server_stops_as_soon_as_before(
    tmp_path: Path, workers: str
) -> None:
    with serving(tmp_path, workers=workers) as server:
        server._process.send_signal(signal.SIGHUP)
        assert httpx.get(f"{server.url}/readyz", timeout=5).status_code == 200
        status, seconds = server.stop()
    assert status == 0
    assert seconds < 2


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_that_is_told_to_stop_while_it_starts_stops(tmp_path: Path, workers: str) -> None:
    for _ in range(times(2, thorough=5)):
        server = FreshServer(tmp_path, workers=workers)
        try:
            deadline = monotonic() + 30
            while "answers on" not in server.log.read_text() and monotonic() < deadline:
                sleep(0.001)
            status, seconds = server.stop()
        finally:
            server.kill()
        assert status in {0, -signal.SIGTERM}  # the latter before it heeds signals
        assert seconds < 2
        server.log.unlink()


def test_a_server_whose_connections_were_dropped_within_their_bodies_stops_cleanly(tmp_path: Path) -> None:
    head = b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n{"
    with serving(tmp_path) as server:
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                connection.sendall(head)
        assert server.stop()[0] == 0
        assert "panicked" not in server.log.read_text()

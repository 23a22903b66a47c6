"""A program that forks, and a program that ends: neither notices that lists are looked after."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gatepass import Key
from tests.status.list_server import ListServer, serving

ROOT = Path(__file__).parents[2]

PROGRAM = """
import os, sys, time
from gatepass import Key, TokenError, load_key
from gatepass.sources import NamedKeys
from gatepass.status import StatusFeed, StatusPolicy, StatusReference

issuer, task = sys.argv[1:]
key = load_key(sys.stdin.read())
feed = StatusFeed(StatusPolicy(), issuer=issuer, keys=NamedKeys([key]), algorithms=frozenset({"ES256"}))
reference = StatusReference(issuer + "/status-lists/1", 7)

def ask():
    try:
        if feed.due(reference):
            feed.refresh(reference)
        feed.check(reference)
    except TokenError as error:
        return error.code
    return "good"

def until(what, seconds=5.0):
    end = time.monotonic() + seconds
    while (said := ask()) != what:
        if time.monotonic() > end:
            raise SystemExit(f"{os.getpid()}: {said}, not {what}")
        time.sleep(0.01)
"""

FORK = """
until("good")
children = []
for _ in range(3):
    child = os.fork()
    if child == 0:
        assert not feed.due(reference), "the list is still fresh, and its keeper is woken without a wait"
        assert feed._stock._keeper.running
        until("good")
        print("ready\\n", end="", flush=True)  # in one piece: others write here, too
        until("revoked")
        os._exit(0)
    children.append(child)
until("revoked")
for child in children:
    assert os.waitpid(child, 0)[1] == 0
"""

FORK_WHILE_AT_WORK = """
import threading
until("good")
stop = threading.Event()
def busy():
    while not stop.is_set():
        ask()
        feed._stock._keeper.call()
        with feed._stock._lock:
            pass
threads = [threading.Thread(target=busy) for _ in range(4)]
for thread in threads:
    thread.start()
for _ in range(30):
    child = os.fork()
    if child == 0:
        until("good")
        with feed._stock._lock:
            feed._stock._lists.clear()
        until("good")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
for thread in threads:
    thread.join()
"""

END = """
if task == "fetching":
    until("good")
    while feed._stock._lists[reference.uri].attempt is None:
        ask()
else:
    until(task)
print(time.monotonic())
"""


@pytest.fixture
def server(key: Key) -> Iterator[ListServer]:
    with serving(key) as server:
        yield server


def program(server: ListServer, key: Key, text: str, task: str = "good") -> subprocess.Popen[str]:
    """Start a program that uses a feed; every warning is an error there."""
    # 3.12 warns of every fork of a program with threads; that it goes well all the same is what is shown here.
    switches = ["-X", "dev", "-W", "error", "-W", "ignore:This process:DeprecationWarning"]
    running = subprocess.Popen(
        [sys.executable, *switches, "-c", PROGRAM + text, server.url, task],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert running.stdin is not None
    running.stdin.write(key.public_pem())
    running.stdin.close()
    running.stdin = None
    return running


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="there is no fork here")
def test_every_process_that_was_forked_looks_after_its_lists_itself(server: ListServer, key: Key) -> None:
    running = program(server, key, FORK)
    assert running.stdout is not None
    for _ in range(3):
        assert running.stdout.readline() == "ready\n"
    before = len(server.requests)
    deadline = time.monotonic() + 10
    while len(server.requests) < before + 8:
        assert time.monotonic() < deadline, "four processes, each with a fetch in half a second"
        time.sleep(0.01)
    server.statuses = {7: 1}
    _, errors = running.communicate(timeout=20)
    assert (running.returncode, errors) == (0, "")


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="there is no fork here")
def test_a_fork_while_locks_are_held_holds_up_nobody(server: ListServer, key: Key) -> None:
    running = program(server, key, FORK_WHILE_AT_WORK)
    _, errors = running.communicate(timeout=60)
    assert (running.returncode, errors) == (0, "")


@pytest.mark.parametrize("state", ["good", "fetching", "status_unavailable"])
def test_a_program_ends_at_once_and_without_a_word(server: ListServer, key: Key, state: str) -> None:
    if state == "status_unavailable":
        server.page = server.fail
    running = program(server, key, END, state)
    if state == "fetching":
        deadline = time.monotonic() + 20
        while not server.requests:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        server.page = server.hang
    output, errors = running.communicate(timeout=30)
    ended = time.monotonic()
    told = [line for line in errors.splitlines() if "could not be renewed" not in line]
    assert (running.returncode, told) == (0, [])
    assert ended - float(output) < 2, "a fetch has five seconds, and nobody waits for it"


def test_whoever_follows_no_revocations_loads_no_http() -> None:
    script = (
        "import sys, gatepass, gatepass.status; print('urllib.request' in sys.modules, 'ssl' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split()[0] == "False"

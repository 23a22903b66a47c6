"""Programs that fork and programs that end while something is being fetched."""

import subprocess
import sys
import time

import pytest

PRELUDE = """
import asyncio, os, sys, threading, time
from gatepass import Key
from gatepass.key_sources.jwks_address import JwksAddressKeys
from gatepass.offload import Offload

key = Key.generate("ES256")
now, asked, open_ = 0.0, [], threading.Event()

def fetch(url):
    asked.append(os.getpid())
    assert open_.wait(30)
    return {"keys": [key.public_jwk()]}

def source():
    return JwksAddressKeys("https://a.example/jwks", fetch=fetch, monotonic=lambda: now)

def ask(keys):
    if keys.due(key.kid, "ES256"):
        keys.refresh(key.kid, "ES256")
    return keys.find(key.kid, "ES256")

def in_child(work):
    pid = os.fork()
    if pid == 0:
        os._exit(0 if work() else 9)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return "hangs"
"""

FORKS_WHILE_FETCHING = """
keys = source()
open_.set(); ask(keys); open_.clear()
now = 300.0
keys.due(key.kid, "ES256")
while len(asked) < 2:
    time.sleep(0.001)

def child():
    global now
    open_.set()
    now = 310.0
    ask(keys)
    deadline = time.monotonic() + 5
    while asked[-1] != os.getpid() and time.monotonic() < deadline:
        time.sleep(0.001)
    return asked[-1] == os.getpid() and ask(keys)
"""

FORKS_WITH_HELD_LOCKS = """
keys = source()
open_.set()
keys._lock.acquire(); keys._flight._lock.acquire()

def child():
    return ask(keys)
"""

FORKS_BEFORE_ANY_KEY = """
keys = source()
threading.Thread(target=ask, args=(keys,), daemon=True).start()
while not asked:
    time.sleep(0.001)

def child():
    open_.set()
    return ask(keys)
"""

FORKS_WITH_THREADS_FOR_A_LOOP = """
offload = Offload()
async def use():
    return await asyncio.gather(*(offload.run(max, number, 1) for number in range(9)))
assert asyncio.run(use()) == [1, 1, 2, 3, 4, 5, 6, 7, 8]
while not offload._idle:
    time.sleep(0.001)

def child():
    return asyncio.run(offload.run(max, 2, 1)) == 2 and len(asyncio.run(use())) == 9
"""


@pytest.mark.parametrize(
    "program",
    [FORKS_WHILE_FETCHING, FORKS_WITH_HELD_LOCKS, FORKS_BEFORE_ANY_KEY, FORKS_WITH_THREADS_FOR_A_LOOP],
    ids=["while fetching", "with held locks", "before any key", "with threads for a loop"],
)
def test_a_child_goes_on_where_its_parent_left_off(program: str) -> None:
    done = run(program + "print(in_child(child))", "-W", "ignore:This process")
    assert (done.stdout.strip(), done.stderr) == ("0", "")


@pytest.mark.parametrize(
    "ending",
    [
        "threading.Thread(target=ask, args=(keys,), daemon=True).start()",
        "open_.set(); ask(keys); open_.clear(); now = 300.0; assert ask(keys)",
        """
async def leave():
    asyncio.get_running_loop().call_later(0.1, sys.exit)
    await Offload().run(ask, keys)
asyncio.run(leave())
""",
    ],
    ids=["first fetch", "beside the requests", "from a loop"],
)
def test_a_program_ends_at_once_and_silently_while_keys_are_fetched(ending: str) -> None:
    began = time.monotonic()
    done = run(f"keys = source()\n{ending}\nwhile not asked: time.sleep(0.001)\n", "-X", "dev")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert time.monotonic() - began < 8, "nothing waits for the fetch, which would take half a minute"


def run(program: str, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *options, "-c", PRELUDE + program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

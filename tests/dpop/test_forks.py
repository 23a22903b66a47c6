"""A process that forks while proofs are remembered."""

import subprocess
import sys

PROGRAM = """
import os, threading, time
from gatepass.dpop import MemoryReplay

memory = MemoryReplay()
until = time.time() + 600
assert memory.remember("before", until)
held, done = threading.Event(), threading.Event()

def hold():
    with memory._lock:
        held.set()
        done.wait(60)

holder = threading.Thread(target=hold)
holder.start()
held.wait(60)
child = os.fork()
if child == 0:
    os._exit(0 if memory.remember("after", until) and not memory.remember("before", until) else 9)
done.set()
holder.join()
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_child_waits_for_no_lock_that_its_parent_held_and_knows_what_its_parent_knew() -> None:
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PROGRAM]
    assert subprocess.run(command, timeout=60, check=False).returncode == 0

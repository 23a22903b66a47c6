"""The memory of password hashes is kept once for all threads, and can be given back."""

import platform
import subprocess
import sys

import pytest

_PROGRAM = """
import ctypes
import threading
from argon2.low_level import Type, hash_secret_raw
from gatepass_server.cli.allocator import keep_memory_once

def anonymous_mib():
    lines = open("/proc/self/smaps_rollup").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) // 1024

def hash_one_by_one():
    with one_at_a_time:
        hash_secret_raw(b"password", b"salt" * 4, 1, 19456, 1, 32, Type.ID)

keep_memory_once()
before, one_at_a_time = anonymous_mib(), threading.Lock()
threads = [threading.Thread(target=hash_one_by_one) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
kept = anonymous_mib() - before
ctypes.CDLL(None).malloc_trim(0)
print(kept, anonymous_mib() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this is about the allocator of glibc")
def test_many_threads_keep_the_memory_of_one_hash_and_give_it_back() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    kept, left = map(int, done.stdout.split())
    assert 15 <= kept <= 2 * 19
    assert left <= 4

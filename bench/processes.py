"""What the kernel tells about the processes of a server (Linux)."""

import os
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_KIB = 1 / 1024


def tree(pid: int) -> list[int]:
    """``pid`` and all its descendants."""
    found = [pid]
    for parent in found:  # grows while it is walked
        for task in Path(f"/proc/{parent}/task").iterdir():
            with suppress(FileNotFoundError):  # a thread that ended meanwhile
                found.extend(int(child) for child in (task / "children").read_text().split())
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time spent by all threads of these processes; resolution 10 ms."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def pss_mib(pids: Iterable[int]) -> float:
    """Memory of these processes; a page shared by n processes of the machine counts 1/n for each."""
    return sum(_rollup(pid)["Pss"] for pid in pids) * _KIB


def alone_mib(pids: Iterable[int]) -> float:
    """What ``pss_mib`` would be if no other process of the machine ran the same programs.

    Anonymous memory as it is; of each mapped file what the process that has most of it in memory has.
    """
    files: dict[str, int] = defaultdict(int)
    anonymous = 0
    for pid in pids:
        rollup = _rollup(pid)
        anonymous += rollup["Pss_Anon"] + rollup["Pss_Shmem"]
        for mapping, resident in _file_mappings(pid).items():
            files[mapping] = max(files[mapping], resident)
    return (anonymous + sum(files.values())) * _KIB


def _rollup(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}


def _file_mappings(pid: int) -> dict[str, int]:
    """Resident KiB of each mapped part of a file, without what was copied on write."""
    found: dict[str, int] = defaultdict(int)
    mapping = ""
    resident = anonymous = 0
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        name, *values = line.split()
        if not name.endswith(":"):  # a header: address, rights, offset, device, inode, path
            mapping = f"{values[4]} {values[1]}" if len(values) > 4 and values[4].startswith("/") else ""
        elif name == "Rss:":
            resident = int(values[0])
        elif name == "Anonymous:":
            anonymous = int(values[0])
            if mapping:
                found[mapping] += resident - anonymous
    return found

"""Rows and size of the database, week by week, while the same things happen every week. The clock is simulated."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.report import note
from tests.support.databases import new_database
from tests.support.postgres import running_postgres
from tests.support.steady_life import DAY, SETTINGS, SteadyLife, rows, size

_WEEKS = 8
_WARM_UP = 2
"""Weeks after which everything that is made has had the time to end."""
_LOG_INS = 30
_KIB = 1024


def run(*, quick: bool) -> None:
    weeks, log_ins = (4, 6) if quick else (_WEEKS, _LOG_INS)
    days = {
        name: f"{value // DAY} days" for name, value in SETTINGS.items() if name != "audit_retention_days"
    }
    lives = ", ".join(f"{name} {value}" for name, value in days.items())
    note(f"{log_ins} log-ins a day; {lives}, audit_retention_days {SETTINGS['audit_retention_days']}")
    for name in ("SQLite", "PostgreSQL"):
        with _database(name) as (url, data):
            _weeks(name, url, data, weeks, log_ins)


def _weeks(name: str, url: str, data: Path, weeks: int, log_ins: int) -> None:
    begun = time.perf_counter()
    life = SteadyLife.begin(url, data, log_ins=log_ins)
    found: list[dict[str, int]] = []
    sizes: list[int] = []
    try:
        for _ in range(weeks):
            life.week()
            found.append(rows(url))
            sizes.append(size(url))
    finally:
        life.house.gatepass.close()
    done = ", ".join(f"{times:,} {what}" for what, times in life.done.items())
    note(f"{name}, {weeks} weeks in {time.perf_counter() - begun:.0f} s: {done}")
    note(f"  {'rows at the end of week':<24}" + "".join(f"{week + 1:>8}" for week in range(weeks)))
    for table in found[-1]:
        note(f"  {table:<24}" + "".join(f"{week[table]:>8}" for week in found))
    note(f"  {'KiB on disk':<24}" + "".join(f"{bytes_ // _KIB:>8}" for bytes_ in sizes))
    settled = [sum(week.values()) for week in found[_WARM_UP:]]
    note(f"  all rows since week {_WARM_UP + 1}: {min(settled)} to {max(settled)}")
    grown = sizes[-1] / sizes[_WARM_UP]
    note(f"  size at the end against that of week {_WARM_UP + 1}: {grown:.3f}")


@contextmanager
def _database(name: str) -> Iterator[tuple[str, Path]]:
    """Its address, and a data folder."""
    with tempfile.TemporaryDirectory(prefix="gatepass-bench-") as folder:
        data = Path(folder)
        if name == "SQLite":
            yield f"sqlite:///{data / 'gatepass.db'}", data
            return
        with running_postgres() as server, new_database(server) as url:
            yield url, data

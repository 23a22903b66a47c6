"""Where the same happens every week, the tables are after many weeks what they were after a few."""

from pathlib import Path

import pytest

from gatepass_server.store.sql.sessions import SqlSessions
from tests.support.steady_life import SteadyLife, rows, size

_LOG_INS = 3
_WARM_UP, _WEEKS = 2, 3
_AUDIT_PORTION = 16


@pytest.fixture
def life(ready_database_url: str, tmp_path: Path) -> SteadyLife:
    return SteadyLife.begin(ready_database_url, tmp_path / "data", log_ins=_LOG_INS)


def test_no_table_grows_from_week_to_week_under_the_same_load(
    life: SteadyLife, ready_database_url: str
) -> None:
    found, sizes = [], []
    try:
        for _ in range(_WARM_UP + _WEEKS):
            life.week()
            found.append(rows(ready_database_url))
            sizes.append(size(ready_database_url))
    finally:
        life.house.gatepass.close()
    assert set(life.done) == {
        "log-ins, token",
        "log-ins, opaque",
        "failed log-ins",
        "refreshes",
        "log-outs",
        "ends",
    }
    first, *later = found[_WARM_UP:]
    assert first["opaque_tokens"] > 0
    assert first["sessions"] < 7 * _LOG_INS
    for week in later:
        # As much goes as comes: the audit log in portions, and a list of the feed opens at another hour each week.
        assert abs(week.pop("audit_events") - first["audit_events"]) <= _AUDIT_PORTION
        assert abs(week.pop("status_lists") - first["status_lists"]) <= 1
        assert week.items() <= first.items()
    if ready_database_url.startswith("sqlite"):  # PostgreSQL's pages are its own affair; the bench shows them
        assert sizes[_WARM_UP:] == [sizes[_WARM_UP]] * _WEEKS


def test_it_is_the_log_ins_that_keep_them_small(
    life: SteadyLife, ready_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: where nothing is pruned, everything stays."""
    monkeypatch.setattr(SqlSessions, "prune", lambda *_, **__: 0)
    try:
        for _ in range(_WARM_UP):
            life.week()
    finally:
        life.house.gatepass.close()
    assert rows(ready_database_url)["sessions"] == _WARM_UP * 7 * _LOG_INS

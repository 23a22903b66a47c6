"""Files that take long go first: at the end of a run, one of them would keep one worker while the others wait."""

import pytest

_LONG = (
    "tests/browser/test_pages.py",
    "tests/web/test_openapi.py",
    "tests/typing/",
    "tests/browser/",
    "tests/relying/",
    "tests/e2e/",
    "tests/fuzz/",
    "tests/dpop/test_fuzz.py",
    "tests/unit/cli/",
    "tests/outage/",
    "tests/ldap/",
    "tests/examples/",
    "tests/adapters/",
    "tests/docs/",
    "tests/migrate/",
    "tests/verify/test_load_key.py",
    "tests/status/test_over_http.py",
    "tests/web/test_bad_input.py",
    "tests/protocol/test_client_documents.py",
    "tests/accounts/",
    "tests/doctor/test_hostile.py",
    "tests/cli/test_terminal.py",
)
"""Those that take longest by themselves, and those that wait for real programs, longest first."""


def _rank(item: pytest.Item) -> int:
    name = item.nodeid
    if not name.startswith(_LONG):  # as most do not: thousands of tests are sorted in each worker
        return len(_LONG)
    return next(rank for rank, start in enumerate(_LONG) if name.startswith(start))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)

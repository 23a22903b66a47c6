"""Files that take long go first: at the end of a run, one of them would keep one worker while the others wait."""

import pytest

_LONG = (
    "tests/browser/",
    "tests/web/test_openapi.py",
    "tests/typing/",
    "tests/relying/",
    "tests/e2e/",
    "tests/adapters/",
    "tests/migrate/",
    "tests/verify/test_load_key.py",
    "tests/accounts/",
    "tests/cli/test_terminal.py",
)


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, start in enumerate(_LONG) if item.nodeid.startswith(start)), len(_LONG))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)

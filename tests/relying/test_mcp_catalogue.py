"""Nothing that MCP asks of an authorization server is forgotten: each has a test, or a reason why there is none."""

from tests.relying.mcp_catalogue import ALL, ELSEWHERE, STANDARD, UNSUPPORTED
from tests.support.markers import TESTS, marked

TESTED = {found.arguments[1] for found in marked("compliance") if found.arguments[0] == STANDARD}
KNOWN = {name for group in ALL.values() for name in group}


def test_every_requirement_has_a_test_or_a_reason() -> None:
    assert KNOWN - TESTED - ELSEWHERE.keys() - UNSUPPORTED.keys() == set()


def test_no_test_and_no_reason_is_of_a_requirement_that_is_not_there() -> None:
    assert (TESTED | ELSEWHERE.keys() | UNSUPPORTED.keys()) - KNOWN == set()


def test_what_is_tested_is_not_called_unsupported() -> None:
    assert UNSUPPORTED.keys() & (TESTED | ELSEWHERE.keys()) == set()


def test_the_tests_of_other_rooms_are_there() -> None:
    for name in (name for names in ELSEWHERE.values() for name in names):
        file, _, test = name.partition("::")
        assert f"def {test}(" in (TESTS / file).read_text("utf-8"), name

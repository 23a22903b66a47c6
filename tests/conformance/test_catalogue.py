"""No module of a plan is forgotten: each has a test, or a reason why there is none."""

import pytest

from tests.conformance.catalogue import NOTES, PLANS, UNSUPPORTED, UNSUPPORTED_PLANS
from tests.support.markers import marked

TESTED = {module for found in marked("oidf") for module in found.arguments}
KNOWN = {module for modules in PLANS.values() for module in modules}


@pytest.mark.parametrize("plan", sorted(PLANS.keys() - UNSUPPORTED_PLANS.keys()))
def test_every_module_has_a_test_or_a_reason(plan: str) -> None:
    assert [module for module in PLANS[plan] if module not in TESTED | UNSUPPORTED.keys()] == []


def test_no_test_and_no_reason_is_of_a_module_that_is_not_there() -> None:
    assert TESTED | UNSUPPORTED.keys() | NOTES.keys() <= KNOWN
    assert UNSUPPORTED_PLANS.keys() <= PLANS.keys()


def test_what_is_tested_is_not_called_unsupported() -> None:
    assert TESTED & UNSUPPORTED.keys() == set()

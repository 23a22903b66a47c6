"""``docs/reference/openid-conformance.md``, from the modules that tests are made after."""

from collections import defaultdict

from docs.generate.markdown import code, page, table
from tests.conformance.catalogue import NOTES, PLAN_NOTES, PLANS, SOURCE, UNSUPPORTED, UNSUPPORTED_PLANS
from tests.support.markers import marked

_INTRODUCTION = f"""\
The modules of the OpenID Foundation's conformance suite are each made again as a test, which checks what the conditions
of the module check, on every run of `make test`; a module without a test or a reason fails the run. The catalogue is
that of {SOURCE}. Nobody has certified anything by this: a certification is a run of the suite itself against a server
on the internet. What only such a run can see is not tested: its TLS, and the screenshots that a person looks at."""


def openid_page() -> str:
    """The page."""
    tests: dict[str, list[str]] = defaultdict(list)
    for found in marked("oidf"):
        for module in found.arguments:
            tests[module].append(code(f"{found.file}::{found.test}"))
    plans = [
        _plan(plan, [_row(module, tests[module]) for module in PLANS[plan]])
        for plan in PLANS
        if plan not in UNSUPPORTED_PLANS
    ]
    left_out = table(
        ["plan", "why it is not supported"], [[code(plan), why] for plan, why in UNSUPPORTED_PLANS.items()]
    )
    return page("OpenID conformance", _INTRODUCTION, *plans, f"## Plans that are not supported\n\n{left_out}")


def _plan(plan: str, rows: list[list[str]]) -> str:
    passed = sum(row[1] == "passed" for row in rows)
    parts = [f"## {plan}", f"{passed} of {len(rows)} modules.", PLAN_NOTES.get(plan, "")]
    return "\n\n".join(filter(None, [*parts, table(["module", "result", "test, or reason"], rows)]))


def _row(module: str, tests: list[str]) -> list[str]:
    if module in UNSUPPORTED:
        return [code(module), "unsupported", UNSUPPORTED[module]]
    told = ", ".join(tests)
    return [
        code(module),
        "passed" if tests else "missing",
        f"{told} ({NOTES[module]})" if module in NOTES else told,
    ]

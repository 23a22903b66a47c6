"""No mutant of a good token is accepted, and none raises anything but a TokenError: a share of ``make fuzz``."""

from dataclasses import replace
from typing import Any

import pytest

from gatepass import Verifier
from tests.fuzz.cast import cast
from tests.fuzz.judge import Judge
from tests.fuzz.recipes import MUTATIONS, try_recipes
from tests.support.thorough import times

RECIPES = times(150, thorough=500)
"""Of one round."""


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(cast())


@pytest.mark.parametrize("start", [1, 2, 3, 4])
def test_no_mutant_is_accepted(judge: Judge, start: int) -> None:
    before = judge.count
    try_recipes(judge, RECIPES, start)
    assert judge.count - before > 6 * RECIPES


def test_every_mutation_makes_mutants_and_every_stage_refuses_some(judge: Judge) -> None:
    """After the rounds above, in the same process, and some more where a rare one was not drawn."""
    early = {"missing_token", "malformed", "unsupported_algorithm", "wrong_type"}
    expected = early | {"unknown_key", "invalid_signature"}
    for start in range(5, 100):
        if len(judge.kinds) == len(MUTATIONS) and expected <= set(judge.codes):
            break
        try_recipes(judge, 200, start)
    assert {mutation.__name__ for mutation in MUTATIONS} == set(judge.kinds)
    assert expected == set(judge.codes), "and nobody came as far as the claims"


def test_the_good_tokens_are_good() -> None:
    for house in cast().houses:
        for token in house.tokens:
            assert house.warm.verify(token).issuer == f"https://{house.name}.example.com"
            assert house.warm.explain(token).accepted
            assert cast().crowd.verify(token) == house.warm.verify(token)


class Careless:
    """A verifier with one fault."""

    def __init__(self, real: Verifier, fault: str) -> None:
        self._real = real
        self._fault = fault

    def verify(self, token: Any, **_: Any) -> object:
        if self._fault == "ignores the signature" and isinstance(token, str) and token.count(".") == 2:
            return token
        if self._fault == "raises KeyError" and isinstance(token, str) and token.count(".") != 2:
            raise KeyError("no such segment")
        return self._real.verify(token)

    async def averify(self, token: Any, **_: Any) -> object:
        return self.verify(token)

    def explain(self, token: Any) -> Any:
        report = self._real.explain(token)
        if self._fault == "shows the signature" and isinstance(token, str):
            report.findings[0] = replace(report.findings[0], found=token)
        return report


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("ignores the signature", "took"),
        ("raises KeyError", "no such segment"),
        ("shows the signature", "is shown"),
    ],
)
def test_a_fault_is_found(fault: str, told: str) -> None:
    def careless(verifier: Verifier) -> Any:
        return Careless(verifier, fault)

    houses = [
        replace(house, empty=careless(house.empty), warm=careless(house.warm)) for house in cast().houses
    ]
    with pytest.raises((AssertionError, KeyError), match=told):
        try_recipes(Judge(replace(cast(), houses=tuple(houses))), 300, 1)


def test_a_memory_that_forgets_the_end_of_a_token_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault that a cache of verified tokens is most likely to have."""
    (pinned, *_) = cast().houses
    real = pinned.warm.verify

    def verify(token: Any, **_: Any) -> object:
        whole = isinstance(token, str) and any(token[:-8] == good[:-8] for good in pinned.tokens if token)
        return real(pinned.tokens[0]) if whole else real(token)

    monkeypatch.setattr(pinned.warm, "verify", verify)
    with pytest.raises(AssertionError, match="took"):
        try_recipes(Judge(cast()), 500, 1)

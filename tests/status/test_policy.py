"""A policy that makes no sense is refused where it is written."""

import math
from typing import Any

import pytest

from gatepass.status import StatusPolicy


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_stale": -1},
        {"max_stale": math.nan},
        {"max_stale": "300"},
        {"max_stale": True},
        {"min_ttl": 0},
        {"min_ttl": 20, "max_ttl": 10},
        {"max_ttl": 86_401},
        {"max_ttl": None},
        {"timeout": 0},
        {"timeout": 31},
        {"max_bytes": 0},
        {"max_list_bytes": 1.5},
        {"max_lists": 0},
        {"max_lists": True},
        {"accepted": []},
        {"accepted": [256]},
        {"accepted": [True]},
        {"accepted": 0},
        {"accepted": "0"},
        {"origins": "https://cdn.example.com"},
        {"origins": 1},
        {"origins": ["https://cdn.example.com/lists"]},
        {"origins": ["https://cdn.example.com?x"]},
        {"origins": ["http://cdn.example.com"]},
        {"origins": [None]},
    ],
    ids=str,
)
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        StatusPolicy(**wrong)


def test_a_policy_is_a_fact_that_can_be_compared() -> None:
    assert StatusPolicy(origins=["https://cdn.example.com"]) == StatusPolicy(
        origins=("https://cdn.example.com",)
    )
    assert len({StatusPolicy(), StatusPolicy(accepted=[0])}) == 1
    assert StatusPolicy(max_stale=math.inf).max_stale == math.inf

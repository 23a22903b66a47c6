"""A check that would judge wrongly cannot be made."""

from typing import Any

import pytest

from gatepass.dpop import DPoP, MemoryReplay, Nonces
from gatepass.keys import ASYMMETRIC_ALGORITHMS


class AsyncStore:
    async def remember(self, key: str, until: float) -> bool:
        raise NotImplementedError


def test_an_asynchronous_store_is_refused_because_its_answer_would_always_look_like_yes() -> None:
    store: Any = AsyncStore()
    with pytest.raises(TypeError, match="plain function"):
        DPoP(replay=store)


@pytest.mark.parametrize(
    "arguments",
    [
        {"max_age": None},
        {"max_age": 0},
        {"max_age": -1},
        {"max_age": float("nan")},
        {"max_age": float("inf")},
        {"max_age": True},
        {"max_age": "60"},
        {"leeway": None},
        {"leeway": -1},
        {"leeway": float("nan")},
        {"leeway": True},
        {"algorithms": []},
        {"algorithms": "ES256"},
        {"algorithms": ["none"]},
        {"algorithms": ["ES256", "HS256"]},
    ],
)
def test_an_argument_that_is_wrong_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"number of seconds|algorithms|max_age"):
        DPoP(**arguments)


@pytest.mark.parametrize("size", [0, -1, 1.5, True, None, "9"])
def test_a_memory_without_a_place_is_refused(size: Any) -> None:
    with pytest.raises(ValueError, match="size"):
        MemoryReplay(size)


def test_without_a_list_every_algorithm_with_a_public_key_is_accepted() -> None:
    assert DPoP().algorithms == ASYMMETRIC_ALGORITHMS
    assert DPoP(algorithms=["ES256", "PS256"]).algorithms == ("ES256", "PS256")


def test_a_clock_that_gives_no_time_stops_everything() -> None:
    dpop = DPoP(clock=lambda: float("nan"), nonces=Nonces(b"s" * 32))
    with pytest.raises(ValueError, match="clock"):
        dpop.check([""], method="GET", url="https://a/", token="t")
    with pytest.raises(ValueError, match="clock"):
        dpop.fresh_nonce()

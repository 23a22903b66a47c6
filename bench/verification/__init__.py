"""The library's checks beside those of other programs: the same tokens, keys and rules for all, in one run."""

from bench.verification.environment import run_there


def run(*, quick: bool) -> None:
    run_there("compare", quick=quick)

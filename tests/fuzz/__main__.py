"""``make fuzz``: mutate good tokens until so many mutants were refused.

``make fuzz ARGS="--seed 7 --mutants 1000000"`` tries others.
"""

import argparse
import sys
import time

from tests.fuzz.cast import cast
from tests.fuzz.judge import Judge
from tests.fuzz.recipes import try_recipes

ROUND = 500
"""Recipes of one round. Hypothesis remembers what it drew within one, so a round is kept short."""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="make fuzz", description="Mutate good tokens: no mutant may be accepted."
    )
    parser.add_argument("--mutants", type=int, default=200_000, help="how many at least (200000)")
    parser.add_argument("--seed", type=int, default=20_260_921, help="of the first round; each round adds 1")
    options = parser.parse_args()
    judge = Judge(cast())
    began = time.perf_counter()
    number = 0
    while judge.count < options.mutants:
        try_recipes(judge, ROUND, options.seed + number)
        number += 1
        if number % 10 == 0:
            say(f"{judge.count:>9,} mutants, {time.perf_counter() - began:5.0f} s")
    say(
        f"{judge.count:,} distinct mutants of {len(judge.cast.good)} good tokens, seed {options.seed}, "
        f"{number} rounds, {time.perf_counter() - began:.0f} s: none accepted, nothing but TokenError raised."
    )
    say("Refused as: " + ", ".join(f"{code} {times:,}" for code, times in judge.codes.most_common()) + ".")
    say("Mutations: " + ", ".join(f"{name} {times:,}" for name, times in sorted(judge.kinds.items())) + ".")
    return 0


if __name__ == "__main__":
    sys.exit(main())

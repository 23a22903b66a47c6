"""``python -m bench.verification compare|engines``: the part of the benchmark that runs in the peers' environment."""

import argparse

from bench.verification import compare, engines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.verification", description=__doc__)
    parser.add_argument("part", choices=["compare", "engines"])
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a look, not a figure to keep")
    parser.add_argument("--alg", action="append", default=[], help="this algorithm alone; may be repeated")
    arguments = parser.parse_args()
    if arguments.part == "compare":
        compare.compare(quick=arguments.quick, lanes=arguments.alg)
    else:
        engines.compare_engines(quick=arguments.quick)


if __name__ == "__main__":
    main()

"""``python -m bench [NAME...]``: run the named benchmarks, or all of them."""

import argparse
from importlib import import_module

from bench.machine import describe

NAMES = {
    "log_ins": "log-ins per second over HTTP against the raw argon2id rate on all cores",
    "issued_tokens": "issued tokens per second against the raw RSA-2048 signature rate",
    "unknown_email": "the time of an unknown e-mail against that of a wrong password",
    "cold_start": "from starting the command to the first 200",
    "idle_memory": "the memory of all processes of an idle server",
    "requests": "CPU time of a refresh and of an authenticated request, against one raw signature",
    "refreshes": "refreshes per second with 2 workers against the raw RSA-2048 signature rate on all cores",
    "single_sign_on": "CPU time of the provider's endpoints with 2 workers, beside one raw RSA-2048 signature",
    "steady_load": "rows and size of the database over simulated weeks of the same load",
    "log_out": "from a log-out to the refusal at an API in another process, and what the API asks meanwhile",
    "million_sessions": "the revocation feed with a million sessions: to build, to send, to load, to check",
    "four_ways": "recognising a caller by token, opaque token, cookie and introspection, against one raw check",
    "verification": "a whole check of a token, ours and that of eleven other libraries, against one raw check",
    "outage": "the slowest checks of tokens while their issuer is in trouble, against those before",
    "engines": "one raw check of a signature by other packages, against that of cryptography",
}
_ELSEWHERE = {"engines": "bench.verification.engines"}
"""Modules that are not called like their benchmark."""


def main() -> None:
    names = "\n".join(f"  {name:<16} {what}" for name, what in NAMES.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Run benchmarks; each prints ratios within one run.",
        epilog=f"benchmarks:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="one of those below; all without any")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a look, not a figure to keep")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    print(describe(), flush=True)
    for name in arguments.names or NAMES:
        print(f"\n{name}: {NAMES[name]}", flush=True)
        import_module(_ELSEWHERE.get(name, f"bench.{name}")).run(quick=arguments.quick)


if __name__ == "__main__":
    main()

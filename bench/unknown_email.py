"""Whether a stranger can tell by the clock which e-mails have an account."""

import time
from statistics import median

from bench.http_client import Connection, request
from bench.people import email, settle
from bench.report import Aim, note, show
from bench.server import data_folder, running

_ACCOUNTS = 100
_SETTINGS = {
    "GATEPASS_LOGIN_FAILURES_PER_ACCOUNT": "1000000",
    "GATEPASS_LOGIN_FAILURES_PER_ADDRESS": "1000000",
}


def run(*, quick: bool) -> None:
    blocks, pairs = (4, 25) if quick else (10, 80)
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    ratios = []
    with data_folder() as data, running(data, settings=_SETTINGS) as server:
        settle(data, _ACCOUNTS)
        with Connection(server.port) as connection:
            bodies = {_ask(connection, email(0))[1], _ask(connection, "nobody@example.com")[1]}
            for block in range(blocks):
                known: list[float] = []
                unknown: list[float] = []
                for pair in range(pairs):
                    number = block * pairs + pair
                    # In each pair another side goes first, so that none profits from what the other warmed.
                    for name in ("known", "unknown") if number % 2 else ("unknown", "known"):
                        address = (
                            email(number % _ACCOUNTS) if name == "known" else f"nobody{number}@example.com"
                        )
                        (known if name == "known" else unknown).append(_ask(connection, address)[0])
                ratios.append(median(unknown) / median(known))
                times["known"] += known
                times["unknown"] += unknown
    note(f"{blocks} blocks of {pairs} pairs in turn on one connection; wall clock, as a stranger sees it")
    note(f"the answers are {'the same' if len(bodies) == 1 else 'NOT THE SAME'}")
    show("wrong password", [seconds * 1000 for seconds in times["known"]], "ms")
    show("unknown e-mail", [seconds * 1000 for seconds in times["unknown"]], "ms")
    show("unknown : wrong, by block", ratios, digits=3)
    overall = median(times["unknown"]) / median(times["known"])
    show("unknown : wrong, medians of all", [overall], aim=Aim(low=0.97, high=1.03), digits=3)


def _ask(connection: Connection, address: str) -> tuple[float, bytes]:
    message = request("POST", "/login", {"email": address, "password": "not the password"})
    begun = time.perf_counter()
    status, body = connection.ask(message)
    seconds = time.perf_counter() - begun
    if status != 403:
        raise RuntimeError(f"Expected 403, got {status}: {body!r}")
    return seconds, body

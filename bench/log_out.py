"""From a log-out to the refusal at an API in another process, and what the API asks the server meanwhile."""

import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.http_client import Connection, request
from bench.people import PASSWORD, email, settle
from bench.report import Aim, note, show
from bench.server import Server, data_folder, running
from tests.adapters.adapters import running as running_api

_RUNS = ((1, 200, 0.309), (10, 100, 0.590))
"""The ``ttl``, how many log-outs, and the seconds between two of them: an odd part of the half ``ttl`` between two
fetches, so that log-outs fall everywhere between them."""

_PAUSE = 0.002
"""Seconds between two rounds of questions to the API: the resolution, and what leaves the others some time."""


@dataclass
class _Run:
    """What was seen with one ``ttl``.

    Attributes:
        seconds: From the answer to each log-out until the API refused.
        calls: Questions to the API.
        asked: Requests of the API to the server, by route.
        took: How long it all took.
    """

    seconds: list[float] = field(default_factory=list)
    calls: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    took: float = 0.0


def run(*, quick: bool) -> None:
    for ttl, usual, apart in _RUNS:
        log_outs = usual // 5 if quick else usual
        found = _measure(ttl, log_outs, apart)
        ordered = sorted(found.seconds)
        note(f"ttl {ttl} s; {log_outs} log-outs, one every {apart:.2f} s; wall clock")
        show(f"ttl {ttl} s: log-out to refusal, p50", found.seconds, "s")
        show(f"ttl {ttl} s: p99", [ordered[int(len(ordered) * 0.99) - 1]], "s", aim=Aim(high=ttl))
        show(f"ttl {ttl} s: the slowest", [ordered[-1]], "s", aim=Aim(high=ttl))
        requests = sum(found.asked.values())
        note(f"calls of the API: {found.calls}, {found.calls / found.took:.0f}/s")
        note(f"requests of the API to the server: {requests}, {requests / found.took:.2f}/s")
        note(", ".join(f"{route}: {times}" for route, times in sorted(found.asked.items())))


def _measure(ttl: int, log_outs: int, apart: float) -> _Run:
    with ExitStack() as stack:
        data = stack.enter_context(data_folder())
        server = stack.enter_context(running(data, settings={"GATEPASS_STATUS_TTL": str(ttl)}))
        settle(data, log_outs)
        here = f"http://127.0.0.1:{server.port}"
        program = ["-m", "tests.adapters.apps.wsgi"]
        api = stack.enter_context(running_api(program, ISSUER=here, AUDIENCE=here, SERVER="granian"))
        to_server = stack.enter_context(Connection(server.port))
        to_api = stack.enter_context(Connection(int(api.rpartition(":")[2])))
        tokens = [_token(to_server, number) for number in range(log_outs)]
        for token in tokens:
            _expect(to_api, token, 200)
        return _watch(tokens, server, to_server, to_api, apart=apart)


def _watch(
    tokens: list[str], server: Server, to_server: Connection, to_api: Connection, *, apart: float
) -> _Run:
    found, log = _Run(), server.data.parent / "server.log"
    before, begun = _asked(log), time.perf_counter()
    out: dict[str, float] = {}
    while len(found.seconds) < len(tokens):
        number = len(found.seconds) + len(out)
        if number < len(tokens) and time.perf_counter() - begun >= number * apart:
            status, _ = to_server.ask(request("POST", "/logout", token=tokens[number]))
            if status != 204:
                raise RuntimeError(f"The log-out was answered {status}.")
            out[tokens[number]] = time.perf_counter()
        # One that is still in says that the list is renewed by the clock, and refuses no others.
        for token in (*out, *tokens[number + 1 : number + 2]):
            status, _ = to_api.ask(request("GET", "/protected", token=token))
            found.calls += 1
            if status == 401 and token in out:
                found.seconds.append(time.perf_counter() - out.pop(token))
            elif status != 200:
                raise RuntimeError(f"The API answered {status}.")
        time.sleep(_PAUSE)
    found.took = time.perf_counter() - begun
    found.asked = _asked(log) - before
    return found


def _token(server: Connection, number: int) -> str:
    message = request("POST", "/login", {"email": email(number), "password": PASSWORD})
    return str(server.ask_json(message, status=201)["token"])


def _expect(api: Connection, token: str, status: int) -> None:
    found, _ = api.ask(request("GET", "/protected", token=token))
    if found != status:
        raise RuntimeError(f"The API answered {found}, not {status}.")


def _asked(log: Path) -> Counter[str]:
    """The requests for lists, keys and metadata in the server's log."""
    lines = log.read_text(encoding="utf-8").splitlines()
    return Counter(
        route
        for route in ("/status-lists/", "/.well-known/")
        for line in lines
        if f'"route":"{route}' in line.replace(": ", ":")
    )

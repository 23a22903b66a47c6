"""A program, not tests: an application that tells what reached it, in the same shell and server as Gatepass.

Run as ``python echo_server.py PORT BODY_SECONDS``.
"""

import json
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from granian.constants import HTTPModes, Interfaces

from gatepass_server.cli.processes import OneProcess, event_loop, heed_signals
from gatepass_server.web.rsgi import RsgiShell


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer with the environ; the body stands in it."""
    told = {name: value for name, value in environ.items() if isinstance(value, str)}
    told["body"] = environ["wsgi.input"].read().decode("latin-1")
    answer = json.dumps(told).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
    return [answer]


def main(port: int, body_seconds: float) -> None:
    shell = RsgiShell(
        echo,
        host="127.0.0.1",
        port=port,
        threads=4,
        body_seconds=body_seconds,
        started=partial(heed_signals, 4),
    )

    def load(*_: object) -> Any:
        return shell

    OneProcess(
        "echo_server",
        port=port,
        interface=Interfaces.RSGI,
        loop=event_loop(),
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    ).serve(target_loader=load, wrap_loader=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))

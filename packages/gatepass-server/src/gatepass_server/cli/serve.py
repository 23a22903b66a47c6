"""``gatepass serve``."""

import gc
import multiprocessing
import resource
import socket
from functools import partial
from importlib.metadata import version
from typing import Any

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from gatepass_server.bootstrap import open_for_service
from gatepass_server.cli.allocator import keep_memory_once, return_memory_at_rest
from gatepass_server.cli.context import takes_settings
from gatepass_server.cli.processes import OneProcess, SeveralProcesses, event_loop, heed_signals
from gatepass_server.domain.errors import OperatorError
from gatepass_server.observe.logs import configure_logs
from gatepass_server.settings import Settings
from gatepass_server.settings.model import available_cores
from gatepass_server.web.app import create_shell

_STOP_SECONDS = 4
"""How long a worker may finish its requests after SIGTERM before it ends."""

_HEADER_MILLISECONDS = 10_000
"""How long a connection may take for the headers of a request."""

_HEADER_BYTES = 64 * 1024
"""How much of them is read."""

_FEWEST_CONNECTIONS, _MOST_CONNECTIONS = 64, 4096
"""Of one worker. The next ones wait to be accepted."""


@click.command("serve", epilog="Example: gatepass serve --port 9000 --data ./gatepass-data")
@click.option("--host", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="The port to listen on.  [default: 8000]")
@click.option("--workers", type=int, help="Server processes.  [default: one for each core]")
@click.option("--issuer", help="The public address of this server.  [default: http://127.0.0.1:PORT]")
@takes_settings
def command(settings: Settings) -> None:
    """Serve the sign-in, token and discovery endpoints.

    The first run makes the data folder, the database, the master key and a signing key.
    """
    if settings.signing_secret:
        raise OperatorError(
            "signing_secret is for a server mounted in your own program; a standalone server signs with a key pair "
            "that every API can verify. Remove the setting."
        )
    configure_logs(settings.log_level, settings.log_format)
    keep_memory_once()
    _require_free(settings.host, settings.port)
    fork = multiprocessing.get_context("fork")
    gatepass = open_for_service(settings, hash_slots=fork.BoundedSemaphore(available_cores()))
    shell = create_shell(gatepass, started=partial(heed_signals, _STOP_SECONDS))
    gatepass.close()  # workers are forked from here and open their own connections
    gc.collect()
    gc.freeze()  # keep the collector from touching, and so copying, the pages that workers share
    click.echo(
        f"Gatepass {version('gatepass-server')} answers on http://{settings.host}:{settings.port} "
        f"(issuer {settings.public_issuer}, workers {settings.workers}, data {settings.data})",
        err=True,
    )
    multiprocessing.set_start_method("fork", force=True)
    server = (OneProcess if settings.workers == 1 else SeveralProcesses)(
        "gatepass_server.web.app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        loop=event_loop(),
        http=HTTPModes.http1,  # in HTTP/2, a stream closed within its body leaves its read spinning for ever
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS, max_buffer_size=_HEADER_BYTES),
        websockets=False,
        backpressure=_connections(settings.threads),
        workers=settings.workers,
        workers_kill_timeout=_STOP_SECONDS + 1,  # they end themselves before
        log_enabled=False,
    )

    def load(*_: object) -> Any:
        return_memory_at_rest()  # in the worker: a thread does not outlive a fork
        if gatepass.provider is not None:
            gatepass.provider.courier.start()
        return shell

    server.serve(target_loader=load, wrap_loader=False)


def _connections(threads: int) -> int:
    """How many a worker may hold: with none of its files left, it would try to accept the next one without a pause.

    A thread has at most three files of its database open, and a dozen others belong to the process.
    """
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return _MOST_CONNECTIONS
    return max(_FEWEST_CONNECTIONS, min(_MOST_CONNECTIONS, files - 4 * threads - 32))


def _require_free(host: str, port: int) -> None:
    """The workers share their port among them; without this look, a second server would share it too."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise OperatorError(
            f"Cannot listen on {host}:{port}: {error.strerror or error}. Choose another with --port or --host."
        ) from None

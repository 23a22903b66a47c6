"""The ``gatepass`` command: one module for each group, imported when it is called."""

from gatepass_server.cli.root import main

__all__ = ["main"]

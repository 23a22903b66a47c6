"""The command ``gatepass``, as tests call it."""

from collections.abc import Callable

from click.testing import Result

Cli = Callable[..., Result]
"""Runs ``gatepass`` with arguments; ``text`` stands on standard input, ``status`` is what it must exit with."""

Refused = Callable[..., str]
"""Runs ``gatepass``, sees it exit with status 1, and returns its sentence."""

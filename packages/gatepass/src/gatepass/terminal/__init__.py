"""``python -m gatepass``: what is right and wrong with a token, told in the terminal."""

from gatepass.terminal.commands import main

__all__ = ["main"]

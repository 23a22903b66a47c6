"""Passwords and passphrases: from a file, or from a person at a terminal; never from the command line."""

import sys
from typing import BinaryIO

import click

from gatepass_server.domain.errors import OperatorError


def read_secret(file: BinaryIO) -> str:
    """The content of a file without the line end that editors add.

    Raises:
        OperatorError: it is not UTF-8 text.
    """
    try:
        return file.read().decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise OperatorError(f"{file.name} is not UTF-8 text. Save it as UTF-8 and try again.") from None


def is_at_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty()


def ask_secret(label: str, *, twice: bool, otherwise: str) -> str:
    """Ask for a secret without showing it.

    Args:
        label: what is asked for.
        twice: ask again until both are the same.
        otherwise: what to do where nobody can be asked.

    Raises:
        OperatorError: nobody is at the terminal.
    """
    if not is_at_terminal():
        raise OperatorError(f"There is no terminal to ask for the {label.lower()}. {otherwise}")
    return str(click.prompt(label, hide_input=True, confirmation_prompt=twice, err=True))

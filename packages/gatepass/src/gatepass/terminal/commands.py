"""The commands of ``python -m gatepass``."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
from typing import TYPE_CHECKING

from gatepass.errors import MalformedTokenError, TokenError
from gatepass.terminal.arguments import has_rules, parser
from gatepass.terminal.decoded import Decoded
from gatepass.terminal.paint import Paint, is_coloured, printable, revealing
from gatepass.terminal.report import as_json, explained, read_only
from gatepass.terminal.rules import verifier_of
from gatepass.terminal.token_input import UsageError, read_token

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

GOOD, BAD, WRONG_USAGE, NOTHING_CHECKED = 0, 1, 2, 3
"""The exit statuses. Only a token that was verified is good: `explain && deploy` must not deploy on less."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: As on the command line, which is taken without them.

    Returns:
        The exit status.

    Raises:
        SystemExit: The command was called wrongly, or for help or the version.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that cannot show a letter gets its number
            stream.reconfigure(errors="backslashreplace")
    # What the library logs about fetching stands among the findings.
    logging.getLogger("gatepass").addHandler(logging.NullHandler())
    command_line = parser()
    chosen = command_line.parse_args(arguments)
    try:
        status = _explain(chosen) if chosen.command == "explain" else _verify(chosen)
        sys.stdout.flush()
    except UsageError as error:
        command_line.exit(WRONG_USAGE, f"Error: {printable(str(error))}\n")
    except BrokenPipeError:  # who reads has seen enough; nothing is left to be written at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BAD
    except KeyboardInterrupt:
        return 130
    return status


def _explain(chosen: argparse.Namespace) -> int:
    verifier = verifier_of(chosen) if has_rules(chosen) else None
    token = read_token(chosen.token)
    paint = Paint(coloured=is_coloured(chosen.color, sys.stdout))
    try:
        decoded = Decoded.read(token)
    except MalformedTokenError as error:
        if verifier is None:
            return _refuse(error)
        decoded = None
    if verifier is None:
        _write(
            as_json(None, decoded) if chosen.json or decoded is None else "\n".join(read_only(decoded, paint))
        )
        return NOTHING_CHECKED
    explanation = verifier.explain(token)
    _write(
        as_json(explanation, decoded) if chosen.json else "\n".join(explained(explanation, decoded, paint))
    )
    return GOOD if explanation.accepted else BAD


def _verify(chosen: argparse.Namespace) -> int:
    verifier = verifier_of(chosen)
    try:
        principal = verifier.verify(read_token(chosen.token), scopes=chosen.scope)
    except TokenError as error:
        return _refuse(error)
    _write(
        json.dumps(principal.claims, indent=2)
        if chosen.json
        else f"Valid for {printable(principal.subject)}."
    )
    return GOOD


def _refuse(error: TokenError) -> int:
    reason = f"\n  Reason: {revealing(error.reason)}" if error.reason else ""
    sys.stderr.write(f"Error: {error.code}: {error}{reason}\n")
    return BAD


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")

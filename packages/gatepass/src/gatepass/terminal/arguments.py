"""The command line of ``python -m gatepass``."""

from __future__ import annotations

import argparse
from typing import Final

from gatepass import __version__

_WHERE_FROM = """\
The token: - (or nothing) reads it from standard input, @FILE from a file. A token on the command line itself is
visible to others on this machine in the list of processes, and stays in the history of the shell."""

_RULES = """\
Keys are found at the issuer's address, unless one of --pem, --jwks and --secret-file says where they are."""

_EXPLAIN = """\
Show every check of a token, with what was expected and what was found; never the signature. Without any rule, show
header and claims and check nothing."""

_VERIFY = "Say whether a token is good: on standard output for whom, or on standard error why not."

_STATUS: Final = """\
exit status: 0 the token is good; 1 it is not, or cannot be checked; 2 the command was called wrongly"""


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    top = argparse.ArgumentParser(
        prog="python -m gatepass",
        description="Explain and verify signed access tokens (JWT).",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"gatepass {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    explain = _command(
        commands,
        "explain",
        _EXPLAIN,
        f"{_STATUS};\n3 nothing was checked, because no rule was given\n\n"
        "example: python -m gatepass explain --issuer https://auth.example.com --audience orders-api < token.txt",
    )
    explain.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour the output (default: auto)",
    )
    verify = _command(
        commands,
        "verify",
        _VERIFY,
        f"{_STATUS}\n\n"
        "example: python -m gatepass verify @token.txt --issuer https://auth.example.com --audience orders-api",
    )
    verify.add_argument("--scope", action="append", default=[], help="a scope it must grant (repeatable)")
    for command in (explain, verify):
        _add_rules(command)
    return top


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, description: str, epilog: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=description.partition(";")[0].partition(":")[0].replace("\n", " "),
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "token", nargs="?", default="-", metavar="TOKEN", help=_WHERE_FROM.replace("\n", " ")
    )
    command.add_argument("--json", action="store_true", help="write JSON")
    return command


def _add_rules(command: argparse.ArgumentParser) -> None:
    rules = command.add_argument_group("rules", _RULES.replace("\n", " "))
    rules.add_argument("--issuer", metavar="ISS", help="exactly the iss of the token")
    rules.add_argument(
        "--audience", metavar="AUD", action="append", help="a name that aud may hold (repeatable)"
    )
    keys = rules.add_mutually_exclusive_group()
    keys.add_argument("--pem", metavar="FILE", help="a public key: PEM, OpenSSH, DER or JWK")
    keys.add_argument("--jwks", metavar="FILE", help="a JWK set")
    keys.add_argument(
        "--secret-file", metavar="FILE", help="a shared secret; one line break at its end is left out"
    )
    types = rules.add_mutually_exclusive_group()
    types.add_argument(
        "--type", metavar="TYP", action="append", help="a typ to accept (repeatable; default: at+jwt)"
    )
    types.add_argument("--any-type", action="store_true", help="accept any typ, and none")
    rules.add_argument("--algorithm", metavar="ALG", action="append", help="an alg to accept (repeatable)")
    rules.add_argument(
        "--leeway", metavar="SECONDS", type=float, help="by which exp and nbf may be missed (default: 0)"
    )


def has_rules(arguments: argparse.Namespace) -> bool:
    """Whether anything was said that a token can be held against."""
    names = ("issuer", "audience", "pem", "jwks", "secret_file", "type", "algorithm", "leeway")
    return arguments.any_type or any(getattr(arguments, name) is not None for name in names)

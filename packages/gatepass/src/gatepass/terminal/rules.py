"""A verifier made of what the command line says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatepass.errors import KeyFormatError
from gatepass.strict_json import decode_object
from gatepass.terminal.token_input import UsageError, read_file
from gatepass.verifier import Verifier

if TYPE_CHECKING:
    import argparse


def verifier_of(arguments: argparse.Namespace) -> Verifier:
    """Make the verifier.

    Raises:
        UsageError: Issuer or audience is missing, a key cannot be read, or the rules make no sense.
    """
    if arguments.issuer is None or arguments.audience is None:
        raise UsageError("Say --issuer and --audience: without both no token can be verified.")
    options: dict[str, Any] = {"audience": arguments.audience}
    if arguments.any_type or arguments.type:
        options["types"] = arguments.type
    if arguments.algorithm:
        options["algorithms"] = arguments.algorithm
    if arguments.leeway is not None:
        options["leeway"] = arguments.leeway
    try:
        return _with_keys(arguments, options)
    except (KeyFormatError, ValueError) as error:
        raise UsageError(str(error)) from None


def _with_keys(arguments: argparse.Namespace, options: dict[str, Any]) -> Verifier:
    if arguments.pem is not None:
        return Verifier.from_pem(Path(arguments.pem), issuer=arguments.issuer, **options)
    if arguments.jwks is not None:
        return Verifier.from_jwks(_jwks(arguments.jwks), issuer=arguments.issuer, **options)
    if arguments.secret_file is not None:
        secret = read_file(arguments.secret_file).removesuffix(b"\n").removesuffix(b"\r")
        return Verifier.from_secret(secret, issuer=arguments.issuer, **options)
    return Verifier(arguments.issuer, **options)


def _jwks(name: str) -> dict[str, Any]:
    try:
        return decode_object(read_file(name))
    except ValueError as error:
        raise UsageError(f"{name!r} is no JWK set: it is {error}.") from None

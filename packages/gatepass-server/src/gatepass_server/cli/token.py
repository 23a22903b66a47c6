"""``gatepass token``."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from gatepass import TokenError
from gatepass_server.cli.context import open_house, open_to_sign, takes_settings
from gatepass_server.domain.errors import InvalidInput, OperatorError
from gatepass_server.domain.signing_keys import LONGEST_TOKEN
from gatepass_server.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


def _names_the_server(function: F) -> F:
    """Give a command the options by which ``gatepass serve`` was told its issuer."""
    issuer = click.option(
        "--issuer", help="The issuer, as the server was told.  [default: http://127.0.0.1:PORT]"
    )
    port = click.option("--port", type=int, help="The server's port, if no issuer is set.  [default: 8000]")
    return issuer(port(function))


@click.group("token")
def command() -> None:
    """Issue, verify and explain access tokens.

    A token names its issuer. Where the server was started with --port or --issuer, say the same here, or put it into
    gatepass.toml once for all commands.
    """


@command.command("issue", epilog="Example: gatepass token issue ada@example.org --expires-in 60 --port 9000")
@click.argument("user", metavar="EMAIL_OR_ID")
@click.option(
    "--expires-in",
    type=click.IntRange(0, LONGEST_TOKEN),
    help="Seconds; 0 gives a token that has expired already.  [default: as a log-in]",
)
@click.option("--scope", help="Scopes, separated by spaces.  [default: those of a log-in]")
@_names_the_server
@takes_settings
def issue(settings: Settings, user: str, expires_in: int | None, scope: str | None) -> None:
    """Print an access token for an account, without its password. Whoever holds it is that account."""
    gatepass = open_to_sign(settings)
    seconds = settings.access_token_ttl if expires_in is None else expires_in
    try:
        token = gatepass.administration.issue_token(user, expires_in=seconds, scope=scope)
    except ValueError as error:  # a scope that no token can carry
        raise InvalidInput(str(error)) from None
    click.echo(token)
    if not settings.issuer and sys.stderr.isatty():
        click.echo(
            f"Its issuer is {settings.public_issuer}; for a server on another port say --port, or --issuer.",
            err=True,
        )


@command.command("verify", epilog="Example: gatepass token verify - < token.txt")
@click.argument("token")
@_names_the_server
@takes_settings
def verify(settings: Settings, token: str) -> None:
    """Check a token as this server would: signature, claims, session and account. - reads standard input."""
    gatepass = open_house(settings)
    try:
        principal = gatepass.verifier.verify(_text(token))
    except TokenError as error:
        raise OperatorError(
            f"{error.code}: {error}{_hint(error.code, settings)}", reason=error.reason
        ) from None
    if gatepass.sessions.caller(principal) is None:
        raise OperatorError("revoked: the session has ended or the account is disabled.")
    click.echo(f"Valid for {principal.subject}.")


@command.command("explain", epilog="Example: gatepass token explain - < token.txt")
@click.argument("token")
@_names_the_server
@takes_settings
def explain(settings: Settings, token: str) -> None:
    """Show every check of a token with what was expected and found. - reads standard input."""
    explanation = open_house(settings).verifier.explain(_text(token))
    click.echo(str(explanation))
    if not explanation.accepted:
        hint = _hint(explanation.code, settings)
        raise click.ClickException(f"The token is refused: {explanation.code}.{hint}")


def _hint(code: str, settings: Settings) -> str:
    if code not in {"wrong_issuer", "wrong_audience"}:
        return ""
    return (
        f" Tokens are expected from {settings.public_issuer}; if the server was started with --port or --issuer, "
        "say the same here."
    )


def _text(token: str) -> str:
    """The token, or what stands on standard input; bytes that are no text make it no token."""
    if token != "-":  # noqa: S105 - the sign for standard input
        return token.strip()
    data: bytes = sys.stdin.buffer.read()
    return data.decode("utf-8", "replace").strip()

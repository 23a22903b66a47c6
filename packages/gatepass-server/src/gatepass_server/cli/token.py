"""``gatepass token``."""

import sys

import click

from gatepass import TokenError
from gatepass_server.bootstrap import build, open_for_service
from gatepass_server.cli.context import takes_settings
from gatepass_server.domain.errors import OperatorError
from gatepass_server.settings import Settings

_MAX_SECONDS = 86_400


@click.group("token")
def command() -> None:
    """Issue, verify and explain access tokens."""


@command.command("issue", epilog="Example: gatepass token issue ada@example.org --expires-in 60")
@click.argument("user", metavar="EMAIL_OR_ID")
@click.option(
    "--expires-in",
    type=click.IntRange(0, _MAX_SECONDS),
    help="Seconds; 0 gives a token that has expired already.  [default: as a log-in]",
)
@click.option("--scope", help="Scopes, separated by spaces.  [default: those of a log-in]")
@takes_settings
def issue(settings: Settings, user: str, expires_in: int | None, scope: str | None) -> None:
    """Print an access token for an account, without its password. Whoever holds it is that account."""
    gatepass = open_for_service(settings)
    seconds = settings.access_token_ttl if expires_in is None else expires_in
    click.echo(gatepass.administration.issue_token(user, expires_in=seconds, scope=scope))


@command.command("verify", epilog="Example: gatepass token verify - < token.txt")
@click.argument("token")
@takes_settings
def verify(settings: Settings, token: str) -> None:
    """Check a token as this server would: signature, claims, session and account. - reads standard input."""
    gatepass = build(settings)
    try:
        principal = gatepass.verifier.verify(_text(token))
    except TokenError as error:
        raise OperatorError(f"{error.code}: {error}", reason=error.reason) from None
    if gatepass.sessions.caller(principal) is None:
        raise OperatorError("revoked: the session has ended or the account is disabled.")
    click.echo(f"Valid for {principal.subject}.")


@command.command("explain", epilog="Example: gatepass token explain - < token.txt")
@click.argument("token")
@takes_settings
def explain(settings: Settings, token: str) -> None:
    """Show every check of a token with what was expected and found. - reads standard input."""
    explanation = build(settings).verifier.explain(_text(token))
    click.echo(str(explanation))
    if not explanation.accepted:
        raise click.exceptions.Exit(1)


def _text(token: str) -> str:
    source = sys.stdin.read() if token == "-" else token  # noqa: S105 - the sign for standard input
    return source.strip()

"""``gatepass audit``."""

import json
import re
import time

import click

from gatepass_server.audit.trail import AuditTrail
from gatepass_server.audit.verify import Verdict
from gatepass_server.bootstrap import Gatepass
from gatepass_server.cli.audit_lines import as_json_line, as_line
from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.cli.progress import progress_bar
from gatepass_server.domain.audit import ChainLink, EventKind
from gatepass_server.domain.errors import InvalidInput, NotFound
from gatepass_server.domain.ids import is_public_id
from gatepass_server.settings import Settings

_POLL_SECONDS = 1.0
_PAGE = 1000
_LINK = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


@click.group("audit")
def command() -> None:
    """Read and verify the log of who did what."""


@command.command("list", epilog="Example: gatepass audit list --kind log_in.failed --follow --json")
@click.option("--after", type=click.IntRange(0), help="Start past this position.  [default: the newest]")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="At most so many."
)
@click.option("--user", metavar="EMAIL_OR_ID", help="Only what concerns this account.")
@click.option(
    "--kind",
    type=click.Choice([str(kind) for kind in EventKind]),
    metavar="KIND",
    help="Only events of this kind.",
)
@click.option("--follow", is_flag=True, help="Go on with what happens from now on, until interrupted.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
@takes_settings
def list_events(
    settings: Settings,
    after: int | None,
    limit: int,
    user: str | None,
    kind: str | None,
    follow: bool,
    as_json: bool,
) -> None:
    """List events, oldest first: the newest ones, or those past a position.

    With --after and --follow nothing is left out, however much it is.
    """
    gatepass = open_house(settings)
    trail = gatepass.audit_trail
    user_id = None if user is None else _user_id(gatepass, user)
    wanted = None if kind is None else EventKind(kind)
    show = as_json_line if as_json else as_line
    reached = (
        trail.head().position
    )  # before the look: what comes in between is past it, and is told by --follow
    rows = (
        trail.newest(limit=limit, user_id=user_id, kind=wanted)
        if after is None
        else trail.after(after, limit=limit, user_id=user_id, kind=wanted)
    )
    for row in rows:
        click.echo(show(row))
    if follow:
        last = rows[-1].position if rows else after if after is not None else reached
        _follow(trail, last, user_id=user_id, kind=wanted, as_json=as_json)
    elif not rows and not as_json:
        click.echo("No such events.", err=True)
    elif after is not None and len(rows) == limit:
        click.echo(f"There may be more: gatepass audit list --after {rows[-1].position}", err=True)


@command.command("verify", epilog="Example: gatepass audit verify --expect 1042:9f86d081884c7d65...")
@click.option(
    "--expect",
    metavar="POSITION:MAC",
    help="A head that was printed before and kept elsewhere; it must still be part of the log.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def verify(settings: Settings, expect: str | None, as_json: bool) -> None:
    """Find out whether an event was changed, dropped, added or moved, and print the head of the log.

    That the newest events were cut off can only be seen by who has kept a head: give it with --expect. Exits 1 if the
    log is not what was written.
    """
    link = None if expect is None else _link(expect)
    trail = open_house(settings).audit_trail
    with progress_bar("Verifying") as bar:
        verdict = trail.verify(expect=link, progress=bar)
    if as_json:
        click.echo(json.dumps(_report(verdict), indent=2))
    elif verdict.fault is None:
        click.echo(f"{verdict.checked} event(s) are as they were written.\nHead: {_text(verdict.head)}")
    if verdict.fault is not None:
        good = f"The {verdict.checked} event(s) before it are good. " if verdict.checked else ""
        raise click.ClickException(
            f"Position {verdict.fault.position}: {verdict.fault.message} {good}"
            "Compare with a backup or with where the log is shipped to."
        )


def _follow(
    trail: AuditTrail, last: int, *, user_id: str | None, kind: EventKind | None, as_json: bool
) -> None:
    show = as_json_line if as_json else as_line
    try:
        while True:
            rows = trail.after(last, limit=_PAGE, user_id=user_id, kind=kind)
            for row in rows:
                click.echo(show(row))
                last = row.position
            if len(rows) < _PAGE:
                time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        return  # the way to end it


def _user_id(gatepass: Gatepass, name: str) -> str:
    """The account's id. An id that no account has (any more) is taken as it is: events outlive accounts."""
    try:
        return gatepass.administration.find(name).id
    except NotFound:
        if not is_public_id(name):
            raise
        return name


def _link(text: str) -> ChainLink:
    match = _LINK.fullmatch(text.strip().lower())
    if match is None:
        raise InvalidInput(
            "--expect takes a head as `gatepass audit verify` prints it: the position, a colon, 64 hex digits."
        )
    return ChainLink(int(match[1]), bytes.fromhex(match[2]))


def _text(link: ChainLink) -> str:
    return f"{link.position}:{link.mac.hex()}"


def _report(verdict: Verdict) -> dict[str, object]:
    fault = verdict.fault
    return {
        "intact": fault is None,
        "events": verdict.checked,
        "first": verdict.first,
        "head": _text(verdict.head),
        "fault": None if fault is None else {"position": fault.position, "message": fault.message},
    }

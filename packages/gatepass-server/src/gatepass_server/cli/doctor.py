"""``gatepass doctor``."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from gatepass.terminal.paint import printable
from gatepass_server.doctor import Finding, Group, Verdict, examine
from gatepass_server.doctor.visitor import Visitor


@click.command("doctor", epilog="Example: gatepass doctor https://auth.example.com")
@click.argument("issuer")
@click.option(
    "--ca-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The certificates (PEM) of the only authorities to believe.  [default: those of the system]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 600),
    default=30.0,
    show_default=True,
    help="Seconds for all checks together.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(issuer: str, ca_file: Path | None, timeout: float, as_json: bool) -> None:
    """Check a running issuer, this one or any other, as a client would, and say what is wrong.

    It needs no account and changes nothing there: it reads the metadata, the keys, the revocation feed and the
    certificate, and sends each endpoint a request with nothing in it. Exits 1 on a failure; a warning is no failure.
    """
    groups: list[Group] = []
    for group in examine(issuer, Visitor(timeout, ca_file=ca_file)):
        groups.append(group)
        if not as_json:
            _show(group)
    findings = [finding for group in groups for finding in group.findings]
    counts = Counter(finding.verdict for finding in findings)
    if as_json:
        click.echo(json.dumps(_document(issuer, groups, counts), indent=2))
    else:
        click.echo(", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict))
    if failures := counts[Verdict.FAIL]:
        what = "1 check" if failures == 1 else f"{failures} checks"
        raise click.ClickException(f"{what} failed; each says above what to do.")


def _show(group: Group) -> None:
    click.echo(group.title)
    for finding in group.findings:
        click.echo(f"  {finding.verdict:<4}  {printable(finding.found)}")
        if finding.advice:
            click.echo(f"        -> {printable(finding.advice)}")


def _document(issuer: str, groups: Sequence[Group], counts: Counter[Verdict]) -> dict[str, object]:
    return {
        "issuer": issuer,
        "healthy": not counts[Verdict.FAIL],
        "counts": {str(verdict): counts[verdict] for verdict in Verdict},
        "findings": [_row(group.title, finding) for group in groups for finding in group.findings],
    }


def _row(title: str, finding: Finding) -> dict[str, str]:
    return {"group": title, **asdict(finding)}

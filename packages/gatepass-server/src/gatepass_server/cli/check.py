"""``gatepass check``."""

from collections.abc import Callable
from dataclasses import dataclass

import click

from gatepass_server.bootstrap import build
from gatepass_server.cli.context import takes_settings
from gatepass_server.crypto.calibrate import suggest
from gatepass_server.domain.errors import GatepassError
from gatepass_server.settings import Settings
from gatepass_server.settings.loosenings import find_loosenings


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``fault`` makes the command fail."""

    mark: str
    text: str
    fault: bool = False


@click.command("check", epilog="Example: gatepass check --calibrate")
@click.option("--calibrate", is_flag=True, help="Measure this machine and suggest argon2 parameters.")
@takes_settings
def command(settings: Settings, calibrate: bool) -> None:
    """Find what is wrong or weak in this installation. Changes nothing but a missing master key file.

    Exits 1 on a fault; a weak setting is a warning.
    """
    findings = [Finding("ok", "The settings can be used.")]
    findings += [Finding("weak", sentence) for sentence in find_loosenings(settings)]
    findings += _database(settings)
    for finding in findings:
        click.echo(f"[{finding.mark:>5}] {finding.text}")
    if calibrate:
        _calibrate()
    faults = sum(finding.fault for finding in findings)
    if faults:
        raise click.ClickException(f"{faults} fault(s) found.")


def _database(settings: Settings) -> list[Finding]:
    if not settings.data.exists() and not settings.database_url:
        return [
            Finding(
                "new", f"There is no data folder {settings.data} yet; the first `gatepass serve` makes it."
            )
        ]
    try:
        gatepass = build(settings)
    except GatepassError as error:
        return [Finding("fault", error.message, fault=True)]
    findings = [_try("The database answers and its schema fits.", gatepass.store.check_ready)]
    if not findings[0].fault:
        findings.append(_try("A signing key is active and opens.", gatepass.signer))
    return findings


def _try(good: str, step: Callable[[], object]) -> Finding:
    try:
        step()
    except GatepassError as error:
        return Finding("fault", error.message, fault=True)
    return Finding("ok", good)


def _calibrate() -> None:
    click.echo("Measuring argon2id on this machine ...", err=True)
    found = suggest()
    click.echo(
        f"argon2_memory_kib = {found.parameters.memory_kib}\nargon2_time_cost = {found.parameters.time_cost}\n"
        f"argon2_parallelism = {found.parameters.parallelism}\n# one hash takes {found.milliseconds:.0f} ms here"
    )

"""``gatepass check``."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from gatepass_server.bootstrap import Gatepass, build
from gatepass_server.cli.context import takes_settings
from gatepass_server.crypto.calibrate import suggest
from gatepass_server.crypto.master_key import load_or_create
from gatepass_server.domain.errors import GatepassError
from gatepass_server.settings import Settings
from gatepass_server.settings.logo import read_logo
from gatepass_server.settings.loosenings import find_loosenings


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; the mark ``fault`` makes the command fail."""

    mark: str
    text: str


@click.command("check", epilog="Example: gatepass check --calibrate")
@click.option("--calibrate", is_flag=True, help="Measure this machine and suggest argon2 parameters.")
@takes_settings
def command(settings: Settings, calibrate: bool) -> None:
    """Find what is wrong or weak in this installation; change nothing.

    Exits 1 on a fault; a weak setting is a warning.
    """
    findings = list(_look(settings))
    for finding in findings:
        click.echo(f"[{finding.mark:>5}] {finding.text}")
    if calibrate:
        _calibrate()
    faults = sum(finding.mark == "fault" for finding in findings)
    if faults:
        raise click.ClickException(f"{faults} fault(s) found; each says above how to mend it.")


def _look(settings: Settings) -> Iterator[Finding]:
    yield Finding("ok", "The settings can be used.")
    yield from (Finding("weak", sentence) for sentence in find_loosenings(settings))
    if settings.brand_logo:
        yield _try("The logo of the pages can be used.", lambda: read_logo(settings.brand_logo))
    for name, upstream in settings.upstream.items():
        if upstream.logo:
            setting = f"upstream.{name}.logo"
            yield _try(
                f"The picture of {setting} can be used.", partial(read_logo, upstream.logo, setting=setting)
            )
    if not settings.data.exists() and not settings.database_url:
        yield Finding("new", f"There is no data folder {settings.data}; the first `gatepass serve` makes it.")
        return
    yield from _files(settings)
    yield from _services(settings)


def _files(settings: Settings) -> Iterator[Finding]:
    yield from _seen_by_others(settings.data)
    yield from _seen_by_others(settings.data / "gatepass.db")
    master_key = settings.data / "master.key"
    if not settings.master_key and master_key.exists():
        yield _try("The master key can be used.", lambda: load_or_create(master_key))


def _services(settings: Settings) -> Iterator[Finding]:
    try:
        gatepass = build(settings)
    except GatepassError as error:
        yield Finding("fault", error.message)
        return
    click.get_current_context().call_on_close(gatepass.close)
    if settings.outbound_ca_file:
        yield _try("The authorities of outbound_ca_file can be read.", gatepass.outbound(1).prepare)
    database = _try("The database answers and its schema fits.", gatepass.store.check_ready)
    yield database
    if database.mark == "ok":
        yield _signing(gatepass)
        yield from _roles_of_the_directory(gatepass)


def _signing(gatepass: Gatepass) -> Finding:
    if gatepass.keeper is not None and not gatepass.keeper.list():
        return Finding("new", "There is no signing key yet; the first `gatepass serve` makes one.")
    return _try("A signing key is active and opens.", gatepass.signer)


def _roles_of_the_directory(gatepass: Gatepass) -> Iterator[Finding]:
    if gatepass.people_directory is None:
        return
    with gatepass.store.read() as uow:
        missing = [name for name in gatepass.people_directory.roles if uow.roles.find(name) is None]
    for name in missing:
        yield Finding(
            "weak", f"ldap_roles: there is no role {name}; nobody gets it. Run: gatepass roles create {name}"
        )
    yield Finding("ok", "The directory is not asked by this command. Run: gatepass ldap test")


def _seen_by_others(path: Path) -> Iterator[Finding]:
    if os.name != "posix" or not path.exists():
        return
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        yield Finding(
            "weak", f"Others on this machine can use {path} (mode {mode:04o}). Run: chmod go= {path}"
        )


def _try(good: str, step: Callable[[], object]) -> Finding:
    try:
        step()
    except GatepassError as error:
        return Finding("fault", error.message)
    return Finding("ok", good)


def _calibrate() -> None:
    click.echo("Measuring argon2id on this machine ...", err=True)
    found = suggest()
    click.echo(
        f"argon2_memory_kib = {found.parameters.memory_kib}\nargon2_time_cost = {found.parameters.time_cost}\n"
        f"argon2_parallelism = {found.parameters.parallelism}\n# one hash takes {found.milliseconds:.0f} ms here"
    )

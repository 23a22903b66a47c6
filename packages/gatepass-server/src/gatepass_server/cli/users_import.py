"""``gatepass users import``."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import click

from gatepass_server.accounts.import_users import ImportPlan, ImportResult
from gatepass_server.bootstrap import user_import
from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.cli.progress import progress_bar
from gatepass_server.settings import Settings

_SHOWN = 50
"""So many faults are printed for people; ``--json`` has all."""


@click.command("import", epilog="Example: gatepass users import article.db --dry-run")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["sqlite", "csv", "jsonl"]),
    help="What the file is.  [default: found out]",
)
@click.option("--dry-run", is_flag=True, help="Read and judge every row; change nothing.")
@click.option(
    "--skip-invalid", is_flag=True, help="Leave out rows that cannot be taken, and import the others."
)
@click.option(
    "--plain-passwords", is_flag=True, help="What is not a hash is a password in the clear; it is hashed."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@takes_settings
def import_users(
    settings: Settings,
    file: Path,
    file_format: Literal["sqlite", "csv", "jsonl"] | None,
    dry_run: bool,
    skip_invalid: bool,
    plain_passwords: bool,
    as_json: bool,
) -> None:
    """Bring accounts over: the tutorial app's SQLite file, CSV (name,email,password) or JSON lines.

    Either all new accounts are made or none. Accounts that exist already are left as they are. Exits 1 if a row was
    refused and not asked to be left out.
    """
    service = user_import(open_house(settings, make=not dry_run))
    with progress_bar("Reading") as bar:
        plan = service.plan(
            file, file_format, passwords="plain" if plain_passwords else "hashed", progress=bar
        )
    is_refused = bool(plan.invalid) and not skip_invalid
    result = ImportResult(0, len(plan.existing), len(plan.invalid))
    if not dry_run and not is_refused:
        with progress_bar("Importing") as bar:
            result = service.apply(plan, skip_invalid=skip_invalid, progress=bar)
    if as_json:
        click.echo(json.dumps(_report(plan, result, dry_run=dry_run), indent=2, ensure_ascii=False))
    else:
        _show_faults(plan)
        _show_notes(plan)
        click.echo(_summary(plan, result, dry_run=dry_run))
    if is_refused:
        raise click.ClickException(
            f"{len(plan.invalid)} of {len(plan.rows)} rows cannot be imported, so none was. Mend them, or leave them "
            "out with --skip-invalid."
        )


def _summary(plan: ImportPlan, result: ImportResult, *, dry_run: bool) -> str:
    new = (
        f"{len(plan.new)} would be imported (a dry run changes nothing)"
        if dry_run
        else f"{result.added} imported"
    )
    return f"{new}, {result.existing} exist already, {result.invalid} cannot be taken."


def _show_faults(plan: ImportPlan) -> None:
    lines = [
        f"{row.place}: {fault.field}: {fault.message}" + (f" ({row.email})" if row.email else "")
        for row in plan.invalid
        for fault in row.faults
    ]
    for line in lines[:_SHOWN]:
        click.echo(line, err=True)
    if len(lines) > _SHOWN:
        click.echo(f"... and {len(lines) - _SHOWN} more; --json lists all.", err=True)


def _show_notes(plan: ImportPlan) -> None:
    doubtful = [row for row in plan.existing if row.notes]
    for row in doubtful[:_SHOWN]:
        click.echo(f"{row.place}: {' '.join(row.notes)} ({row.email})", err=True)
    if len(doubtful) > _SHOWN:
        click.echo(f"... and {len(doubtful) - _SHOWN} more; --json lists all.", err=True)
    for note, count in Counter(note for row in plan.new for note in row.notes).most_common():
        click.echo(f"Note on {count} of the new rows: {note}", err=True)


def _report(plan: ImportPlan, result: ImportResult, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "rows": len(plan.rows),
        "new": len(plan.new),
        "imported": result.added,
        "existing": result.existing,
        "invalid": result.invalid,
        "faults": [
            {
                "place": row.place,
                "email": row.email,
                "field": fault.field,
                "code": fault.code,
                "message": fault.message,
            }
            for row in plan.invalid
            for fault in row.faults
        ],
        "notes": [
            {"place": row.place, "email": row.email, "message": note}
            for row in plan.rows
            for note in row.notes
        ],
    }

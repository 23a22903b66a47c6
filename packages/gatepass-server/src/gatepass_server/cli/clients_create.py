"""``gatepass clients create``."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click
import msgspec

from gatepass_server.cli.client_options import takes_metadata, with_options
from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.domain.clients import NO_METADATA, Client, ClientMetadata
from gatepass_server.domain.errors import FieldFault, InvalidInput
from gatepass_server.domain.oauth1 import OAUTH1
from gatepass_server.domain.secret import Secret
from gatepass_server.presets import Preset, SettingsFile, find_preset, preset_names
from gatepass_server.presets.rendering import checked_program_url, rendered, values_for
from gatepass_server.settings import Settings

_SIGN_IN_SCOPE = "openid profile email offline_access"
_EXAMPLE = "gatepass clients create --for grafana --url https://grafana.example.com"


@dataclass(frozen=True, slots=True)
class _Program:
    """A well-known program at its address."""

    preset: Preset
    url: str

    def files(self, client: Client, secret: Secret | None, issuer: str) -> Sequence[SettingsFile]:
        return rendered(self.preset, values_for(client, secret, issuer=issuer, url=self.url))


@click.command("create", epilog=f"Example: {_EXAMPLE}")
@click.option("--name", help="What people call the program.  [default: with --for, the program's own name]")
@click.option(
    "--for",
    "program",
    type=click.Choice(preset_names()),
    metavar="PROGRAM",
    help="Make it as a well-known program needs it, and print that program's settings; `clients presets` lists them.",
)
@click.option("--url", help="With --for: the program's own address.")
@click.option("--file", "only", metavar="NAME", help="With --for: print this one of its files alone.")
@click.option(
    "--public", is_flag=True, help="It cannot keep a secret (a browser or native app), so it gets none."
)
@click.option("--issuer", help="The issuer, as the server was told.  [default: http://127.0.0.1:PORT]")
@click.option("--port", type=int, help="The server's port, if no issuer is set.  [default: 8000]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_metadata
@takes_settings
def create(
    settings: Settings,
    name: str | None,
    program: str | None,
    url: str | None,
    only: str | None,
    public: bool,
    as_json: bool,
    options: dict[str, Any],
) -> None:
    """Make a program known, and print its id and its secret. The secret is kept nowhere, and never printed again.

    With --for, what is printed is ready to be put into that program's own files. Without redirect URI and grant, the
    program may ask at /oauth2/introspect whether a token is good, and no more.
    """
    known = _program(program, url)
    if only is not None:
        _check_file(known, only)
    if name is None and known is None:
        raise click.UsageError("Say what people call the program: --name. Or name a well-known one: --for.")
    if public and options["token_endpoint_auth_method"]:
        raise click.UsageError("A public client proves nothing: say --public or --auth-method, not both.")
    base = NO_METADATA if known is None else known.preset.metadata(known.url)
    metadata = _by_default(with_options(base, options), public=public)
    called = name if name is not None else known.preset.title if known is not None else ""
    client, secret = open_house(settings, make=True).clients.create(called, metadata)
    files = () if known is None else known.files(client, secret, settings.public_issuer)
    files = [file for file in files if only in {None, file.name}]
    notes = () if known is None else known.preset.notes
    if as_json:
        click.echo(json.dumps(_document(client, secret, files, notes), indent=2, ensure_ascii=False))
    elif files:
        _show_files(files, notes, settings)
    else:
        _show(client, secret)


def _program(program: str | None, url: str | None) -> _Program | None:
    if program is None:
        if url is not None:
            raise click.UsageError("--url says where a well-known program is: say which, with --for.")
        return None
    preset = find_preset(program)
    if url is None:
        raise click.UsageError(f"Say where {preset.title} is: --url {preset.example_url}")
    try:
        return _Program(preset, checked_program_url(url))
    except ValueError as error:
        fault = FieldFault("url", "invalid", str(error))
        raise InvalidInput("The client cannot be made: see each field.", faults=[fault]) from None


def _check_file(known: _Program | None, only: str) -> None:
    names = () if known is None else tuple(file.name for file in known.preset.files)
    if only not in names:
        raise click.UsageError(
            f"--file names one of the program's files: {', '.join(names) or 'say --for first'}."
        )


def _by_default(metadata: ClientMetadata, *, public: bool) -> ClientMetadata:
    usual: dict[str, Any] = {}
    if public:
        usual["token_endpoint_auth_method"] = "none"  # noqa: S105 - the name of a method
        if metadata.redirect_uris and not any(uri.startswith("https:") for uri in metadata.redirect_uris):
            usual["application_type"] = "native"
    if OAUTH1 in metadata.grant_types:
        usual["token_endpoint_auth_method"] = OAUTH1
        usual["scope"] = metadata.scope or _SIGN_IN_SCOPE
    if metadata.redirect_uris and not metadata.grant_types:
        usual["grant_types"] = ("authorization_code", "refresh_token")
    if "authorization_code" in usual.get("grant_types", metadata.grant_types) and not metadata.scope:
        usual["scope"] = _SIGN_IN_SCOPE
    return msgspec.structs.replace(metadata, **usual)


def _document(
    client: Client, secret: Secret | None, files: Sequence[SettingsFile], notes: Sequence[str]
) -> dict[str, Any]:
    told: dict[str, Any] = {"client_id": client.id}
    if secret is not None:
        told["client_secret"] = secret.reveal()
    told |= {"name": client.name, "metadata": msgspec.to_builtins(client.metadata)}
    if files:
        told |= {"files": msgspec.to_builtins(files), "notes": list(notes)}
    return told


def _show(client: Client, secret: Secret | None) -> None:
    click.echo(f"client_id      {client.id}")
    if secret is not None:
        click.echo(f"client_secret  {secret.reveal()}")
        click.echo("Keep the secret where the program finds it: it is not printed again.", err=True)


def _show_files(files: Sequence[SettingsFile], notes: Sequence[str], settings: Settings) -> None:
    for file in files:
        if len(files) > 1:
            click.echo(f"==> {file.name} <==")
        click.echo(file.text)
    if len(files) == 1:
        click.echo(f"This is for {files[0].name}.", err=True)
    for note in notes:
        click.echo(note, err=True)
    if not settings.issuer:
        click.echo(f"The issuer is {settings.public_issuer}; for a server elsewhere say --issuer.", err=True)
    click.echo("The secret is not printed again.", err=True)

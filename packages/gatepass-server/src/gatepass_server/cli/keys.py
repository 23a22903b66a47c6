"""``gatepass keys``."""

import json
from pathlib import Path
from typing import TextIO, get_args

import click

from gatepass import load_key
from gatepass.errors import KeyFormatError
from gatepass.jwk import key_from_jwk
from gatepass_server.bootstrap import build, prepare
from gatepass_server.cli.context import takes_settings
from gatepass_server.cli.output import moment, show_rows
from gatepass_server.domain.errors import NotFound, OperatorError
from gatepass_server.domain.signing_keys import KeyRecord, KeyState
from gatepass_server.keys.keeper import KeyKeeper
from gatepass_server.settings import Settings
from gatepass_server.settings.model import Algorithm

_ALGORITHMS = click.Choice(get_args(Algorithm))
_AT_ONCE = "Sign with it at once; by default it is published first, and signs after key_publish_lead seconds."


@click.group("keys")
def command() -> None:
    """Look after the keys that sign."""


@command.command("list", epilog="Example: gatepass keys list --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def list_keys(settings: Settings, as_json: bool) -> None:
    """List every key with its state: next, active, retiring or gone."""
    rows = [
        {
            "kid": record.kid,
            "alg": record.alg,
            "state": str(state),
            "signs_from": moment(record.activates_at),
            "signs_until": moment(record.retires_at),
            "published_until": moment(record.gone_at),
        }
        for record, state in _keeper(settings).list()
    ]
    show_rows(rows, as_json=as_json, empty="There are no keys yet. Make one: gatepass keys generate")


@command.command("generate", epilog="Example: gatepass keys generate --alg ES256")
@click.option("--alg", type=_ALGORITHMS, default="RS256", show_default=True, help="What the key signs with.")
@click.option(
    "--bits", type=click.IntRange(2048, 8192), default=2048, show_default=True, help="Size of an RSA key."
)
@click.option("--activate", is_flag=True, help=_AT_ONCE)
@takes_settings
def generate(settings: Settings, alg: str, bits: int, activate: bool) -> None:
    """Make a key; it will replace the one that signs now."""
    prepare(settings)
    _say(_keeper(settings).generate(alg, bits=bits, activate=activate))


@command.command(
    "import", epilog="Example: gatepass keys import jwtRS256.key --passphrase-file passphrase.txt"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--passphrase-file",
    type=click.File(encoding="utf-8"),
    help="Read its passphrase here; - is stdin.",
)
@click.option("--alg", type=_ALGORITHMS, help="What the key signs with.  [default: by the kind of key]")
@click.option("--activate", is_flag=True, help=_AT_ONCE)
@takes_settings
def import_key(
    settings: Settings,
    file: Path,
    passphrase_file: TextIO | None,
    alg: str | None,
    activate: bool,
) -> None:
    """Take in a private key: PEM (PKCS#1, PKCS#8, SEC1, OpenSSH), PKCS#12 or JWK, encrypted or not."""
    prepare(settings)
    passphrase = passphrase_file.read().rstrip("\r\n") if passphrase_file is not None else None
    try:
        key = load_key(file, passphrase=passphrase, private=True)
    except KeyFormatError as error:
        raise OperatorError(f"{error} (The passphrase goes into a file: --passphrase-file F.)") from None
    _say(_keeper(settings).adopt(key, algorithm=alg, activate=activate))


@command.command("rotate", epilog="Example: gatepass keys rotate")
@click.option(
    "--now", is_flag=True, help="The key was stolen: replace every key at once; their tokens stop working."
)
@takes_settings
def rotate(settings: Settings, now: bool) -> None:
    """Replace the key that signs by a new one of the same kind; tokens of the old one stay valid."""
    _say(_keeper(settings).rotate(now=now))


@command.command("retire", epilog="Example: gatepass keys retire KID")
@click.argument("kid")
@takes_settings
def retire(settings: Settings, kid: str) -> None:
    """Take a key out of signing; it stays published until its last token has expired."""
    record = _keeper(settings).retire(kid)
    click.echo(f"Retired {record.kid}.")


@command.command("reseal", epilog="Example: GATEPASS_MASTER_KEY_FILE=new-then-old.txt gatepass keys reseal")
@takes_settings
def reseal(settings: Settings) -> None:
    """Seal every private key under the first master key, after a new one was put before the old."""
    click.echo(f"{_keeper(settings).reseal()} key(s) sealed anew.")


@command.command("export", epilog="Example: gatepass keys export --public > jwtRS256.key.pub")
@click.argument("kid", required=False)
@click.option("--public", is_flag=True, required=True, help="The public key; a private one never leaves.")
@click.option("--json", "as_json", is_flag=True, help="Print the JWK instead of PEM.")
@takes_settings
def export(settings: Settings, kid: str | None, public: bool, as_json: bool) -> None:
    """Print the public key that signs now, or the one named KID, as PEM."""
    if not public:
        raise OperatorError("Only public keys can be exported: gatepass keys export --public")
    found = [
        record
        for record, state in _keeper(settings).list()
        if (record.kid == kid if kid else state is KeyState.ACTIVE)
    ]
    if not found:
        raise NotFound("There is no such key. See: gatepass keys list")
    jwk = json.loads(found[-1].public_jwk)
    click.echo(json.dumps(jwk, indent=2) if as_json else key_from_jwk(jwk).public_pem(), nl=as_json)


def _keeper(settings: Settings) -> KeyKeeper:
    keeper = build(settings).keeper
    if keeper is None:
        raise OperatorError("This server signs with a shared secret (signing_secret) and has no keys.")
    return keeper


def _say(record: KeyRecord) -> None:
    click.echo(f"{record.kid} ({record.alg}) signs from {moment(record.activates_at)} on.")

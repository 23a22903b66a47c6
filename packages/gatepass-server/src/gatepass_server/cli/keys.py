"""``gatepass keys``."""

import json
from pathlib import Path
from typing import BinaryIO

import click

from gatepass import Key, KeyFormatError, PassphraseMissingError, load_key
from gatepass.jwk import key_from_jwk
from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.cli.kids import KidCommand
from gatepass_server.cli.output import moment, show_rows
from gatepass_server.cli.secret_input import ask_secret, is_at_terminal, read_secret
from gatepass_server.domain.errors import InvalidInput, NotFound, OperatorError
from gatepass_server.domain.signing_keys import ALGORITHMS, KeyRecord, KeyState
from gatepass_server.keys.keeper import KeyKeeper
from gatepass_server.settings import Settings

_ALGORITHMS = click.Choice(ALGORITHMS)
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
@click.option(
    "--alg", type=_ALGORITHMS, help="What the key signs with.  [default: the setting signing_algorithm]"
)
@click.option("--bits", type=click.IntRange(2048, 8192), help="Size of an RSA key.  [default: 2048]")
@click.option("--activate", is_flag=True, help=_AT_ONCE)
@takes_settings
def generate(settings: Settings, alg: str | None, bits: int | None, activate: bool) -> None:
    """Make a key; it will replace the one of its algorithm that signs now. Keys of other algorithms go on signing."""
    chosen = alg or settings.signing_algorithm
    if bits is not None and not chosen.startswith(("RS", "PS")):
        raise InvalidInput(f"Only RSA keys have a choice of size; leave --bits away for {chosen}.")
    _say(_keeper(settings, make=True).generate(chosen, bits=bits or 2048, activate=activate), settings)


@command.command(
    "import", epilog="Example: gatepass keys import jwtRS256.key --passphrase-file passphrase.txt"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--passphrase-file",
    type=click.File("rb"),
    help="Read its passphrase here; - is standard input.",
)
@click.option("--alg", type=_ALGORITHMS, help="What the key signs with.  [default: by the kind of key]")
@click.option("--activate", is_flag=True, help=_AT_ONCE)
@takes_settings
def import_key(
    settings: Settings,
    file: Path,
    passphrase_file: BinaryIO | None,
    alg: str | None,
    activate: bool,
) -> None:
    """Take in a private key: PEM (PKCS#1, PKCS#8, SEC1, OpenSSH), DER, PKCS#12 or JWK, encrypted or not.

    At a terminal the passphrase is asked for when it is needed.
    """
    passphrase = None if passphrase_file is None else read_secret(passphrase_file)
    try:
        key = _load(file, passphrase)
    except KeyFormatError as error:
        raise OperatorError(str(error)) from None
    _say(_keeper(settings, make=True).adopt(key, algorithm=alg, activate=activate), settings)


@command.command("rotate", epilog="Example: gatepass keys rotate")
@click.option(
    "--now", is_flag=True, help="The keys were stolen: replace every key at once; their tokens stop working."
)
@click.option("--alg", type=_ALGORITHMS, help="Only the keys of this algorithm.  [default: all]")
@takes_settings
def rotate(settings: Settings, now: bool, alg: str | None) -> None:
    """Replace each key that signs by a new one of the same kind; tokens of the old ones stay valid."""
    for record in _keeper(settings).rotate(alg, now=now):
        _say(record, settings)


@command.command("retire", cls=KidCommand, epilog="Example: gatepass keys retire KID")
@click.argument("kid")
@takes_settings
def retire(settings: Settings, kid: str) -> None:
    """Take a key out of the line: one that waits never signs, one that signed stays published for its tokens.

    The only key of an algorithm that is needed cannot be retired: rotate instead.
    """
    record = _keeper(settings).retire(kid)
    click.echo(f"{record.kid} will not sign; it is published until {moment(record.gone_at)}.")


@command.command("reseal", epilog="Example: GATEPASS_MASTER_KEY_FILE=new-then-old.txt gatepass keys reseal")
@takes_settings
def reseal(settings: Settings) -> None:
    """Seal every private key, and every other secret, under the first master key.

    To replace the master key: make one with `openssl rand -base64 32`; give every server both, the old one first;
    then both, the new one first; reseal; then take the old one away.
    """
    click.echo(f"{_keeper(settings).reseal()} secret(s) sealed anew.")


@command.command("export", cls=KidCommand, epilog="Example: gatepass keys export --public > jwtRS256.key.pub")
@click.argument("kid", required=False)
@click.option("--public", is_flag=True, help="The public key; a private one never leaves.")
@click.option("--json", "as_json", is_flag=True, help="Print the JWK instead of PEM.")
@takes_settings
def export(settings: Settings, kid: str | None, public: bool, as_json: bool) -> None:
    """Print the public key that signs access tokens now, or the one named KID, as PEM."""
    if not public:
        raise OperatorError("Only public keys can be exported: gatepass keys export --public")
    listed = _keeper(settings).list()
    active = [record for record, state in listed if state is KeyState.ACTIVE]
    usual = [record for record in active if record.alg == settings.signing_algorithm] or active
    found = [record for record, _ in listed if record.kid == kid] if kid else usual
    if not found:
        raise NotFound("There is no such key. See: gatepass keys list")
    jwk = json.loads(found[-1].public_jwk)
    click.echo(json.dumps(jwk, indent=2) if as_json else key_from_jwk(jwk).public_pem(), nl=as_json)


def _load(file: Path, passphrase: str | None) -> Key:
    try:
        return load_key(file, passphrase=passphrase, private=True)
    except PassphraseMissingError:
        if passphrase is not None or not is_at_terminal():
            raise PassphraseMissingError(
                "The key is encrypted: write its passphrase into a file and give it with --passphrase-file FILE."
            ) from None
    given = ask_secret("Passphrase", twice=False, otherwise="Give it with --passphrase-file FILE.")
    return load_key(file, passphrase=given, private=True)


def _keeper(settings: Settings, *, make: bool = False) -> KeyKeeper:
    if settings.signing_secret:
        raise OperatorError("This server signs with a shared secret (signing_secret) and has no keys.")
    keeper = open_house(settings, make=make).keeper
    if keeper is None:
        raise RuntimeError("a house without a shared secret has a keeper")
    return keeper


def _say(record: KeyRecord, settings: Settings) -> None:
    click.echo(f"{record.kid} ({record.alg}) signs from {moment(record.activates_at)} on.")
    if record.alg != settings.signing_algorithm:
        click.echo(
            f"While there is a key for the setting signing_algorithm ({settings.signing_algorithm}), "
            f"{record.alg} signs only for programs that ask for it.",
            err=True,
        )

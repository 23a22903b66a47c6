"""``gatepass ldap``."""

from typing import BinaryIO

import click

from gatepass_server.accounts.directory_passwords import issuer_of
from gatepass_server.bootstrap import Gatepass
from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.cli.output import show_facts
from gatepass_server.cli.secret_input import ask_secret, read_secret
from gatepass_server.domain.directories import DirectoryEntry, NotProven
from gatepass_server.domain.errors import OperatorError
from gatepass_server.domain.secret import Secret
from gatepass_server.settings import Settings


@click.group("ldap")
def command() -> None:
    """Ask the directory that judges passwords."""


@command.command("test", epilog="Example: gatepass ldap test --login ada@example.org --with-password")
@click.option("--login", help="Look for whom this fits, as if somebody had typed it to sign in.")
@click.option("--with-password", is_flag=True, help="Ask for the person's password, and try it.")
@click.option(
    "--password-file", type=click.File("rb"), help="Try the password in this file; - is standard input."
)
@takes_settings
def test(settings: Settings, login: str | None, with_password: bool, password_file: BinaryIO | None) -> None:
    """See whether the directory answers, and what it tells of a person. Nothing is changed, and nobody signed in.

    A wrong password counts in the directory as any other.
    """
    house = open_house(settings)
    directory = house.people_directory
    if directory is None:
        raise OperatorError("There is no directory: the setting ldap_url is empty. See: docs/howto/ldap.md")
    if not login:
        if with_password or password_file:
            raise OperatorError("Say whose password it is: --login.")
        directory.examine()
        click.echo("The directory answers, and can be searched.")
        return
    password = _password(password_file, asks=with_password)
    try:
        if password is None:
            entry = directory.look_up(login)
        else:
            entry = directory.prove_login(login, password, may_try=lambda _: None)
    except NotProven as error:
        raise OperatorError(f"Nobody would be let in: {error.reason}.") from None
    show_facts(_facts(house, entry, proven=password is not None))


def _password(file: BinaryIO | None, *, asks: bool) -> Secret | None:
    if file is not None:
        return Secret(read_secret(file))
    if not asks:
        return None
    return Secret(ask_secret("Password", twice=False, otherwise="Use --password-file."))


def _facts(house: Gatepass, entry: DirectoryEntry, *, proven: bool) -> dict[str, object]:
    with house.store.read() as uow:
        identity = uow.identities.find(issuer_of(house.settings.ldap_name), entry.subject)
        known = [role for role in entry.roles if uow.roles.find(role) is not None]
    return {
        "entry": entry.dn,
        "subject": entry.subject,
        "email": entry.email,
        "name": entry.name,
        "password": "right" if proven else "not tried",
        "roles": known,
        "roles that do not exist here": [role for role in entry.roles if role not in known],
        "account": identity.user_id if identity else "none yet; the first sign-in makes one",
    }

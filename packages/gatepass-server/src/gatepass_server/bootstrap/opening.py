"""What must be there before the first request."""

import time
from typing import TYPE_CHECKING

from gatepass_server.crypto.hash_gate import SharedSlots
from gatepass_server.domain.clock import Clock
from gatepass_server.domain.errors import OperatorError
from gatepass_server.settings import Settings
from gatepass_server.status.places import BLOCK
from gatepass_server.store.sql.schema import upgrade

if TYPE_CHECKING:
    from gatepass_server.accounts.import_users import UserImport

from gatepass_server.bootstrap.build import build
from gatepass_server.bootstrap.house import Gatepass


def prepare(settings: Settings) -> None:
    """Make what a first run lacks: the data folder, the schema. Safe when several processes start at once.

    Raises:
        OperatorError: the folder or the database cannot be used, or the schema is old and may not be upgraded.
    """
    make_folder(settings)
    if settings.auto_upgrade:
        upgrade(settings.database)


def make_folder(settings: Settings) -> None:
    """Make the data folder, for its owner alone.

    Raises:
        OperatorError: it cannot be made.
    """
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OperatorError(
            f"The data folder {settings.data} cannot be made: {error.strerror}. Name another with --data."
        ) from None


def open_for_service(
    settings: Settings,
    *,
    clock: Clock = time.time,
    hash_slots: SharedSlots | None = None,
    status_block: int = BLOCK,
) -> Gatepass:
    """``prepare``, ``build``, and a signing key: everything that must be there before the first request.

    Raises:
        OperatorError: with what to do.
    """
    prepare(settings)
    gatepass = build(settings, clock=clock, hash_slots=hash_slots, status_block=status_block)
    try:
        gatepass.store.check_ready()
        gatepass.outbound(1).prepare()
        gatepass.audit_log.pen()  # as must an audit log that nobody could write: what is not recorded is not done
        if gatepass.keeper is not None:
            gatepass.keeper.ensure_first(settings.signing_algorithm)
            gatepass.signer()  # an unreadable key must stop the start, not the first log-in
    except BaseException:
        gatepass.close()
        raise
    return gatepass


def user_import(gatepass: Gatepass) -> "UserImport":
    """The service that brings accounts over from elsewhere; only the command line needs it."""
    from gatepass_server.accounts.import_users import UserImport  # noqa: PLC0415 - a server never imports users

    return UserImport(gatepass.store, gatepass.hasher, gatepass.policy, gatepass.clock, gatepass.audit_log)

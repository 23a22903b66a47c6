"""Plan an import, then carry it out in one transaction."""

from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Literal

from gatepass_server.accounts.import_users.hashing import hash_passwords
from gatepass_server.accounts.import_users.judge import Judge
from gatepass_server.accounts.import_users.open_source import Format, open_source
from gatepass_server.accounts.import_users.plan import ImportPlan, ImportResult, PlannedRow, Progress
from gatepass_server.audit.log import AuditLog
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import OPERATOR, EventKind
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import EmailTaken, InvalidInput
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.store.ports import Store, UnitOfWork


def _silent(_done: int, _total: int) -> None:
    """Show no progress."""


class UserImport:
    """Imports accounts from a file. Accounts that exist already are reported and left as they are.

    So the same file can be imported again after more people were added to it.
    """

    def __init__(
        self, store: Store, hasher: PasswordHasher, policy: PasswordPolicy, clock: Clock, audit: AuditLog
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._policy = policy
        self._clock = clock
        self._audit = audit

    def plan(
        self,
        path: Path,
        file_format: Format | None = None,
        *,
        passwords: Literal["hashed", "plain"] = "hashed",
        progress: Progress = _silent,
    ) -> ImportPlan:
        """Read and judge every row; change nothing. This alone is the dry run.

        The plan keeps the accounts in memory, about 1 KB each.

        Args:
            path: the file.
            file_format: ``sqlite``, ``csv`` or ``jsonl``; found out if left away.
            passwords: with ``plain``, what is not a hash is taken as a password and hashed in ``apply``.
            progress: told after every row.

        Raises:
            InvalidInput: the file as a whole cannot be understood, with a sentence that names the line.
        """
        source = open_source(path, file_format)
        planned: list[PlannedRow] = []
        with closing(source.rows) as rows, self._store.read() as uow:
            now = whole_seconds(self._clock)
            judge = Judge(uow.users, self._policy, plain=passwords == "plain", now=now)
            for row in rows:
                planned.append(judge.judge(row))
                progress(row.position, source.total)
        return ImportPlan(planned)

    def apply(
        self, plan: ImportPlan, *, skip_invalid: bool = False, progress: Progress = _silent
    ) -> ImportResult:
        """Make the new accounts, in one transaction: all of them or, whatever goes wrong, none.

        Passwords in the clear are hashed before, on all cores. On SQLite other writers wait meanwhile.

        Args:
            plan: what ``plan`` returned.
            skip_invalid: leave invalid rows out instead of refusing the whole file.
            progress: told after every password that is hashed and every account that is written.

        Raises:
            InvalidInput: rows are invalid, or an id was taken since the plan was made; nothing was imported.
            Busy: the memory for hashing, or the database, could not be had; nothing was imported.
        """
        if plan.invalid and not skip_invalid:
            raise InvalidInput(
                f"{len(plan.invalid)} of {len(plan.rows)} rows cannot be imported, so none was. "
                "Mend them, or ask for them to be left out."
            )
        steps = count(1)
        total = sum(1 + bool(row.password) for row in plan.new)
        users = hash_passwords(plan.new, self._hasher, lambda: progress(next(steps), total))
        added = 0
        pen = self._audit.pen()
        with self._store.write() as uow:
            for user in users:
                added += _add(uow, user)
                progress(next(steps), total)
            if added:
                pen.note(uow, EventKind.USERS_IMPORTED, actor=OPERATOR, count=str(added))
        return ImportResult(added, len(plan.existing) + len(users) - added, len(plan.invalid))


def _add(uow: UnitOfWork, user: User) -> bool:
    """Make the account, unless somebody with this e-mail signed up since the plan was made."""
    try:
        uow.users.add(user)
    except EmailTaken:
        if uow.users.by_email(user.email_key) is None:
            raise InvalidInput(
                f"The public_id of {user.email} was taken meanwhile, so nothing was imported. Try again."
            ) from None
        return False
    return True

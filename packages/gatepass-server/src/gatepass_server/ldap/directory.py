"""Ask a directory whether a password is right: search for the person, then bind as them."""

import secrets
import ssl
import threading
from collections.abc import Callable
from typing import Any

from gatepass.deadline import Deadline
from gatepass.forks import mend_after_forks
from gatepass_server.domain.directories import DirectoryEntry, DirectoryUnavailable, NotProven
from gatepass_server.domain.errors import Busy, GatepassError, OperatorError
from gatepass_server.domain.secret import Secret
from gatepass_server.ldap.attempt import Attempt, Question
from gatepass_server.ldap.connection import connected
from gatepass_server.ldap.filters import by_login, by_subject, check_filter, filled
from gatepass_server.ldap.library import ldap3
from gatepass_server.ldap.names import parse_name
from gatepass_server.ldap.plan import Plan

SLOTS = 16
"""Connections at once, of each process: a directory that hangs must not take every thread of the server."""

_PATIENCE = 1.0
"""Seconds to wait for one of them."""


class LdapDirectory:
    """Proves people by the passwords that the directory has for them. Safe to share among threads.

    Every question has a connection of its own, so nothing of one person is left to the next.

    Args:
        plan: where it is, and how it is asked.

    Raises:
        OperatorError: the plan cannot be followed.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        check_filter(plan.user_filter, "ldap_user_filter")
        if plan.group_filter:
            check_filter(filled(plan.group_filter, lambda _: "x"), "ldap_group_filter")
        self._roles = {role: _names(groups) for role, groups in plan.roles.items()}
        self._context = _context(plan)
        self.after_fork()
        mend_after_forks(self)

    def after_fork(self) -> None:
        """Go on in a child, where nobody asks yet."""
        self._slots = threading.BoundedSemaphore(SLOTS)

    @property
    def roles(self) -> list[str]:
        """The roles that groups of the directory stand for, in order."""
        return sorted(self._roles)

    def prove_login(self, login: str, password: Secret, *, may_try: Callable[[str], None]) -> DirectoryEntry:
        """Whoever types this, and has this password.

        Args:
            login: as somebody typed it.
            password: the same. One that is empty, or could be read as such, is never sent: a directory calls a bind
                without a password anonymous, and a success (RFC 4513 section 5.1.2).
            may_try: is told the subject before the password is sent, and raises what stops that.

        Raises:
            NotProven: there is no such person, or more than one, or the password is wrong.
            DirectoryUnavailable: the directory cannot be asked, or gives no answer that says either.
            Busy: too many people are being asked for.
        """
        search = by_login(self._plan.user_filter, self._plan.login_attributes, login)
        return self._ask(Question(search, password, may_try))

    def prove_subject(
        self, subject: str, password: Secret, *, may_try: Callable[[str], None]
    ) -> DirectoryEntry:
        """The person who is known by this subject already; otherwise as ``prove_login``."""
        search = by_subject(self._plan.user_filter, self._plan.subject_attribute, subject)
        if search is None:
            self.pretend()
            raise NotProven("wrong_password", reason="the subject is none of this kind of directory")
        return self._ask(Question(search, password, may_try))

    def pretend(self) -> None:
        """Spend what a wrong password costs, for somebody whom the directory is not to judge.

        Neither what was typed nor anybody's name is sent.

        Raises:
            DirectoryUnavailable, Busy: as for anybody else.
        """
        search = by_login(self._plan.user_filter, self._plan.login_attributes, secrets.token_hex(8))
        try:
            self._ask(Question(search, Secret(""), lambda _: None))
        except NotProven:
            return

    def look_up(self, login: str) -> DirectoryEntry:
        """Whoever types this, without a password: for the operator alone.

        Raises:
            NotProven, DirectoryUnavailable, Busy: as for ``prove_login``.
        """
        search = by_login(self._plan.user_filter, self._plan.login_attributes, login)
        return self._ask(Question(search, None, lambda _: None))

    def examine(self) -> None:
        """See that the directory answers, and can be searched.

        Raises:
            DirectoryUnavailable, Busy: as for ``prove_login``.
        """
        try:
            self.look_up(secrets.token_hex(8))
        except NotProven:
            return

    def _ask(self, question: Question) -> DirectoryEntry:
        slots = self._slots
        if not slots.acquire(timeout=_PATIENCE):
            raise Busy(
                "The server is busy. Please try again shortly.",
                retry_after=5,
                reason=f"{SLOTS} people are being asked for at the directory",
            )
        deadline: Deadline[DirectoryEntry] = Deadline(self._plan.seconds)

        def work() -> DirectoryEntry:
            # The slot is free when the work has ended, not when somebody gave up waiting: a resolver may hang.
            try:
                return self._try_addresses(question, deadline)
            finally:
                slots.release()

        try:
            return deadline.run(work)
        except (GatepassError, NotProven):
            raise
        except TimeoutError:
            raise DirectoryUnavailable(reason="the directory gave no answer in time") from None
        except RuntimeError:  # no thread could be started
            slots.release()
            raise DirectoryUnavailable(reason="this machine is at its limits") from None

    def _try_addresses(self, question: Question, deadline: Deadline[Any]) -> DirectoryEntry:
        failures = []
        seconds = self._plan.seconds / len(self._plan.addresses)  # the others want some of the time, too
        for address in self._plan.addresses:
            try:
                encrypted = self._plan.is_encrypted(address)
                context = self._context if encrypted else None
                with connected(address, context, deadline, seconds=seconds) as connection:
                    return Attempt(self._plan, connection, self._roles, encrypted=encrypted).answer(question)
            except (GatepassError, NotProven):
                raise
            except Exception as error:  # noqa: BLE001 - whatever a directory, or who sits in its place, makes ldap3 raise
                failures.append(f"{address}: {_told(error)}")
        raise DirectoryUnavailable(reason="; ".join(failures))


def _told(error: Exception) -> str:
    """What went wrong; of errors that are neither ldap3's nor the system's, which may hold anything, their class."""
    is_known = isinstance(error, OSError | ldap3.core.exceptions.LDAPExceptionError)
    return f"{type(error).__name__}: {str(error)[:300]}" if is_known else type(error).__name__


def _context(plan: Plan) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if plan.authorities is not None:
        try:
            context.load_verify_locations(plan.authorities)
        except (OSError, ValueError) as error:  # an SSLError is an OSError
            cause = error.strerror if isinstance(error, OSError) else None
            raise OperatorError(
                f"The ldap_ca_file {plan.authorities} cannot be used: {cause or 'it is not PEM'}."
            ) from None
    return context


def _names(groups: tuple[str, ...]) -> frozenset[Any]:
    try:
        return frozenset(parse_name(group) for group in groups)
    except ValueError as error:
        raise OperatorError(f"ldap_roles: {error}") from None

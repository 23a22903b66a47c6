"""Judge rows: which become accounts, which exist already, which cannot be taken and why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from gatepass_server.accounts.import_users.plan import Outcome, PlannedRow
from gatepass_server.accounts.import_users.source import SourceRow
from gatepass_server.crypto.stored_hash import looks_like_hash, parse_stored_hash
from gatepass_server.domain.accounts import User
from gatepass_server.domain.emails import EmailAddress, parse_email
from gatepass_server.domain.errors import FieldFault
from gatepass_server.domain.ids import is_public_id, new_id
from gatepass_server.domain.names import parse_name
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import Users

OTHER_PERSON = (
    "The account with this e-mail has another id, so it was not imported from here: "
    "somebody else may have signed up with the address. Disable it if so."
)

_Parsed = TypeVar("_Parsed")


class _Fault(ValueError):
    """A fault with a code of its own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Password:
    """A hash to keep, or a password to hash."""

    hash: str = ""
    plain: Secret | None = None


class Judge:
    """Judges the rows of one file, in their order; later rows are compared with earlier ones.

    Args:
        users: the accounts there are.
        policy: what it says about passwords in the clear becomes a note, for their owners use them already.
        plain: whether passwords in the clear are taken.
        now: the time of creation, in seconds since the epoch.
    """

    def __init__(self, users: Users, policy: PasswordPolicy, *, plain: bool, now: int) -> None:
        self._users = users
        self._policy = policy
        self._plain = plain
        self._now = now
        self._nobody = not users.page(after=None, limit=1)
        self._places: dict[tuple[str, str], str] = {}

    def judge(self, row: SourceRow) -> PlannedRow:
        """Judge one row. An account that exists is left alone, whatever else the row says."""
        faults = [row.fault] if row.fault else []
        if not faults:
            planned = self._judge_fields(row, faults)
            if planned:
                return planned
        return PlannedRow(row.place, _shown(row.fields.get("email")), Outcome.INVALID, tuple(faults))

    def _judge_fields(self, row: SourceRow, faults: list[FieldFault]) -> PlannedRow | None:
        notes: list[str] = []
        email = _attempt(faults, "email", lambda: parse_email(_text(row, "email")))
        existing = None if email is None else self._existing(email)
        if email is not None and existing is not None:
            return PlannedRow(row.place, email.text, Outcome.EXISTS, notes=_doubts(row, existing))
        if email is not None:
            _attempt(faults, "email", lambda: self._first("email", email.key, row.place))
        name = _attempt(faults, "name", lambda: parse_name(_text(row, "name")))
        address = "" if email is None else email.text
        password = _attempt(
            faults, "password", lambda: self._password(_text(row, "password"), address, name or "", notes)
        )
        public_id = _attempt(faults, "public_id", lambda: self._public_id(row, notes))
        if faults or name is None or email is None or password is None or public_id is None:
            return None
        user = User(
            public_id, name, email.text, email.key, password.hash, is_admin=False, created_at=self._now
        )
        return PlannedRow(row.place, email.text, Outcome.NEW, (), tuple(notes), user, password.plain)

    def _existing(self, email: EmailAddress) -> User | None:
        return None if self._nobody else self._users.by_email(email.key)

    def _first(self, field: str, value: str, place: str) -> None:
        first = self._places.setdefault((field, value), place)
        if first is not place:
            raise _Fault("duplicate", f"The same {field} stands in {first}.")

    def _public_id(self, row: SourceRow, notes: list[str]) -> str:
        """The id to keep; otherwise a new one, and a note that says so."""
        given = row.fields.get("public_id")
        if not isinstance(given, str) or not is_public_id(given):
            notes.append("It has no usable public_id and gets a new one.")
            return new_id()
        self._first("public_id", given, row.place)
        if not self._nobody and self._users.by_id(given) is not None:
            raise _Fault("taken", "Another account has this public_id.")
        return given

    def _password(self, text: str, email: str, name: str, notes: list[str]) -> _Password:
        """Tell a hash from a password in the clear."""
        if not self._plain and not looks_like_hash(text):
            raise _Fault(
                "not_hashed",
                "This is not a password hash. If these are passwords in the clear, say so, and they are hashed.",
            )
        if looks_like_hash(text):
            parse_stored_hash(text)
            return _Password(hash=text)
        faults = self._policy.check(text, email=email, name=name)
        for fault in faults:
            if fault.code in {"too_long", "not_text"}:
                raise _Fault(fault.code, fault.message)
        notes.extend(f"Taken all the same: {fault.message}" for fault in faults)
        return _Password(plain=Secret(text))


def _doubts(row: SourceRow, existing: User) -> tuple[str, ...]:
    """Whoever imports must learn that an account may not be that of the person in the row."""
    given = row.fields.get("public_id")
    if not isinstance(given, str) or not is_public_id(given) or given == existing.id:
        return ()
    return (OTHER_PERSON,)


def _text(row: SourceRow, field: str) -> str:
    value = row.fields.get(field)
    if value is None or value == "":
        raise _Fault("missing", "This field is needed.")
    if not isinstance(value, str):
        raise _Fault("not_text", "This field must be text in UTF-8.")
    return value


def _attempt(faults: list[FieldFault], field: str, parse: Callable[[], _Parsed]) -> _Parsed | None:
    """What ``parse`` gives; if it gives a fault, that is added to ``faults``."""
    try:
        return parse()
    except ValueError as error:
        code = error.code if isinstance(error, _Fault) else "invalid"
        faults.append(FieldFault(field, code, str(error)))
        return None


def _shown(value: object) -> str:
    text = value[:254] if isinstance(value, str) else ""
    return "".join(character if character.isprintable() else "?" for character in text)

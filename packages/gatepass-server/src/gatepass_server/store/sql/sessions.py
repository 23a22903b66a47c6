"""Log-ins in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ScalarSelect,
    Text,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from gatepass_server.domain.accounts import User
from gatepass_server.domain.grants import Terms
from gatepass_server.domain.sessions import Session, SessionMode, StatusIndex
from gatepass_server.store.ports import Later, LiveSession
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.expired_sessions import prune_sessions
from gatepass_server.store.sql.logout_notices import queue_notices
from gatepass_server.store.sql.reauthentication import reauthenticate_session
from gatepass_server.store.sql.rows import Rows
from gatepass_server.store.sql.statements import is_storable
from gatepass_server.store.sql.tables import identities, refresh_families, sessions, users
from gatepass_server.store.sql.terms import decode_terms, encode_terms
from gatepass_server.store.sql.users import COLUMNS as USER_COLUMNS

COLUMNS = tuple(sessions.c)
_ADD = insert(sessions)
_JOINED = select(*COLUMNS, *USER_COLUMNS).join_from(sessions, users, sessions.c.user_id == users.c.id)
_WITH_USER = _JOINED.where(sessions.c.id == bindparam("session_id"))
BY_COOKIE = _JOINED.where(sessions.c.cookie_digest == bindparam("digest"))
_IS_LIVE = and_(
    sessions.c.ended_at.is_(None),
    sessions.c.idle_expires_at > bindparam("now"),
    sessions.c.expires_at > bindparam("now"),
)
_FIRST_PAGE = (
    select(*COLUMNS)
    .where(sessions.c.user_id == bindparam("owner"), _IS_LIVE)
    .order_by(sessions.c.created_at.desc(), sessions.c.id.desc())
    .limit(bindparam("limit"))
)
_LAST = (
    select(sessions.c.created_at)
    .where(sessions.c.id == bindparam("after"), sessions.c.user_id == bindparam("owner"))
    .scalar_subquery()
)
_NEXT_PAGE = _FIRST_PAGE.where(
    or_(
        sessions.c.created_at < _LAST,
        and_(sessions.c.created_at == _LAST, sessions.c.id < bindparam("after")),
    )
)


def _of_owner(column: Column[Any]) -> ScalarSelect[Any]:
    return select(column).where(users.c.id == sessions.c.user_id).scalar_subquery()


_OF_FAMILY = select(refresh_families.c.session_id).where(refresh_families.c.family == bindparam("family"))
_PROLONGED = (
    update(sessions)
    .where(_IS_LIVE)
    .values(
        last_seen_at=bindparam("now"),
        idle_expires_at=case(
            (sessions.c.expires_at < bindparam("end"), sessions.c.expires_at), else_=bindparam("end")
        ),
    )
    # The owner comes with it: SQLite returns columns of no other table, but what a question finds there.
    .returning(*COLUMNS, *(_of_owner(column) for column in USER_COLUMNS))
)
_PROLONG = _PROLONGED.where(sessions.c.id == bindparam("session_id"))
_PROLONG_BY_FAMILY = _PROLONGED.where(sessions.c.id == _OF_FAMILY.scalar_subquery())
_PLACE = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"))
    .values(
        status_list=func.coalesce(sessions.c.status_list, bindparam("number")),
        status_index=func.coalesce(sessions.c.status_index, bindparam("index")),
    )
    .returning(sessions.c.status_list, sessions.c.status_index)
)
_REPLACE_COOKIE = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), sessions.c.cookie_digest == bindparam("old"))
    .values(cookie_digest=bindparam("new"))
)
_ENDED = {
    "ended_at": bindparam("now"),
    # Whatever ended a session, one column says since when: what is to be deleted is found by one index.
    "idle_expires_at": case(
        (sessions.c.idle_expires_at > bindparam("now"), bindparam("now")), else_=sessions.c.idle_expires_at
    ),
}
# A sign-in takes the grants with it that came of it, but for those that are to outlive it.
_OF = and_(
    or_(
        sessions.c.id == bindparam("session_id"),
        and_(sessions.c.parent_id == bindparam("session_id"), sessions.c.offline.is_(False)),
    ),
    sessions.c.ended_at.is_(None),
)
_END = update(sessions).where(_OF).values(_ENDED).returning(sessions.c.id)
_LOCK_OF = select(sessions.c.id).where(_OF).order_by(sessions.c.id).with_for_update()
_GRANT = (
    select(*COLUMNS)
    .where(
        sessions.c.parent_id == bindparam("parent"),
        sessions.c.client_id == bindparam("client"),
        sessions.c.scope == bindparam("scope"),
        sessions.c.terms == bindparam("terms"),
        sessions.c.offline.is_(False),
        _IS_LIVE,
        ~exists().where(refresh_families.c.session_id == sessions.c.id),
    )
    .order_by(sessions.c.created_at.desc())
    .limit(1)
)
_GRANTS_OF = (
    select(*COLUMNS)
    .where(sessions.c.user_id == bindparam("owner"), sessions.c.parent_id.is_not(None), _IS_LIVE)
    .order_by(sessions.c.id)
    .limit(1000)
)
_GRANTS_IN = (
    select(*COLUMNS)
    .where(sessions.c.parent_id == bindparam("parent"), _IS_LIVE)
    .order_by(sessions.c.created_at, sessions.c.id)
    .limit(bindparam("limit"))
)
_ALL_OF = and_(sessions.c.user_id == bindparam("owner"), sessions.c.ended_at.is_(None))
# All in one order, the one that is kept too: of two who end each other's sessions one waits, and neither for ever.
_LOCK_ALL_OF = select(sessions.c.id).where(_ALL_OF).order_by(sessions.c.id).with_for_update()
_END_ALL_OF = (
    update(sessions)
    .where(_ALL_OF, sessions.c.id != func.coalesce(bindparam("kept"), ""))
    .values(_ENDED)
    .returning(sessions.c.id)
)
# Not those that began since the others were locked: to wait for them would be out of order.
_END_LOCKED = _END_ALL_OF.where(sessions.c.id == any_(bindparam("locked", type_=ARRAY(Text))))

_THROUGH = (
    _JOINED.join(identities, identities.c.id == sessions.c.identity_id)
    .where(identities.c.issuer == bindparam("said_by"), sessions.c.ended_at.is_(None))
    .order_by(sessions.c.id)
)
_BY_SUBJECT = identities.c.subject == bindparam("called")
_BY_SID = sessions.c.upstream_sid == bindparam("sid")
_THROUGH_BY = {
    ("called",): _THROUGH.where(_BY_SUBJECT),
    ("sid",): _THROUGH.where(_BY_SID),
    ("called", "sid"): _THROUGH.where(_BY_SUBJECT, _BY_SID),
}

BEGUN_WITH = (
    select(sessions.c.id)
    .where(
        sessions.c.identity_id == bindparam("identity"),
        sessions.c.id != bindparam("kept"),
        sessions.c.ended_at.is_(None),
    )
    .order_by(sessions.c.id)
)

_TO = and_(sessions.c.client_id == bindparam("client"), sessions.c.ended_at.is_(None))
_LOCK_TO = select(sessions.c.id).where(_TO).order_by(sessions.c.id).with_for_update()
_END_TO = update(sessions).where(_TO).values(_ENDED).returning(sessions.c.id)
_END_LOCKED_TO = _END_TO.where(sessions.c.id == any_(bindparam("locked", type_=ARRAY(Text))))


class SqlSessions:
    """The port ``Sessions``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, session: Session) -> None:
        """See ``Sessions.add``."""
        status = session.status
        values = {
            "id": session.id,
            "user_id": session.user_id,
            "client_id": session.client_id,
            "scope": session.scope,
            "mode": str(session.mode),
            "methods": " ".join(session.methods),
            "authenticated_at": session.authenticated_at,
            "created_at": session.created_at,
            "last_seen_at": session.last_seen_at,
            "idle_expires_at": session.idle_expires_at,
            "expires_at": session.expires_at,
            "address": session.address,
            "device": session.device,
            "status_list": None if status is None else status.list,
            "status_index": None if status is None else status.index,
            "cookie_digest": session.cookie_digest,
            "ended_at": session.ended_at,
            "parent_id": session.parent_id,
            "offline": session.offline,
            "terms": encode_terms(session.terms),
            "identity_id": session.identity_id,
            "upstream_sid": session.upstream_sid,
        }
        self._connection.execute(_ADD, values)

    def with_user(self, session_id: str) -> LiveSession | None:
        """See ``Sessions.with_user``."""
        if not is_storable(session_id):
            return None
        return _first_live(self._connection.execute(_WITH_USER, {"session_id": session_id}))

    def by_cookie(self, digest: bytes) -> LiveSession | None:
        """See ``Sessions.by_cookie``."""
        return _first_live(self._connection.execute(BY_COOKIE, {"digest": digest}))

    def page_of(self, user_id: str, *, now: int, after: str | None, limit: int) -> Sequence[Session]:
        """See ``Sessions.page_of``."""
        if not is_storable(user_id) or (after is not None and not is_storable(after)):
            return ()
        values: dict[str, Any] = {"owner": user_id, "now": now, "limit": limit}
        statement = _FIRST_PAGE
        if after is not None:
            statement = _NEXT_PAGE
            values["after"] = after
        return [_session(row) for row in self._connection.execute(statement, values)]

    def prolong(self, session_id: str, *, now: int, idle: int) -> Later[LiveSession | None]:
        """See ``Sessions.prolong``."""
        values = {"session_id": session_id, "now": now, "end": now + idle}
        return self._connection.later(_PROLONG, values, _first_live)

    def prolong_by_family(self, family: bytes, *, now: int, idle: int) -> Later[LiveSession | None]:
        """See ``Sessions.prolong_by_family``."""
        values = {"family": family, "now": now, "end": now + idle}
        return self._connection.later(_PROLONG_BY_FAMILY, values, _first_live)

    def grant(self, parent_id: str, client_id: str, *, scope: str, terms: Terms, now: int) -> Session | None:
        """See ``Sessions.grant``."""
        values = {
            "parent": parent_id,
            "client": client_id,
            "scope": scope,
            "terms": encode_terms(terms),
            "now": now,
        }
        row = self._connection.execute(_GRANT, values).first()
        return None if row is None else _session(row)

    def grants_of(self, user_id: str, *, now: int) -> Sequence[Session]:
        """See ``Sessions.grants_of``."""
        return [_session(row) for row in self._connection.execute(_GRANTS_OF, {"owner": user_id, "now": now})]

    def grants_in(self, parent_id: str, *, now: int, limit: int) -> Sequence[Session]:
        """See ``Sessions.grants_in``."""
        values = {"parent": parent_id, "now": now, "limit": limit}
        return [_session(row) for row in self._connection.execute(_GRANTS_IN, values)]

    def place(self, session_id: str, status: StatusIndex) -> StatusIndex | None:
        """See ``Sessions.place``."""
        values = {"session_id": session_id, "number": status.list, "index": status.index}
        row = self._connection.execute(_PLACE, values).first()
        return None if row is None else StatusIndex(*row)

    def replace_cookie(self, session_id: str, *, old: bytes, new: bytes) -> bool:
        """See ``Sessions.replace_cookie``."""
        values = {"session_id": session_id, "old": old, "new": new}
        return self._connection.execute(_REPLACE_COOKIE, values).rowcount == 1

    def reauthenticate(
        self,
        session_id: str,
        *,
        old: bytes,
        new: bytes,
        methods: Sequence[str],
        now: int,
        idle: int,
        through: tuple[str, str, int] | None = None,
    ) -> LiveSession | None:
        """See ``Sessions.reauthenticate``."""
        values = {
            "session_id": session_id,
            "old": old,
            "new": new,
            "amr": " ".join(methods),
            "now": now,
            "end": now + idle,
        }
        if through is not None:
            values |= {"identity": through[0], "sid": through[1] or None, "at": through[2]}
        return self.with_user(session_id) if reauthenticate_session(self._connection, values) else None

    def end(self, session_id: str, now: int) -> bool:
        """See ``Sessions.end``."""
        if not is_storable(session_id):
            return False
        if self._connection.dialect.name == "postgresql":  # in the order in which all are locked, see below
            self._connection.execute(_LOCK_OF, {"session_id": session_id})
        ended = self._connection.execute(_END, {"session_id": session_id, "now": now}).scalars()
        if session_id not in ended:
            return False
        queue_notices(self._connection, ended, now, parent=session_id)
        return True

    def end_all_of(self, user_id: str, now: int, *, but: str | None = None) -> Sequence[str]:
        """See ``Sessions.end_all_of``."""
        if not is_storable(user_id):
            return ()
        values: dict[str, Any] = {"owner": user_id, "now": now, "kept": but}
        statement = _END_ALL_OF
        if self._connection.dialect.name == "postgresql":  # on SQLite a writing transaction is alone
            statement = _END_LOCKED
            values["locked"] = self._connection.execute(_LOCK_ALL_OF, {"owner": user_id}).scalars()
        ended = self._connection.execute(statement, values).scalars()
        queue_notices(self._connection, ended, now)
        return ended

    def end_through(
        self, issuer: str, now: int, *, subject: str | None, sid: str | None
    ) -> Sequence[LiveSession]:
        """See ``Sessions.end_through``."""
        named = {name: text for name, text in (("called", subject), ("sid", sid)) if text is not None}
        if not named or not all(map(is_storable, (issuer, *named.values()))):
            return ()
        rows = self._connection.execute(_THROUGH_BY[tuple(named)], {"said_by": issuer, **named})
        found = [live_session(row) for row in rows]
        return [live for live in found if self.end(live.session.id, now)]

    def end_begun_with(self, identity_id: str, now: int, *, but: str) -> Sequence[str]:
        """See ``Sessions.end_begun_with``."""
        if not is_storable(identity_id):
            return ()
        found = self._connection.execute(BEGUN_WITH, {"identity": identity_id, "kept": but}).scalars()
        return [session_id for session_id in found if self.end(session_id, now)]

    def end_grants_to(self, client_id: str, now: int) -> int:
        """See ``Sessions.end_grants_to``."""
        values: dict[str, Any] = {"client": client_id, "now": now}
        statement = _END_TO
        if self._connection.dialect.name == "postgresql":
            statement = _END_LOCKED_TO
            values["locked"] = self._connection.execute(_LOCK_TO, {"client": client_id}).scalars()
        return len(self._connection.execute(statement, values).scalars())

    def prune(self, before: int, *, limit: int) -> int:
        """See ``Sessions.prune``."""
        return prune_sessions(self._connection, before, limit=limit)


def _first_live(rows: Rows) -> LiveSession | None:
    row = rows.first()
    return None if row is None else live_session(row)


def live_session(row: Sequence[Any]) -> LiveSession:
    """A session and its owner, of a row that has the columns of both."""
    return LiveSession(session=_session(row), user=User(*row[len(COLUMNS) :]))


def _session(row: Sequence[Any]) -> Session:
    values = dict(zip(_NAMES, row, strict=False))  # the columns of its owner may follow
    number, index = values.pop("status_list"), values.pop("status_index")
    values["mode"] = _MODES[values["mode"]]
    values["methods"] = tuple(values["methods"].split())
    values["terms"] = decode_terms(values["terms"])
    return Session(**values, status=None if number is None else StatusIndex(number, index))


_NAMES = tuple(column.name for column in COLUMNS)
_MODES = {str(mode): mode for mode in SessionMode}

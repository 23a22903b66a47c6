"""One question on one connection."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gatepass_server.domain.directories import DirectoryEntry, DirectoryUnavailable, NotProven
from gatepass_server.domain.password_policy import MAX_PASSWORD_BYTES
from gatepass_server.domain.secret import Secret
from gatepass_server.ldap.connection import is_safe
from gatepass_server.ldap.entries import Found, attributes_wanted, read_entry
from gatepass_server.ldap.filters import filled
from gatepass_server.ldap.library import ldap3
from gatepass_server.ldap.names import Name, parse_name
from gatepass_server.ldap.plan import Plan

_SUCCESS = 0
_SIZE_LIMIT_EXCEEDED = 4
_REFUSALS = frozenset({19, 34, 48, 49, 50, 53})
"""What a bind answers for a person who may not come in: wrong or no password, locked, disabled, expired (RFC 4511
appendix A). Every other failure says nothing of the password."""

_MOST_GROUPS = 1000


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a person is who they say.

    Attributes:
        search: The filter that one entry fits.
        password: Proves it; None where nothing is to be proved.
        may_try: Is told the subject before the password is sent.
    """

    search: str
    password: Secret | None
    may_try: Callable[[str], None]


class Attempt:
    """Searches, binds and reads groups."""

    def __init__(
        self, plan: Plan, connection: Any, roles: Mapping[str, frozenset[Name]], *, encrypted: bool
    ) -> None:
        self._plan = plan
        self._encrypted = encrypted
        self._connection = connection
        self._roles = roles

    def answer(self, question: Question) -> DirectoryEntry:
        """The person, proven.

        Raises:
            NotProven: they are not.
            DirectoryUnavailable: the directory does not do what it is asked.
            LDAPException, OSError: the connection does not hold.
        """
        self._bind_as_searcher()
        found = self._find(question)
        if question.password is not None:
            question.may_try(found.subject)
            self._prove(found.dn, question.password)
        groups = set(self._groups(found, proven=question.password is not None)) if self._roles else set()
        return DirectoryEntry(
            subject=found.subject,
            dn=found.dn,
            email=found.text(self._plan.email_attribute),
            name=found.text(self._plan.name_attribute),
            label=found.text(self._plan.login_attributes[-1]) or found.dn,
            roles=tuple(sorted(role for role, named in self._roles.items() if not named.isdisjoint(groups))),
        )

    def _find(self, question: Question) -> Found:
        answers = self._search(
            self._plan.base,
            question.search,
            attributes_wanted(self._plan),
            limit=2,
            enough=frozenset({_SIZE_LIMIT_EXCEEDED}),
        )
        is_cut_off = (
            self._connection.result["result"] == _SIZE_LIMIT_EXCEEDED
        )  # a server may show one of several
        if len(answers) == 1 and not is_cut_off:
            return read_entry(answers[0], self._plan)
        if question.password is not None:
            self._bind_as_nobody()
        if answers or is_cut_off:
            raise NotProven("ambiguous", reason="more than one entry of the directory fits what was typed")
        raise NotProven("unknown_email", reason="no entry of the directory fits what was typed")

    def _prove(self, dn: str, password: Secret) -> None:
        sent = _as_sent(password)
        if sent is None:
            self._bind_as_nobody()
            raise NotProven("wrong_password", reason="the password is one that is never sent to a directory")
        result = self._bind(dn, sent)
        if result["result"] in _REFUSALS:
            raise NotProven("wrong_password", reason=f"the directory refuses {dn!r}: {_told(result)}")
        if result["result"] != _SUCCESS:
            raise DirectoryUnavailable(reason=f"the directory does not judge {dn!r}: {_told(result)}")

    def _groups(self, found: Found, *, proven: bool) -> Iterator[Name]:
        named = found.texts(self._plan.group_attribute) if self._plan.group_attribute else []
        if self._plan.group_filter:
            if proven:
                self._bind_as_searcher()  # the person may not be allowed to read groups
            search = filled(
                self._plan.group_filter, lambda name: found.dn if name.lower() == "dn" else found.text(name)
            )
            base = self._plan.group_base or self._plan.base
            named += [str(answer["dn"]) for answer in self._search(base, search, [], limit=_MOST_GROUPS)]
        for name in named:
            try:
                yield parse_name(name)
            except ValueError:
                continue  # a group that cannot be named stands for no role

    def _search(
        self,
        base: str,
        search: str,
        attributes: list[str],
        *,
        limit: int,
        enough: frozenset[int] = frozenset(),
    ) -> list[Mapping[str, Any]]:
        """The entries, less the pointers to other servers, which are not followed."""
        self._connection.search(
            base,
            search,
            search_scope=ldap3.SUBTREE,
            dereference_aliases=ldap3.DEREF_NEVER,
            attributes=attributes,
            size_limit=limit,
            time_limit=max(1, round(self._plan.seconds)),
        )
        result = self._result("searchResDone")
        if result["result"] != _SUCCESS and result["result"] not in enough:
            raise DirectoryUnavailable(reason=f"the directory does not search {base!r}: {_told(result)}")
        return [answer for answer in self._connection.response if answer["type"] == "searchResEntry"]

    def _bind_as_searcher(self) -> None:
        if not self._plan.bind_dn:
            if self._connection.bound:  # as the person
                self._send_bind(None, None, ldap3.ANONYMOUS)
            return
        result = self._bind(self._plan.bind_dn, self._plan.bind_password.reveal().encode())
        if result["result"] != _SUCCESS:
            raise DirectoryUnavailable(reason=f"the directory refuses the ldap_bind_dn: {_told(result)}")

    def _bind_as_nobody(self) -> None:
        """Ask for a name that nobody has, so that who is not there takes as long as who is."""
        self._bind(f"cn={secrets.token_hex(16)},{self._plan.base}", secrets.token_hex(16).encode())

    def _bind(self, dn: str, password: bytes) -> Mapping[str, Any]:
        """Bind by name and password (RFC 4513 section 5.1.3), never with one of them alone."""
        if not dn or not password:
            raise DirectoryUnavailable(reason="a bind without a name or a password proves nothing")
        if not is_safe(self._connection, encrypted=self._encrypted):
            raise DirectoryUnavailable(reason="the connection is not encrypted any more")
        # As bytes: ldap3 would prepare a text (RFC 4013), and some texts are empty after that.
        return self._send_bind(dn, password, ldap3.SIMPLE)

    def _send_bind(self, dn: str | None, password: bytes | None, method: str) -> Mapping[str, Any]:
        connection = self._connection
        connection.user, connection.password, connection.authentication = dn, password, method
        connection.bind(read_server_info=False)
        return self._result("bindResponse")

    def _result(self, kind: str) -> Mapping[str, Any]:
        """What the last request came to. ldap3 takes the answer to another kind of request as well."""
        result: Mapping[str, Any] = self._connection.result
        if result["type"] != kind:
            raise DirectoryUnavailable(
                reason=f"the directory answers with a {result['type']}, which nobody asked for"
            )
        return result


def _as_sent(password: Secret) -> bytes | None:
    """The password in UTF-8; None if it must not be sent, or none can be so."""
    try:
        encoded = password.reveal()[: MAX_PASSWORD_BYTES + 1].encode("utf-8")
    except UnicodeEncodeError:
        return None
    if (
        not encoded or b"\0" in encoded or len(encoded) > MAX_PASSWORD_BYTES
    ):  # text that ends at NUL may be empty
        return None
    return encoded


def _told(result: Mapping[str, Any]) -> str:
    return f"{result['result']} {result['description']} {str(result['message'])[:200]}".strip()

"""What is read from a person's entry."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from gatepass_server.domain.directories import NotProven
from gatepass_server.ldap.filters import places_of, subject_of
from gatepass_server.ldap.plan import Plan


@dataclass(frozen=True, slots=True)
class Found:
    """An entry as it came."""

    dn: str
    subject: str
    attributes: Mapping[str, Sequence[bytes]]

    def text(self, name: str) -> str:
        """The first value of an attribute; empty where there is none, or none that is text."""
        for value in self.texts(name):
            return value
        return ""

    def texts(self, name: str) -> list[str]:
        """The values of an attribute, less what is no text."""
        found = []
        for value in self.attributes.get(name.lower(), ()):
            with suppress(UnicodeDecodeError):
                found.append(value.decode("utf-8"))
        return found


def attributes_wanted(plan: Plan) -> list[str]:
    """What is asked of a person's entry."""
    places = (name for name in places_of(plan.group_filter) if name.lower() != "dn")
    told = (plan.subject_attribute, plan.email_attribute, plan.name_attribute, plan.login_attributes[-1])
    named = (*told, plan.group_attribute, *places)
    return list(dict.fromkeys(name for name in named if name))


def read_entry(answer: Mapping[str, Any], plan: Plan) -> Found:
    """Take an entry out of the answer of ldap3.

    Raises:
        NotProven: it has no name, or no subject, so nobody can be known by it.
    """
    attributes = {name.lower(): values for name, values in answer["raw_attributes"].items()}
    values = attributes.get(plan.subject_attribute.lower(), ())
    try:
        dn = answer["raw_dn"].decode("utf-8")
        subject = subject_of(plan.subject_attribute, values[0]) if len(values) == 1 else ""
    except ValueError as error:
        raise NotProven("unusable_entry", reason=f"an entry cannot be read: {error}") from None
    if not dn or not subject.strip() or "\0" in subject or len(subject) > _LONGEST_SUBJECT:
        raise NotProven("unusable_entry", reason=f"{dn!r} has no {plan.subject_attribute} that could name it")
    return Found(dn, subject, attributes)


_LONGEST_SUBJECT = 255

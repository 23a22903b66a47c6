"""The issuer that is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gatepass.address import checked_url
from gatepass_server.doctor.visitor import Visit, Visitor


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of the issuer when the checks begin.

    Attributes:
        issuer: As it was given, character by character.
        visitor: Asks it.
        documents: What came from each well-known address, by what it is called.
        metadata: The first of them that is a JSON object; empty where none is.
        key_set: What came from ``jwks_uri``; ``None`` where no usable address was named.
    """

    issuer: str
    visitor: Visitor
    documents: Mapping[str, Visit]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    key_set: Visit | None = None

    def text(self, name: str) -> str | None:
        """A member that is a string."""
        value = self.metadata.get(name)
        return value if isinstance(value, str) else None

    def words(self, name: str) -> tuple[str, ...] | None:
        """A member that is a list of strings; ``None`` where it is absent or anything else."""
        value = self.metadata.get(name)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        return None

    def address(self, name: str) -> str | None:
        """A member that is an address which a client may ask (see :func:`gatepass.address.checked_url`)."""
        value = self.text(name)
        if value is None:
            return None
        try:
            checked_url(value)
        except ValueError:
            return None
        return value

    @property
    def signs_people_in(self) -> bool:
        """Whether it offers anything of OAuth beyond keys and questions about tokens."""
        return any(name in self.metadata for name in ("authorization_endpoint", "token_endpoint"))

"""What programs may have that nobody of the house has looked at."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SIGN_IN_GRANTS: Final = frozenset(
    {"authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"}
)
"""Grants that a person has a hand in: without one, such a program gets nothing."""


class Openness(StrEnum):
    """Who may register programs."""

    OFF = "off"
    TOKEN = "token"  # noqa: S105 - the name of a policy
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationPolicy:
    """The operator's rules.

    Attributes:
        openness: Who may register programs.
        scopes: What they may ask for.
        resources: Audiences that they may name (RFC 8707).
        algorithms: That this server signs with.
        authentication: How programs prove who they are here.
        per_address: Registrations of one address in an hour, where anybody may register.
    """

    openness: Openness = Openness.OFF
    scopes: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ("RS256",)
    authentication: tuple[str, ...] = ("client_secret_basic", "client_secret_post", "none")
    per_address: int = 20

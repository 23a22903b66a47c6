"""What takes part: a contender is a library as its users would call it, a side is one prepared for one lane."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from bench.verification.tokens import Material

Check = Callable[[str], Any]
"""Verifies a token with every check on and returns what its users get; a token that is not good raises."""


class NotSupportedError(Exception):
    """The library has no such algorithm."""


class Kind(StrEnum):
    """The classes in which libraries compete."""

    OURS = "this library"
    PYTHON = "in Python, on cryptography"
    NATIVE = "in Rust, with cryptography of their own"


def same(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    """What most libraries answer with: the claims themselves."""
    return claims


@dataclass(frozen=True, slots=True)
class Contender:
    """A library.

    Attributes:
        name: As it is printed.
        distribution: What it is called on PyPI.
        kind: The class in which it competes.
        prepare: Loads the lane's key once and returns the check; raises NotSupportedError.
        claims: The claims in what the check returns; called to see that it verified, not when it is measured.
        remembers: Whether it remembers tokens it has seen.
    """

    name: str
    distribution: str
    kind: Kind
    prepare: Callable[[Material], Check]
    claims: Callable[[Any], Mapping[str, Any]] = same
    remembers: bool = False

    @property
    def release(self) -> str | None:
        """The installed version; ``None`` if it is not installed."""
        try:
            return version(self.distribution)
        except PackageNotFoundError:
            return None


@dataclass(frozen=True, slots=True)
class Side:
    """A call, and what it is called with in turn."""

    name: str
    call: Callable[[Any], object]
    items: Sequence[Any]

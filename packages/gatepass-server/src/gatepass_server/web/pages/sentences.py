"""Sentences that a page says, before it is known in which language."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message of the catalogues, and what is put into its ``%(name)s`` places, which is escaped there.

    Make one by ``sentence``, by which the messages are found for the catalogues.
    """

    text: str
    values: Mapping[str, str | int] = field(default_factory=dict)


def sentence(text: str, /, **values: str | int) -> Sentence:
    """A sentence. ``text`` is a literal of ours in English, never what somebody typed."""
    return Sentence(text, values)

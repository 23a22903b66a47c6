"""Where a verifier finds keys: the protocol, and the two sources that never change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gatepass.keys import Key

MAX_CANDIDATES = 8
"""Keys tried for one token without ``kid``: an attacker must not choose how much work is done."""


class KeySource(Protocol):
    """Anything that knows keys. It is asked at every check, and may change its answer at any time."""

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:
        """Return the keys that may have signed such a token, from memory: this must not block.

        Args:
            kid: The token's ``kid``; ``None`` where it has none, and then the keys for ``alg`` are
                candidates.
            alg: The token's ``alg``; keys of other algorithms need not be left out, they are never tried.

        Raises:
            KeysUnavailableError: There are no keys at all, and there should be.
        """
        ...


@runtime_checkable
class FetchingKeySource(KeySource, Protocol):
    """A source that sometimes has to fetch, which blocks: ``averify`` does it in a thread."""

    def due(self, kid: str | None, alg: str) -> bool:
        """Tell, without blocking, whether :meth:`refresh` should run before such a token's key is looked up."""
        ...

    def refresh(self, kid: str | None, alg: str) -> None:
        """Fetch if it is still due; on failure keep what is there. Raises nothing but a TokenError."""
        ...


@runtime_checkable
class LearningKeySource(KeySource, Protocol):
    """A source that wants to know which of its keys are in use."""

    def proven(self, key: Key) -> None:
        """Learn that a token of the issuer passed every check with this key; quick, and never blocks."""
        ...


Table = dict[tuple[str | None, str], tuple["Key", ...]]
"""The keys that may have signed a token, by its ``kid`` and ``alg``; ``None`` stands for a token without ``kid``."""


def table_of(keys: Iterable[Key]) -> Table:
    """Prepare the answers for every ``kid`` and ``alg`` that these keys have: at most 8 keys each."""
    lists: dict[tuple[str | None, str], list[Key]] = {}
    for key in keys:
        for alg in key.algorithms:
            for kid in (key.kid, None):
                lists.setdefault((kid, alg), []).append(key)
    return {place: tuple(found[:MAX_CANDIDATES]) for place, found in lists.items()}


class PinnedKeys:
    """Keys the caller chose one by one: each is tried whatever ``kid`` says, as they may have no names."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._by_alg = {alg: found for (kid, alg), found in table_of(keys).items() if kid is None}

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:  # noqa: ARG002 - the protocol's; kid is a hint only
        """Return the keys that may sign with ``alg``."""
        return self._by_alg.get(alg, ())


class NamedKeys:
    """A set of keys looked up by ``kid``."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._table = table_of(keys)

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:
        """Return the keys called ``kid``; without one, up to 8 keys that may sign with ``alg``."""
        return self._table.get((kid, alg), ())

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


class PinnedKeys:
    """Keys the caller chose one by one: each is tried whatever ``kid`` says, as they may have no names."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = tuple(keys)

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:  # noqa: ARG002 - the protocol's; kid is a hint only
        """Return the keys that may sign with ``alg``."""
        return [key for key in self._keys if alg in key.algorithms][:MAX_CANDIDATES]


class NamedKeys:
    """A set of keys looked up by ``kid``."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = tuple(keys)
        self.names = frozenset(key.kid for key in self._keys)

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:
        """Return the keys called ``kid``; without one, up to 8 keys that may sign with ``alg``."""
        usable = [key for key in self._keys if alg in key.algorithms and (kid is None or key.kid == kid)]
        return usable[:MAX_CANDIDATES]

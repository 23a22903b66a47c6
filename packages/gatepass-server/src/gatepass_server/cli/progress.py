"""Progress of long work, on standard error and only at a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar.

    Yields:
        What to tell how much is done, and of how much.
    """
    with click.progressbar(
        length=100, label=label, file=sys.stderr, hidden=not sys.stderr.isatty(), show_pos=False
    ) as bar:

        def show(done: int, total: int) -> None:
            percent = 100 * done // max(total, 1)
            if percent > bar.pos:  # drawn a hundred times at most
                bar.update(percent - bar.pos)

        yield show

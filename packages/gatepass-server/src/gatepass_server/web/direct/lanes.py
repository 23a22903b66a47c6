"""Where a request is answered. Python runs one thread at a time, and threads that wait for their turn cost, too.

Eight threads that each answer an introspection take twice the CPU time of two. So what is known to be quick has few
threads of its own, and whoever may wait for somebody else, such as a program's server that is to tell its keys, is kept
out of them.
"""

from enum import Enum, auto


class Lane(Enum):
    """The threads of a worker."""

    LOOP = auto()
    """None: it is answered in the event loop."""
    READS = auto()
    """Reads the database, and waits for nobody who writes."""
    WORK = auto()
    """Signs and writes."""
    ANY = auto()
    """Whatever else there is."""


THREADS = {Lane.READS: 2, Lane.WORK: 2}
"""Those of the lanes that have their own; the setting ``threads`` is for ``ANY``."""

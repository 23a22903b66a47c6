"""How often the usual run repeats what chance decides; ``make fuzz`` and ``make storm`` set ``TESTS_THOROUGH``."""

import os


def times(usual: int, *, thorough: int) -> int:
    """How many."""
    return thorough if os.environ.get("TESTS_THOROUGH") else usual

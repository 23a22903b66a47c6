"""One row of the table of pages."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response


@dataclass(frozen=True, slots=True)
class PageRoute:
    """One method at one address, and the view that answers it."""

    method: str
    path: str
    name: str
    view: Callable[..., Response]

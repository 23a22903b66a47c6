"""One row of the table of addresses."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from gatepass_server.web.schema import Schema


@dataclass(frozen=True, slots=True)
class Route:
    """One method at one address, the view that answers it, and its entry in ``/openapi.json``.

    A part of the address in angle brackets is an argument of the view.
    """

    method: str
    path: str
    name: str
    view: Callable[..., Response]
    operation: Schema

"""Werkzeug compiles two functions for each route of each application, which is half of what a house costs.

Tests open thousands of houses in one process, whose routes are the same: each function is compiled once. It holds
nothing of its application, for it is bound to the route (``Rule.compile``).
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_compile = Rule._compile_builder
_compiled: dict[object, Callable[..., tuple[str, str]]] = {}


def _compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    if rule.defaults:  # they are written into the function
        return _compile(rule, append_unknown)
    asked = (rule.rule, tuple(rule._trace), append_unknown)
    if asked not in _compiled:
        _compiled[asked] = _compile(rule, append_unknown)
    return _compiled[asked]


def compile_routes_once() -> None:
    """From now on, in this process."""
    changed: Any = Rule
    changed._compile_builder = _compile_once

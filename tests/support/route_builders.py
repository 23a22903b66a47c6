"""Werkzeug reads and compiles each route of each application, which is more than half of what a house costs.

Tests open thousands of houses in one process, whose routes are the same: each is read once. What comes of it holds
nothing of an application: it is parts of an address, their converters, and two functions that are bound to the route.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_compile = Rule.compile
_compiled: dict[object, tuple[dict[str, Any], dict[str, Callable[..., tuple[str, str]]]]] = {}


def _compile_once(rule: Rule) -> None:
    if rule.defaults or rule.subdomain or rule.host:  # they are written into the functions
        _compile(rule)
        return
    asked = (rule.rule, rule.merge_slashes, *rule.map.converters.items())
    if asked not in _compiled:
        _compile(rule)
        made = {name: vars(rule)[name] for name in ("_parts", "_trace", "_converters", "arguments")}
        bound = {name: vars(rule)[name].__func__ for name in ("_build", "_build_unknown")}
        _compiled[asked] = (made, bound)
        return
    made, bound = _compiled[asked]
    vars(rule).update(made)
    for name, function in bound.items():
        setattr(rule, name, function.__get__(rule))


def compile_routes_once() -> None:
    """From now on, in this process."""
    changed: Any = Rule
    changed.compile = _compile_once

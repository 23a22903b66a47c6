"""The markers of all tests, read from their source: nothing is imported or run, so the docs are the same everywhere."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]


@dataclass(frozen=True, order=True)
class Marked:
    """A marker at a test.

    Attributes:
        arguments: Its texts.
        file: Below ``tests``.
        test: The name of the function, behind that of its class.
    """

    arguments: tuple[str, ...]
    file: str
    test: str


@cache
def marked(name: str) -> tuple[Marked, ...]:
    """Every test that has the marker: above its function, or at one of its parameters."""
    found = set()
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if f"mark.{name}(" in text:
            tree = ast.parse(text)
            constants = dict(_constants(tree))
            for test, function in _tests(tree):
                for decorator in function.decorator_list:
                    for arguments in _calls(decorator, name, constants):
                        found.add(Marked(arguments, path.relative_to(TESTS).as_posix(), test))
    return tuple(sorted(found))


def _tests(tree: ast.AST, before: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _tests(node, f"{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield before + node.name, node


def _calls(decorator: ast.expr, name: str, constants: dict[str, str]) -> Iterator[tuple[str, ...]]:
    for node in ast.walk(decorator):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield tuple(_text(argument, constants) for argument in node.args)


def _text(argument: ast.expr, constants: dict[str, str]) -> str:
    if isinstance(argument, ast.Name):
        return constants[argument.id]
    value = ast.literal_eval(argument)
    assert isinstance(value, str), ast.dump(argument)
    return value


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The texts that a module gives names to."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                    yield target.id, node.value.value

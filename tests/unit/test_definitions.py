"""No function or class stands twice under one name: the later one would silently replace it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = [
    path
    for folder in ("src", "tests", "benchmarks")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def repeated(text: str) -> list[str]:
    """Return the names that a module or a class of it defines more than once.

    A property and its setter share a name by design, and so do overloads.
    """
    return [name for place in _rooms(ast.parse(text)) for name in _more_than_once(place)]


def _rooms(tree: ast.Module) -> Iterator[ast.Module | ast.ClassDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef))


def _more_than_once(place: ast.Module | ast.ClassDef) -> list[str]:
    plain = [
        node.name
        for node in place.body
        if isinstance(node, DEFINITIONS) and not any(map(_replaces, node.decorator_list))
    ]
    return [name for name, times in Counter(plain).items() if times > 1]


def _replaces(decorator: ast.expr) -> bool:
    name = decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", "")
    return name in ("setter", "overload")


def test_a_second_definition_is_seen() -> None:
    assert repeated(
        "def one(): ...\nclass Two:\n def three(self): ...\n def three(self): ...\n"
    ) == ["three"]
    assert (
        repeated("class Two:\n @property\n def a(self): ...\n @a.setter\n def a(self, x): ...")
        == []
    )


def test_nothing_is_defined_twice() -> None:
    found = {path.relative_to(ROOT).as_posix(): repeated(path.read_text("utf-8")) for path in FILES}
    assert {path: names for path, names in found.items() if names} == {}

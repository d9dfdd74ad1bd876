"""The house itself: what its folders say, what they import, and how much stands in one place."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
ROOMS = sorted(path.parent for path in (SOURCE / "msoko").rglob("__init__.py"))
MOST_FILES = 16
LONGEST_MODULE, LONGEST_FUNCTION = 300, 50


@cache
def modules() -> dict[str, Path]:
    """Return every module of the package by its dotted name; a package by that of its folder."""
    found = {}
    for path in sorted((SOURCE / "msoko").rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(name: str, tree: ast.AST) -> Iterator[str]:
    """Yield the modules that a module imports: at its top, in functions, for types alone."""
    known = modules()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name in known)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name}: a relative import"
            for one in node.names:
                inner = f"{node.module}.{one.name}"
                if inner in known:
                    yield inner
                elif node.module in known:
                    yield node.module


def circle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_files_import_each_other_in_a_circle():
    trees = {name: ast.parse(path.read_text("utf-8")) for name, path in modules().items()}
    graph = {name: {*imported(name, tree)} - {name} for name, tree in trees.items()}
    assert circle(graph) == []


def test_no_folders_of_one_room_import_each_other_in_a_circle():
    for room in ROOMS:
        prefix = ".".join(room.relative_to(SOURCE).parts) + "."
        graph: dict[str, set[str]] = {}
        for name, path in modules().items():
            if name.startswith(prefix):
                part = name.removeprefix(prefix).split(".")[0]
                others = imported(name, ast.parse(path.read_text("utf-8")))
                below = {one.removeprefix(prefix).split(".")[0] for one in others
                         if one.startswith(prefix)}  # fmt: skip
                graph.setdefault(part, set()).update(below - {part})
        assert circle(graph) == [], f"within {prefix}"


def test_a_module_s_name_stands_in_one_room():
    names = Counter(path.stem for path in modules().values() if path.name != "__init__.py")
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda one: one.relative_to(SOURCE).as_posix())
def test_a_room_says_what_it_is_for_and_is_no_hall(room):
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8")))
    assert said and said.splitlines()[0].endswith("."), "one sentence of purpose"
    files = [path for path in room.glob("*.py") if path.name != "__init__.py"]
    assert len(files) <= MOST_FILES


def test_contributing_names_every_room():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    shown = set(re.findall(r"`([a-z_]+)/`", text))
    tops = {room.name for room in ROOMS if room.parent == SOURCE / "msoko"}
    assert tops - shown == set()


def test_modules_and_functions_are_short():
    long = []
    for name, path in modules().items():
        text = path.read_text("utf-8")
        if text.count("\n") > LONGEST_MODULE:
            long.append(name)
        functions = (
            node
            for node in ast.walk(ast.parse(text))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        )
        long += [
            f"{name}.{node.name}"
            for node in functions
            if node.end_lineno - node.lineno > LONGEST_FUNCTION
        ]
    assert long == []

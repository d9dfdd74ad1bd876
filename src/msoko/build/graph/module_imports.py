"""Which modules a piece of code uses, read from its source and never by importing it."""

from __future__ import annotations

import ast
import functools
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = "msoko"


@dataclass(frozen=True)
class Imports:
    """What one module names in its import statements, those inside functions too."""

    own: tuple[str, ...]
    """Dotted names below `msoko`; each may be a module or something within one."""
    foreign: tuple[str, ...]
    """Modules of other distributions and of the standard library."""


def imports_of(source: str, package: str = "") -> Imports:
    """Return what the source imports; `package` is what relative imports start from."""
    names: set[str] = set()
    for node in _statements(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            names.add(base)
            if base.split(".")[0] == PACKAGE:
                names |= {f"{base}.{alias.name}" for alias in node.names}
    own = {name for name in names if name.split(".")[0] == PACKAGE}
    return Imports(tuple(sorted(own)), tuple(sorted(names - own - {""})))


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield every statement, however deep; expressions, nine nodes of ten, import nothing."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            waiting += getattr(node, block, ())


def notebook_imports(notebook: Mapping[str, Any]) -> Imports:
    """Return what a notebook's code cells import; lines of IPython magic are passed over."""
    lines: list[str] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            lines += [line for line in source.splitlines() if not line.lstrip().startswith("%")]
    try:
        return imports_of("\n".join(lines))
    except SyntaxError:  # the kernel will say where
        return Imports((), ())


class ModuleGraph:
    """The package's modules and what they import, found from source.

    `imports` reads one file; the caller may remember its answers.
    """

    def __init__(self, source_root: Path, imports: Callable[[Path, str], Imports]) -> None:
        self.root = source_root
        self._imports = functools.cache(imports)
        self._named = functools.cache(self._find_named)
        self._used = functools.cache(self._find_used)

    def closure(self, roots: Iterable[str]) -> list[Path]:
        """Return the files of the modules that `roots` reach, with their packages, sorted."""
        return sorted(self._modules[name] for name in self._reach(roots))

    def modules(self, roots: Iterable[str], without: Collection[str] = ()) -> list[str]:
        """Return the modules that `roots` reach, sorted, but for users of packages in `without`."""
        return [
            name
            for name in sorted(self._reach(roots))
            if not any(one.split(".")[0] in without for one in self._of(name).foreign)
        ]

    def foreign(self, roots: Iterable[str]) -> list[str]:
        """Return the modules from outside the package that `roots` reach, sorted."""
        reached = (self._of(name) for name in self._reach(roots))
        return sorted({name for found in reached for name in found.foreign})

    def _reach(self, roots: Iterable[str]) -> set[str]:
        reached: set[str] = set()
        waiting = [name for root in roots for name in self._named(root)]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += self._used(name) - reached
        return reached

    def _find_used(self, name: str) -> frozenset[str]:
        """Return the modules that a module imports, with their packages."""
        return frozenset(one for used in self._of(name).own for one in self._named(used))

    def _of(self, name: str) -> Imports:
        file = self._modules[name]
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        return self._imports(file, package)

    def _find_named(self, name: str) -> list[str]:
        """Return the modules that importing `name` runs: its packages and itself."""
        parts = name.split(".")
        prefixes = (".".join(parts[: count + 1]) for count in range(len(parts)))
        return [one for one in prefixes if one in self._modules]

    @functools.cached_property
    def _modules(self) -> dict[str, Path]:
        """The package's files by the names they are imported under, found in one walk."""
        found: dict[str, Path] = {}
        for base, folders, names in os.walk(self.root / PACKAGE):
            folders[:] = [name for name in folders if name != "__pycache__"]
            package = ".".join(Path(base).relative_to(self.root).parts)
            for name in names:
                if name == "__init__.py":
                    found[package] = Path(base) / name
                elif name.endswith(".py"):
                    found[f"{package}.{name.removesuffix('.py')}"] = Path(base) / name
        return found


def _base(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*parts, *(node.module or "").split(".")]).strip(".")

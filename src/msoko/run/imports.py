"""Which modules a piece of code uses, read from its source and never by importing it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Mapping
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
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            names.add(base)
            if base.split(".")[0] == PACKAGE:
                names |= {f"{base}.{alias.name}" for alias in node.names}
    own = {name for name in names if name.split(".")[0] == PACKAGE}
    return Imports(tuple(sorted(own)), tuple(sorted(names - own - {""})))


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
        self._files = functools.cache(self._find_files)

    def closure(self, roots: Iterable[str]) -> list[Path]:
        """Return the files of the modules that `roots` reach, with their packages, sorted."""
        return sorted(self._reached(roots))

    def foreign(self, roots: Iterable[str]) -> list[str]:
        """Return the modules from outside the package that `roots` reach, sorted."""
        return sorted({name for found in self._reached(roots).values() for name in found.foreign})

    def _reached(self, roots: Iterable[str]) -> dict[Path, Imports]:
        reached: dict[Path, Imports] = {}
        waiting = [file for name in roots for file in self._files(name)]
        while waiting:
            file = waiting.pop()
            if file in reached:
                continue
            reached[file] = self._imports(file, self._package(file))
            waiting += [found for name in reached[file].own for found in self._files(name)]
        return reached

    def _find_files(self, name: str) -> list[Path]:
        """Return the files that importing `name` runs: its packages' and its own."""
        files: list[Path] = []
        place = self.root
        for part in name.split("."):
            place = place / part
            if (place / "__init__.py").is_file():
                files.append(place / "__init__.py")
            elif place.with_suffix(".py").is_file():
                return [*files, place.with_suffix(".py")]
            else:
                break
        return files

    def _package(self, file: Path) -> str:
        return ".".join(file.parent.relative_to(self.root).parts)


def _base(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*parts, *(node.module or "").split(".")]).strip(".")

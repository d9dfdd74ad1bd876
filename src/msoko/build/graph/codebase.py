"""What the build depends on besides data: modules, the files beside them, library versions."""

from __future__ import annotations

import functools
import json
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import msoko
from msoko.build.graph.file_digests import FileDigests, digest_of, files_under
from msoko.build.graph.module_imports import Imports, ModuleGraph, imports_of, notebook_imports
from msoko.build.kernels.notebook_files import read_notebook
from msoko.core.project import HOME, Project
from msoko.core.whole_files import write_whole

Parts = dict[tuple[str, str], str]
SOURCE = Path(msoko.__file__).resolve().parent
LOCK = "requirements.lock"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)

RARE = ("great_expectations", "pyspark")
"""What takes long to import and no notebook needs by default."""


class Codebase:
    """The package's source as the graph of staleness sees it."""

    def __init__(self, project: Project, digests: FileDigests) -> None:
        self.project = project
        self.digests = digests
        self.memory = project.cache / "imports.json"
        self._known = _read_memory(self.memory)
        self._is_changed = False
        self.graph = ModuleGraph(SOURCE.parent, self._imports)
        self._digest = functools.cache(digests.of)  # source stands still while a build runs
        self._shown = functools.cache(self._name)
        self.module_parts = functools.cache(self._module_parts)
        self.lock_parts = functools.cache(self._lock_parts)
        self.modules_below = functools.cache(self._modules_below)

    def _module_parts(self, *roots: str) -> Parts:
        """Return the modules that the roots reach and the files that lie beside them."""
        files = self.graph.closure(roots)
        parts = {("module", self._shown(file)): self._digest(file) for file in files}
        folders = {file.parent for file in files if file.name == "__init__.py"}
        for path in self._beside(folders):
            parts["asset", self._shown(path)] = self._digest(path)
        return parts

    def roots_of(self, notebook: Path) -> list[str]:
        """Return the modules of the package that a notebook imports itself."""
        return list(self._notebook_imports(notebook).own)

    def modules_to_preload(self, notebooks: Iterable[Path]) -> list[str]:
        """Return all that the notebooks and the modules they use import, ours last.

        What only another engine or the reference of checks needs is left out.
        """
        found = [self._notebook_imports(path) for path in notebooks]
        roots = sorted({name for imports in found for name in imports.own})
        foreign = {name for imports in found for name in imports.foreign}
        foreign.update(self.graph.foreign(roots))
        kept = sorted(name for name in foreign if name.split(".")[0] not in RARE)
        return [*kept, *self.graph.modules(roots, RARE)]

    def _modules_below(self, package: str) -> list[str]:
        """Return every module of a package, for packages that load their parts by name."""
        folder = SOURCE.parent.joinpath(*package.split("."))
        files = [path for path in files_under(folder) if path.suffix == ".py"]
        return [".".join(path.relative_to(SOURCE.parent).with_suffix("").parts) for path in files]

    def _lock_parts(self) -> Parts:
        """Return the lock, the interpreter, and which of the locked versions are installed."""
        lock = HOME / LOCK
        text = lock.read_text(encoding="utf-8") if lock.exists() else ""
        pinned = {_plain(name) for name in PINNED.findall(text)}
        installed = sorted(
            entry.stem
            for folder in {Path(place) for place in sys.path if place}
            if folder.is_dir()
            for entry in folder.glob("*.dist-info")
            if _plain(entry.name.split("-")[0]) in pinned
        )
        python = ".".join(map(str, sys.version_info[:3]))
        return {
            ("lock", LOCK): self.digests.of(lock),
            ("lock", "установленные библиотеки"): digest_of("\n".join(installed)),
            ("lock", "Python"): python,
        }

    def save(self) -> None:
        """Remember which module imports what; nothing new touches no file."""
        if self._is_changed:
            write_whole(self.memory, json.dumps(self._known))
            self._is_changed = False

    def _imports(self, file: Path, package: str) -> Imports:
        return self._imports_in(file, lambda: imports_of(file.read_text("utf-8"), package))

    def _notebook_imports(self, notebook: Path) -> Imports:
        shown = self.project.shown(notebook)
        return self._imports_in(notebook, lambda: notebook_imports(read_notebook(notebook, shown)))

    def _imports_in(self, file: Path, read: object) -> Imports:
        digest = self.digests.of(file)
        known = self._known.get(str(file))
        if known and known[0] == digest:
            return Imports(tuple(known[1]), tuple(known[2]))
        found = read()
        self._known[str(file)] = [digest, found.own, found.foreign]
        self._is_changed = True
        return found

    def _beside(self, packages: Iterable[Path]) -> list[Path]:
        """Return the files of packages that are not code; the root has none that count."""
        found = _beside_packages()
        return [path for one in packages if one != SOURCE for path in sorted(found.get(one, []))]

    def _name(self, path: Path) -> str:
        return Project(HOME).shown(path) if path.is_relative_to(HOME) else path.name


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


@functools.cache
def _beside_packages() -> dict[Path, list[Path]]:
    """Return for each package its files that are not code: styles, templates, fonts, wording.

    A folder without `__init__.py` belongs to the package above it.
    """
    found: dict[Path, list[Path]] = {}
    packages: dict[str, Path] = {}
    for base, folders, names in os.walk(SOURCE):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        own = Path(base) if "__init__.py" in names else packages[str(Path(base).parent)]
        packages[base] = own
        others = [name for name in names if not name.endswith((".py", ".pyc"))]
        found.setdefault(own, []).extend(Path(base) / name for name in others if name[0] != ".")
    return found


def _read_memory(memory: Path) -> dict[str, list]:
    try:
        return json.loads(memory.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}

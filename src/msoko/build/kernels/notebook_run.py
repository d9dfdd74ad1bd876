"""One notebook, executed by papermill: its clean result, or a short account of its failure."""

from __future__ import annotations

import importlib
import re
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msoko.build.kernels.child_processes import ChildProcesses, Preloaded, start_server
from msoko.build.kernels.kernel_environment import kernel_environment
from msoko.build.kernels.notebook_files import (
    cleaned,
    question_before,
    read_notebook,
    with_parameters,
)
from msoko.build.kernels.notebook_parameters import Value
from msoko.core.errors import MsokoError
from msoko.core.project import Project

REFUSALS = ("MsokoError", "UsageError", "DataRefused")
"""Errors of ours that a notebook may raise: the data's fault and not the program's."""
ANSI = re.compile(r"\x1b\[[0-9;]*m")
RULES = "Отчёт не построен; прежний, если был, остался на месте."


class NotebookFailed(MsokoError):
    """A notebook did not reach its end."""

    exit_code = 3

    def __init__(self, message: str, exit_code: int = 3, traceback: str = "") -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.traceback = traceback


def default_engine() -> str:
    """Return `warm` where forking a process full of libraries is sound.

    Windows cannot fork; on macOS the system's own frameworks do not survive a fork.
    """
    return "warm" if sys.platform.startswith("linux") else "papermill"


def load_client() -> None:
    """Begin to import what drives notebooks, beside other work: it takes a second."""
    name = "msoko.build.kernels.papermill_engine"
    threading.Thread(target=importlib.import_module, args=(name,), daemon=True).start()


@dataclass
class Execution:
    """How notebooks of one build are executed: the engine and what its kernels share."""

    engine: str
    environment: dict[str, str]
    children: ChildProcesses = field(default_factory=ChildProcesses)
    cell_seconds: int | None = None
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of_project(cls, engine: str, project: Project) -> Execution:
        """Return how this project's notebooks are executed."""
        environment = kernel_environment(
            MSOKO_PROJECT=str(project.root), IPYTHONDIR=str(project.cache / "ipython")
        )
        return cls(engine, environment)

    @property
    def is_warm(self) -> bool:
        return self.engine == "warm"

    def preload(self, modules: Sequence[Preloaded]) -> None:
        """Name what notebooks and calls need, for a warm engine to begin to import it."""
        if self.is_warm:
            start_server(modules)

    def close(self) -> None:
        """End every kernel and every call; nothing of them is left."""
        self.children.close()

    def run(self, path: Path, shown: str, parameters: Mapping[str, Value]) -> dict[str, Any]:
        """Return the executed notebook without traces of the run.

        Parameters are checked first: a wrong one is refused before a kernel exists.
        Raises `NotebookFailed` with the question of the cell that failed.
        """
        source = with_parameters(read_notebook(path, shown), parameters, shown)
        import nbformat

        notebook = nbformat.from_dict(_identified(source))
        return cleaned(self._executed(notebook, path.parent, shown))

    def _executed(self, notebook: Any, folder: Path, shown: str) -> Any:
        import papermill
        from papermill.exceptions import PapermillExecutionError

        from msoko.build.kernels.papermill_engine import NotebookCut

        try:
            return papermill.execute_notebook(
                notebook,
                None,
                engine_name=self.engine_name(),
                kernel_name="python3",
                language="python",
                progress_bar=False,
                execution_timeout=self.cell_seconds,
                children=self.children,
                environment=self.environment,
                folder=folder,
                **self.options,
            )
        except PapermillExecutionError as error:
            raise _cell_failed(notebook, error, shown) from None
        except NotebookCut as cut:
            raise NotebookFailed(_told(shown, notebook, cut.cell_index, cut.reason)) from None

    def engine_name(self) -> str:
        """Return the name that papermill knows our engine by."""
        from papermill.engines import papermill_engines

        from msoko.build.kernels.papermill_engine import PlainEngine, WarmEngine

        papermill_engines.register("msoko-plain", PlainEngine)
        papermill_engines.register("msoko-warm", WarmEngine)
        return "msoko-warm" if self.is_warm else "msoko-plain"


def _identified(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook with an id on each cell, since nbformat would give random ones."""
    cells = [{"id": f"cell-{place}"} | cell for place, cell in enumerate(notebook["cells"])]
    for cell in cells:
        if isinstance(cell["source"], list):
            cell["source"] = "".join(cell["source"])
    return notebook | {"cells": cells, "nbformat": 4, "nbformat_minor": 5}


def _cell_failed(notebook: Any, error: Any, shown: str) -> NotebookFailed:
    said = ANSI.sub("", str(error.evalue or "")).strip()
    is_refusal = error.ename in REFUSALS
    # a refusal is already a sentence for people; of anything else the last line says most
    reason = said if is_refusal else f"{error.ename}: {said.splitlines()[-1] if said else ''}"
    message = _told(shown, notebook, error.cell_index, reason.rstrip(": "))
    traceback = ANSI.sub("", "\n".join(error.traceback))
    return NotebookFailed(message, 1 if is_refusal else 3, traceback)


def _told(shown: str, notebook: Any, place: int, reason: str) -> str:
    question = question_before(notebook, place)
    where = f"{shown}, «{question}»" if question else f"{shown}, ячейка {place + 1}"
    return f"{where}: {reason.rstrip('.')}. {RULES}"

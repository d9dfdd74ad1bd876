"""One notebook, executed by papermill: its clean result, or a short account of its failure."""

from __future__ import annotations

import importlib
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msoko.build.kernels.notebook_files import (
    cleaned,
    question_before,
    read_notebook,
    with_parameters,
)
from msoko.build.kernels.notebook_parameters import Value
from msoko.core.errors import MsokoError
from msoko.core.project import Project

if TYPE_CHECKING:
    from msoko.build.kernels.forks import Preloaded

ENGINES = ("warm", "papermill")
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


def load_client() -> None:
    """Begin to import what drives notebooks, beside other work: it takes a second."""
    name = "msoko.build.kernels.engines"
    threading.Thread(target=importlib.import_module, args=(name,), daemon=True).start()


@dataclass
class Execution:
    """How notebooks of one build are executed: the engine and what its kernels share."""

    engine: str
    environment: dict[str, str]
    kernels: Any
    server: Any = None
    cell_seconds: int | None = None
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def prepared(cls, engine: str, project: Project, early: Sequence[Preloaded] = ()) -> Execution:
        """Return how this project's notebooks are executed; a warm engine begins to import.

        `early` are the modules that calls need which do not wait for notebooks.
        """
        from msoko.build.kernels.kernels import Kernels, kernel_environment

        environment = kernel_environment(
            MSOKO_PROJECT=str(project.root), IPYTHONDIR=str(project.cache / "ipython")
        )
        server = None
        if engine == "warm":
            from msoko.build.kernels.forks import ForkServer

            folder = project.home / "notebooks"
            server = ForkServer(folder, environment, early)
            server.start()
        return cls(engine, environment, Kernels(), server)

    def preload(self, modules: Sequence[Preloaded]) -> None:
        """Name what notebooks need, for a warm engine to import it ahead."""
        if self.server is not None:
            self.server.preload(modules)

    def end_all(self) -> None:
        """End every kernel and the preloaded process; nothing of them is left."""
        self.kernels.end_all()
        if self.server is not None:
            self.server.stop()

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

        from msoko.build.kernels.client import NotebookCut

        try:
            return papermill.execute_notebook(
                notebook,
                None,
                engine_name=self.engine_name(),
                kernel_name="python3",
                language="python",
                progress_bar=False,
                execution_timeout=self.cell_seconds,
                kernels=self.kernels,
                environment=self.environment,
                folder=folder,
                server=self.server,
                **self.options,
            )
        except PapermillExecutionError as error:
            raise _cell_failed(notebook, error, shown) from None
        except NotebookCut as cut:
            raise NotebookFailed(_told(shown, notebook, cut.cell_index, cut.reason)) from None

    def engine_name(self) -> str:
        """Return the name that papermill knows our engine by."""
        from papermill.engines import papermill_engines

        from msoko.build.kernels.engines import PlainEngine
        from msoko.build.kernels.warm import WarmEngine

        papermill_engines.register("msoko-plain", PlainEngine)
        papermill_engines.register("msoko-warm", WarmEngine)
        return "msoko-warm" if self.engine == "warm" else "msoko-plain"


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

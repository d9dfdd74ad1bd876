"""The two ways a notebook is executed; both are papermill's, within our bounds."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellTimeoutError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine

from msoko.build.kernels.child_processes import ChildProcesses
from msoko.build.kernels.kernel_environment import kernel_environment
from msoko.build.kernels.kernel_managers import START_SECONDS, PlainManager, WarmManager
from msoko.build.kernels.warm_provisioner import shared_children

CELL_SECONDS = 900
"""A cell that takes longer than this hangs."""

IOPUB_SECONDS = 60
OUTPUT_LIMIT = 64 * 2**20
"""Characters of output after which a notebook is taken to be flooding; reports have 1–5 million."""

_log = logging.getLogger("msoko.build.kernels")
_log.addHandler(logging.NullHandler())
_log.propagate = False  # failures reach people as one message of ours


class NotebookCut(RuntimeError):
    """A notebook was ended from outside; `reason` is Russian, `cell_index` is where it was."""

    def __init__(self, reason: str, cell_index: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cell_index = cell_index


class GuardedClient(PapermillNotebookClient):
    """Papermill's client with a kernel of our making and a bound on its output."""

    def __init__(self, nb_man: Any, manager: PlainManager, limit: int, **settings: Any) -> None:
        super().__init__(
            nb_man, iopub_timeout=IOPUB_SECONDS, shutdown_kernel="immediate", log=_log, **settings
        )
        self.manager, self.output_limit = manager, limit
        self.output_size = self.cell_index = 0
        self.on_cell_start = self._note_cell

    def _note_cell(self, cell: Any, cell_index: int) -> None:
        self.cell_index = cell_index

    def create_kernel_manager(self) -> PlainManager:
        """Return the manager of a kernel that is not yet started; nbclient ends what it made."""
        self.km = self.manager
        return self.km

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Take one message from the kernel, unless it has said too much already."""
        self.output_size += len(str(msg["content"]))
        if self.output_size > self.output_limit:
            self.manager.provisioner.process.kill()
            return None
        return super().process_message(msg, cell, cell_index)

    def execute(self, **settings: Any) -> Any:
        """Return the executed notebook, or raise `NotebookCut` if its kernel had to be ended."""
        try:
            return super().execute(**settings)
        except CellTimeoutError:
            raise NotebookCut("ячейка не ответила в срок", self.cell_index) from None
        except RuntimeError as error:  # nbclient's word for a dead kernel
            reason = "ядро завершилось аварийно (возможно, не хватило памяти)"
            if self.output_size > self.output_limit:
                reason = "вывод бесконечен, ядро остановлено"
            raise NotebookCut(reason, self.cell_index) from error


class PlainEngine(NBClientEngine):
    """Starts a kernel for each notebook, as papermill does, within our bounds."""

    manager_class = PlainManager

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        execution_timeout: int | None = None,
        children: ChildProcesses | None = None,
        environment: dict[str, str] | None = None,
        folder: Path | None = None,
        output_limit: int = OUTPUT_LIMIT,
        **_: Any,
    ) -> None:
        """Execute the notebook; its kernel is gone when this returns, whatever happened."""
        client = GuardedClient(
            nb_man,
            cls.manager_class(children or shared_children()),
            output_limit,
            kernel_name=kernel_name,
            timeout=execution_timeout or CELL_SECONDS,
            startup_timeout=START_SECONDS,
        )
        client.execute(env=environment or kernel_environment(), cwd=str(folder or "."))


class WarmEngine(PlainEngine):
    """Forks the kernel of each notebook from a process where everything is imported."""

    manager_class = WarmManager

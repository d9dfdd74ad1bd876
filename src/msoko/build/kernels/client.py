"""The client that drives one notebook's kernel, and ends it when it runs wild."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbclient.exceptions import CellTimeoutError
from papermill.clientwrap import PapermillNotebookClient

from msoko.build.kernels.kernels import PlainManager

OUTPUT_LIMIT = 64 * 2**20
"""Bytes of output after which a notebook is taken to be flooding; reports have 1–5 MB."""

IOPUB_SECONDS = 60


class NotebookCut(RuntimeError):
    """A notebook was ended from outside; `reason` is Russian, `cell_index` is where it was."""

    def __init__(self, reason: str, cell_index: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cell_index = cell_index


class GuardedClient(PapermillNotebookClient):
    """Papermill's client with kernels of our making and a bound on their output."""

    def __init__(
        self,
        nb_man: Any,
        make_manager: Callable[[], PlainManager],
        output_limit: int = OUTPUT_LIMIT,
        **settings: Any,
    ) -> None:
        super().__init__(
            nb_man, iopub_timeout=IOPUB_SECONDS, shutdown_kernel="immediate", **settings
        )
        self.make_manager = make_manager
        self.output_limit = output_limit
        self.output_size = 0
        self.cell_index = 0
        self.on_cell_start = self._note_cell

    def _note_cell(self, cell: Any, cell_index: int) -> None:
        self.cell_index = cell_index

    def create_kernel_manager(self) -> PlainManager:
        """Return the manager of a kernel that is not yet started."""
        self.km = self.make_manager()
        return self.km

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Take one message from the kernel, unless it has said too much already."""
        self.output_size += _size(msg["content"])
        if self.output_size > self.output_limit:
            self.km.provisioner.process.kill()
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


def _size(content: dict[str, Any]) -> int:
    """Return about how many characters of output a message carries."""
    text = len(content.get("text", "")) if isinstance(content.get("text"), str) else 0
    data = content.get("data")
    shown = sum(len(str(value)) for value in data.values()) if isinstance(data, dict) else 0
    return text + shown + sum(len(line) for line in content.get("traceback", ()))

"""The kernels of a build's notebooks, and the processes that answer its calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msoko.build.kernels.child_processes import Preloaded, call_here
from msoko.build.kernels.notebook_parameters import Value
from msoko.build.kernels.notebook_run import Execution
from msoko.core.project import Project


class BuildProcesses:
    """Where one build executes notebooks and has functions called, begun when first needed."""

    def __init__(self, engine: str, project: Project) -> None:
        self.engine = engine
        self.project = project
        self.is_preloading = False
        self._has_called = False
        self._execution: Execution | None = None

    @property
    def answer_calls(self) -> bool:
        """Whether processes of their own answer calls, which then may go side by side."""
        return self._execution is not None and self._execution.is_warm

    def begin(self) -> Execution:
        """Return how notebooks are executed."""
        if self._execution is None:
            self._execution = Execution.of_project(self.engine, self.project)
        return self._execution

    def preload(self, needed: Callable[[], Sequence[Preloaded]]) -> None:
        """Begin to import what `needed` returns; only the first call counts."""
        if not self.is_preloading:
            self.is_preloading = True
            self.begin().preload(needed())

    def call(self, function: str, *arguments: Any) -> Any:
        """Return what `module:name` gives, in a process of its own where there are some."""
        if not self.answer_calls:
            return call_here(function, *arguments)
        children = self._execution.children
        # the server is still importing when it is first asked, and one core has nothing to do
        call, self._has_called = children.call if self._has_called else children.call_anew, True
        return call(function, *arguments)

    def run_notebook(self, path: Path, shown: str, values: Mapping[str, Value]) -> dict[str, Any]:
        """Return the executed notebook; raises `NotebookFailed` with the question that failed."""
        return self.begin().run(path, shown, values)

    def close(self) -> None:
        """End every process; nothing of them is left."""
        if self._execution is not None:
            self._execution.close()

"""The two ways a notebook is executed; both are papermill's, within our bounds."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from papermill.engines import NBClientEngine

from msoko.build.kernels.child_processes import ChildProcesses
from msoko.build.kernels.guarded_client import OUTPUT_LIMIT, GuardedClient
from msoko.build.kernels.kernel_environment import kernel_environment
from msoko.build.kernels.kernel_managers import START_SECONDS, PlainManager, WarmManager
from msoko.build.kernels.warm_provisioner import shared_children

CELL_SECONDS = 900
"""A cell that takes longer than this hangs."""

_log = logging.getLogger("msoko.build.kernels")
_log.addHandler(logging.NullHandler())
_log.propagate = False  # failures reach people as one message of ours


class PlainEngine(NBClientEngine):
    """Starts a kernel for each notebook, as papermill does, within our bounds."""

    manager_class = PlainManager

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        log_output: bool = False,
        start_timeout: int = START_SECONDS,
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
            startup_timeout=start_timeout,
            log=_log,
            log_output=log_output,
        )
        settings = {"cwd": str(folder)} if folder else {}
        client.execute(env=environment or kernel_environment(), **settings)


class WarmEngine(PlainEngine):
    """Forks the kernel of each notebook from a process where everything is imported."""

    manager_class = WarmManager

"""The two ways a notebook is executed; both are papermill's, within our bounds."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from papermill.engines import NBClientEngine

from msoko.build.kernels.client import OUTPUT_LIMIT, GuardedClient
from msoko.build.kernels.forks import ForkServer
from msoko.build.kernels.kernels import Kernels, PlainManager, WarmManager, kernel_environment
from msoko.build.kernels.warm import shared_server

CELL_SECONDS = 900
"""A cell that takes longer than this hangs."""

LONGEST_SOCKET = 90
"""A Unix socket's address holds 104 bytes on some systems; Jupyter adds a suffix."""

_counter = itertools.count(1)

_log = logging.getLogger("msoko.build")
_log.addHandler(logging.NullHandler())
_log.propagate = False  # failures reach people as one message of ours


class PlainEngine(NBClientEngine):
    """Starts a kernel for each notebook, as papermill does, within our bounds."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        log_output: bool = False,
        start_timeout: int = 120,
        execution_timeout: int | None = None,
        kernels: Kernels | None = None,
        environment: dict[str, str] | None = None,
        folder: Path | None = None,
        output_limit: int = OUTPUT_LIMIT,
        server: ForkServer | None = None,
        **_: Any,
    ) -> None:
        """Execute the notebook; its kernel is gone when this returns, whatever happened."""
        client = GuardedClient(
            nb_man,
            make_manager=cls.manager_maker(kernels, server),
            output_limit=output_limit,
            kernel_name=kernel_name,
            timeout=execution_timeout or CELL_SECONDS,
            startup_timeout=start_timeout,
            log=_log,
            log_output=log_output,
        )
        settings = {"cwd": str(folder)} if folder else {}
        client.execute(env=environment or kernel_environment(), **settings)

    @classmethod
    def manager_maker(
        cls, kernels: Kernels | None, server: ForkServer | None
    ) -> Callable[[], PlainManager]:
        """Return what makes the manager of one kernel."""

        def make() -> PlainManager:
            manager = PlainManager()
            if kernels is not None:
                manager.connection_file = kernels.connection_file()
            manager.kernels = kernels
            return manager

        return make


class ForkingEngine(PlainEngine):
    """Forks the kernel of each notebook from a preloaded process."""

    @classmethod
    def manager_maker(
        cls, kernels: Kernels | None, server: ForkServer | None
    ) -> Callable[[], PlainManager]:
        """Return what makes the manager of one forked kernel."""
        chosen = server or shared_server()

        def make() -> PlainManager:
            chosen.start()
            socket_path = chosen.folder / f"k{next(_counter)}.json"
            is_short = len(str(socket_path)) < LONGEST_SOCKET
            manager = WarmManager(
                connection_file=str(socket_path), transport="ipc" if is_short else "tcp"
            )
            manager.kernels, manager.server = kernels, chosen
            return manager

        return make

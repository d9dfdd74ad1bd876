"""Jupyter's kernel provisioner whose kernels are forked with everything imported.

A kernel specification asks for it by its metadata,
`{"kernel_provisioner": {"provisioner_name": "msoko-warm"}}`; the kernel is an ordinary ipykernel.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from msoko.build.kernels.child_processes import ChildProcesses, KernelLost, start_server

NAME = "msoko-warm"
LAUNCHER = "ipykernel_launcher"
STACK = (
    "numpy", "pandas", "scipy.stats", "matplotlib.pyplot", "seaborn", "statsmodels.api",
    "pyarrow.parquet", "duckdb",
)  # fmt: skip
"""What is preloaded when nobody says what the notebooks import."""


@functools.cache
def shared_children() -> ChildProcesses:
    """Return the children of this process where no build has its own."""
    start_server(STACK)
    children = ChildProcesses()
    atexit.register(children.close)
    return children


class WarmProvisioner(LocalProvisioner):
    """Forks a kernel instead of starting it; its manager may have `children` of its own."""

    process: BaseProcess | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork what the command would have started, and wait for its sockets.

        A connection that is refused is retried late.
        """
        children = getattr(self.parent, "children", None) or shared_children()
        kernel = partial(_be_kernel, cmd[cmd.index(LAUNCHER) + 1 :], kwargs.get("cwd") or ".")
        self.process, said = children.fork(kernel, kwargs["env"])
        while not said.poll():
            await asyncio.sleep(0.003)
        try:
            said.recv()
        except EOFError:
            raise KernelLost("Ядро блокнота завершилось, не начав работу.") from None
        return self.connection_info

    async def poll(self) -> int | None:
        """Return the exit code, or None while the kernel runs."""
        return self.process.exitcode if self.process else 0

    async def wait(self) -> int | None:
        """Return the exit code once the kernel has ended."""
        process, self.process = self.process, None
        if process is None:
            return 0
        process.join()
        return process.exitcode

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel and what it has started."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and see its end at once, not at the next poll."""
        await self.send_signal(signal.SIGKILL)
        if self.process:
            self.process.join()


def _be_kernel(arguments: Sequence[str], folder: str, saying: Connection) -> None:
    """Turn this forked process into a kernel, and say when it listens."""
    import ipykernel_launcher
    from ipykernel.kernelapp import IPKernelApp

    from msoko.build.kernels.forkserver_start import PATH

    os.chdir(folder)
    sys.argv = [ipykernel_launcher.__file__, *arguments]
    sys.path[:] = PATH
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(list(arguments))
    saying.send(True)
    saying.close()
    app.start()

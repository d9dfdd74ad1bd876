"""Where kernels come from: started one by one, or forked from a preloaded process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import LocalProvisioner

from msoko.run.forks import ForkServer

KERNEL_SETTINGS = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
"""Set for every kernel: equal outputs from run to run, and no threads before a fork."""

SECRET_MARKS = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "API_KEY", "PRIVATE_KEY")


def kernel_environment(**settings: str) -> dict[str, str]:
    """Return this process's environment as kernels get it: fixed seeds, and no passwords."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not any(mark in name.upper() for mark in SECRET_MARKS)
    }
    return kept | KERNEL_SETTINGS | settings


class Kernels:
    """The kernels of one build that are alive now, so that all can be ended at once."""

    def __init__(self) -> None:
        self._alive: dict[int, Any] = {}
        self._lock = threading.Lock()
        self.is_closed = False

    def joined(self, process: Any) -> None:
        with self._lock:
            self._alive[process.pid] = process
            is_late = self.is_closed
        if is_late:
            _kill_group(process)

    def left(self, process: Any) -> None:
        with self._lock:
            self._alive.pop(process.pid, None)

    def end_all(self) -> None:
        """Kill every kernel, and each one that still joins later."""
        with self._lock:
            self.is_closed = True
            processes = list(self._alive.values())
        for process in processes:
            _kill_group(process)


def _kill_group(process: Any) -> None:
    if process.poll() is None and hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


class PlainProvisioner(LocalProvisioner):
    """Jupyter's own way of starting a kernel, with its end seen at once."""

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and see its end within milliseconds, not at the next poll."""
        await super().kill(restart=restart)
        for _ in range(1000):
            if self.process is None or self.process.poll() is not None:
                return
            await asyncio.sleep(0.005)


class WarmProvisioner(PlainProvisioner):
    """Gets a kernel from the fork server."""

    server: ForkServer

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel; `cmd` is the command that would have started it."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        folder = str(kwargs.get("cwd") or Path.cwd())
        self.process = self.server.fork(arguments, folder, dict(kwargs["env"]))
        self.pid = self.pgid = self.process.pid
        self.cwd = folder
        return self.connection_info


class PlainManager(AsyncKernelManager):
    """Starts this interpreter's own ipykernel, whatever kernels the user has installed."""

    kernels: Kernels | None = None
    provisioner_class: type[PlainProvisioner] = PlainProvisioner

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python 3 (ipykernel)",
            language="python",
        )

    def make_provisioner(self) -> PlainProvisioner:
        return PlainProvisioner(kernel_spec=self.kernel_spec, parent=self)

    async def start_kernel(self, **settings: Any) -> None:
        """Start the kernel, with nothing of it on the build's own terminal."""
        self.provisioner = self.make_provisioner()
        await super().start_kernel(stderr=subprocess.DEVNULL, **settings)
        if self.kernels is not None:
            self.kernels.joined(self.provisioner.process)
            self._process = self.provisioner.process

    async def cleanup_resources(self, restart: bool = False) -> None:
        if self.kernels is not None and hasattr(self, "_process"):
            self.kernels.left(self._process)
        await super().cleanup_resources(restart=restart)


class WarmManager(PlainManager):
    """Gets its kernel from a fork server; talks over sockets in a private folder."""

    server: ForkServer

    def make_provisioner(self) -> WarmProvisioner:
        made = WarmProvisioner(kernel_spec=self.kernel_spec, parent=self)
        made.server = self.server
        return made

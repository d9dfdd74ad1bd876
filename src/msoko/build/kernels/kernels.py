"""Where kernels come from: started one by one, or forked from a preloaded process."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import LocalProvisioner

from msoko.build.kernels.environment import REPEATABLE
from msoko.build.kernels.forks import START_SECONDS, ForkServer

KERNEL_SETTINGS = REPEATABLE | {
    "SOURCE_DATE_EPOCH": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
"""Set for every kernel: equal outputs from run to run, and no threads before a fork."""

OPTIONS = ("--HistoryManager.enabled=False",)
"""Nobody will recall the cells of a notebook that is executed by a program."""

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
        self.folder = tempfile.TemporaryDirectory(prefix="msoko-", ignore_cleanup_errors=True)
        self._numbers = itertools.count(1)

    def connection_file(self) -> str:
        """Return a new connection file's path, outside of the user's home."""
        return str(Path(self.folder.name) / f"kernel-{next(self._numbers)}.json")

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
        self.folder.cleanup()


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


class PromptClient(AsyncKernelClient):
    """A kernel's client that is ready as soon as the kernel is.

    Jupyter's own waits until nothing has come for 0.2 s; here the reply to a request
    and the `idle` that follows it say the same at once.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when a request has been answered and its `idle` been heard."""
        deadline = time.monotonic() + (timeout or START_SECONDS)
        while time.monotonic() < deadline:
            request = self.kernel_info()
            try:
                reply = await self.shell_channel.get_msg(timeout=1)
                if reply["msg_type"] == "kernel_info_reply" and await self._is_idle(request):
                    return
            except Empty:
                pass
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _is_idle(self, request: str) -> bool:
        """Return whether the output channel is connected and said that `request` is done."""
        while True:
            try:
                told = await self.iopub_channel.get_msg(timeout=0.2)
            except Empty:
                return False
            state = told["content"].get("execution_state")
            if told["parent_header"].get("msg_id") == request and state == "idle":
                return True


class PlainManager(AsyncKernelManager):
    """Starts this interpreter's own ipykernel, whatever kernels the user has installed."""

    kernels: Kernels | None = None
    provisioner_class: type[PlainProvisioner] = PlainProvisioner

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *OPTIONS],
            display_name="Python 3 (ipykernel)",
            language="python",
        )

    def client(self, **settings: Any) -> PromptClient:
        """Return a client connected to this kernel."""
        self.client_factory = PromptClient
        return super().client(**settings)

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

    async def start_kernel(self, **settings: Any) -> None:
        """Start the kernel and wait for its sockets: a connection refused is retried late."""
        await super().start_kernel(**settings)
        last_bound = Path(f"{self.ip}-{self.hb_port}")
        for _ in range(2000 if self.transport == "ipc" else 0):
            if last_bound.exists() or not await self.is_alive():
                return
            await asyncio.sleep(0.003)

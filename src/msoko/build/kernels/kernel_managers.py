"""Managers of a notebook's kernel, started or forked, and its client, for nbclient to drive."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from importlib.metadata import EntryPoint
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import uuid4

from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import KernelProvisionerFactory

from msoko.build.kernels.child_processes import LONGEST_FOLDER, ChildProcesses
from msoko.build.kernels.warm_provisioner import LAUNCHER, NAME, WarmProvisioner

START_SECONDS = 120
"""How long a busy machine may take to import everything before the first kernel."""

OPTIONS = ("--HistoryManager.enabled=False",)
"""Nobody will recall the cells of a notebook that is executed by a program."""


class PromptClient(AsyncKernelClient):
    """A kernel's client that is ready as soon as the kernel is.

    Jupyter's own waits until nothing has come for 0.2 s; here the reply to a request
    and the `idle` that follows it say the same at once.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when a request has been answered and its `idle` been heard."""
        deadline = time.monotonic() + (timeout or START_SECONDS)
        while time.monotonic() < deadline and await self.is_alive():
            request = self.kernel_info()
            with contextlib.suppress(Empty):  # what was said before the channel was connected
                await self.shell_channel.get_msg(timeout=1)
                while not _is_idle(await self.iopub_channel.get_msg(timeout=0.2), request):
                    pass
                return
        raise RuntimeError("Kernel died or didn't respond")


def _is_idle(message: dict[str, Any], request: str) -> bool:
    is_about = message["parent_header"].get("msg_id") == request
    return is_about and message["content"].get("execution_state") == "idle"


class PlainManager(AsyncKernelManager):
    """Starts this interpreter's own ipykernel, whatever kernels the user has installed."""

    metadata: dict[str, Any] = {}

    def __init__(self, children: ChildProcesses) -> None:
        # outside of the user's home, where other users cannot reach the sockets either
        file = Path(children.folder.name) / f"{uuid4().hex[:8]}.json"
        is_short = len(str(file.parent).encode()) <= LONGEST_FOLDER
        super().__init__(connection_file=str(file), transport="ipc" if is_short else "tcp")
        self.client_factory = PromptClient
        self.children = children

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(
            argv=[sys.executable, "-m", LAUNCHER, "-f", "{connection_file}", *OPTIONS],
            display_name="Python 3 (ipykernel)",
            language="python",
            metadata=dict(self.metadata),
        )

    async def start_kernel(self, **settings: Any) -> None:
        """Start the kernel, with nothing of it on the build's own terminal."""
        await super().start_kernel(stderr=subprocess.DEVNULL, **settings)
        self._process = self.provisioner.process
        self.children.joined(self._process)

    async def cleanup_resources(self, restart: bool = False) -> None:
        if hasattr(self, "_process"):
            self.children.left(self._process)
        await super().cleanup_resources(restart=restart)


class WarmManager(PlainManager):
    """Has the kernel forked from the process where everything is imported."""

    metadata = {"kernel_provisioner": {"provisioner_name": NAME}}

    def __init__(self, children: ChildProcesses) -> None:
        super().__init__(children)
        # Jupyter reads entry points of what is installed; sources may be newer
        factory = KernelProvisionerFactory.instance()
        place = f"{WarmProvisioner.__module__}:{WarmProvisioner.__name__}"
        factory.provisioners[NAME] = EntryPoint(NAME, place, factory.GROUP_NAME)

"""The process that warm kernels are forked from.

It imports what notebooks import, waits, and turns each request into a child that
becomes an ordinary Jupyter kernel. It holds no thread of its own, opens no table and
draws nothing, so that a child begins as a freshly started kernel would. When the build
that started it goes away, by whatever cause, it ends its kernels and itself.

Run as `python -m msoko.run.forkserver SOCKET`, with a JSON list of modules as the first
line of standard input; the end of standard input is the end of the build.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import importlib
import json
import os
import selectors
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

KERNEL_MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "ipykernel.iostream",
    "IPython.core.interactiveshell",
    "msoko",
)
"""What a kernel imports of its own before the first cell."""


class _KernelSeeming:
    """What `get_ipython()` answers while modules are imported ahead of any kernel.

    pandas decides at import whether it prints for a terminal or for a notebook, and
    asks `get_ipython()` for it.
    """

    kernel = True


def preload(modules: list[str]) -> None:
    """Import what kernels will need; what is missing is left for the notebook to report."""
    builtins.get_ipython = _KernelSeeming  # type: ignore[attr-defined]
    started_by = os.getppid()
    try:
        for name in (*KERNEL_MODULES, *modules):
            if os.getppid() != started_by:
                return  # the build is gone; its end is seen next
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]
    # loaded without a shell, this backend would drop figures in silence; a child loads it anew
    sys.modules.pop("matplotlib_inline.backend_inline", None)
    gc.collect()
    gc.freeze()  # what is shared with the children is not written to by their collector


class Nursery:
    """Forks a kernel per request, and tells each requester when and how its kernel ended."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.selector = selectors.DefaultSelector()
        self.kernels: dict[int, socket.socket] = {}
        self.woken, self.waker = socket.socketpair()

    def serve(self) -> dict[str, Any] | None:
        """Return None when the build is over, or, in a child, the request it must fulfil."""
        self.waker.setblocking(False)
        signal.set_wakeup_fd(self.waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for source in (self.listener, self.woken, sys.stdin):
            self.selector.register(source, selectors.EVENT_READ)
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is sys.stdin:
                    self._end_all()
                    return None
                request = self._answer(key.fileobj)
                if request is not None:
                    return request

    def _answer(self, source: Any) -> dict[str, Any] | None:
        if source is self.woken:
            self.woken.recv(4096)
            self._report_ended()
        elif source is self.listener:
            return self._fork(self.listener.accept()[0])
        else:
            self._abandon(source)
        return None

    def _fork(self, requester: socket.socket) -> dict[str, Any] | None:
        """Return the request in the child and None in the parent."""
        requester.settimeout(10)
        with requester.makefile("r", encoding="utf-8") as lines:
            line = lines.readline()
        if not line:
            requester.close()
            return None
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            self._forget(requester)
            return request
        self.kernels[pid] = requester
        self.selector.register(requester, selectors.EVENT_READ)
        _tell(requester, pid=pid)
        return None

    def _forget(self, requester: socket.socket) -> None:
        """Close, in a child, everything that is the server's own."""
        signal.set_wakeup_fd(-1)
        self.selector.close()
        for owned in (self.listener, self.woken, self.waker, requester, *self.kernels.values()):
            owned.close()
        with Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), 0)

    def _report_ended(self) -> None:
        for pid in list(self.kernels):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                requester = self.kernels.pop(pid)
                with contextlib.suppress(KeyError):  # its requester had gone before
                    self.selector.unregister(requester)
                _signal_group(pid)  # what the notebook itself had started
                _tell(requester, code=os.waitstatus_to_exitcode(status))
                requester.close()

    def _abandon(self, requester: socket.socket) -> None:
        """End the kernel of a requester that is gone; a requester says nothing else."""
        self.selector.unregister(requester)
        for pid, asked_by in self.kernels.items():
            if asked_by is requester:
                _end(pid)

    def _end_all(self) -> None:
        for pid in self.kernels:
            _end(pid)
        for pid in self.kernels:
            os.waitpid(pid, 0)


def _tell(requester: socket.socket, **answer: int) -> None:
    with contextlib.suppress(OSError):  # a requester that is gone needs no answer
        requester.sendall(json.dumps(answer).encode() + b"\n")


def _signal_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _end(pid: int) -> None:
    """Kill a kernel not yet waited for and all it started; it may lead no group yet."""
    _signal_group(pid)
    os.kill(pid, signal.SIGKILL)


def become_kernel(request: dict[str, Any]) -> None:
    """Turn this freshly forked process into the kernel that the request describes."""
    os.setsid()
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    _reseed()
    import ipykernel_launcher
    from ipykernel.kernelapp import IPKernelApp

    arguments = request["arguments"]
    sys.argv = [ipykernel_launcher.__file__, *arguments]
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(arguments)
    app.start()


def _reseed() -> None:
    """Give this process its own randomness; the parent's state would be everyone's."""
    import random

    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def main() -> None:
    """Serve until the build ends; a child leaves as the kernel it became."""
    address = Path(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the build's to handle
    if sys.path[0] == "" or Path(sys.path[0]) == Path.cwd():
        del sys.path[0]  # as ipykernel's launcher does
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(address))
    listener.listen(128)
    modules = json.loads(sys.stdin.buffer.raw.readline())  # type: ignore[attr-defined]
    preload(modules)
    server = os.getpid()
    try:
        request = Nursery(listener).serve()
    finally:
        if os.getpid() == server:
            shutil.rmtree(address.parent, ignore_errors=True)
    if request is not None:
        _live_as_kernel(request)


def _live_as_kernel(request: dict[str, Any]) -> None:
    """Be a kernel until its end, and never return into the server's code."""
    code = 1
    try:
        become_kernel(request)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()

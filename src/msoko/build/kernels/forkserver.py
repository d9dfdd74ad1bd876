"""The process that warm kernels are forked from.

It imports what notebooks import, waits, and turns each request into a child that becomes an
ordinary Jupyter kernel, or calls one function and is gone. It holds no thread of its own, opens
no table and draws nothing, so that a child begins as a freshly started process would. When the
build that started it goes away, by whatever cause, it ends its children and itself.

Run as `python -m msoko.build.kernels.forkserver SOCKET`; standard input has two lines of JSON: the
modules that calls need, which are answered as soon as those are there, and, later, all that kernels
need, which wait for it. A list among them is a function `module:name` to call and its arguments.
The end of standard input is the end of the build.
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

from msoko.build.kernels.forked import become_kernel, settle

KERNEL_MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "ipykernel.iostream",
    "IPython.core.interactiveshell",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.platform.asyncio",
    "msoko",
)
"""What a kernel imports of its own before the first cell, some of it only as it starts."""


class _KernelSeeming:
    """What `get_ipython()` answers while modules are imported ahead of any kernel.

    pandas decides at import whether it prints for a terminal or for a notebook, and
    asks `get_ipython()` for it.
    """

    kernel = True


def preload(nursery: Nursery) -> dict[str, Any] | None:
    """Import what children will need; what is missing is left for them to report.

    Return None in the server, or, in a child that was asked for meanwhile, its request.
    """
    builtins.get_ipython = _KernelSeeming  # type: ignore[attr-defined]
    gc.disable()  # what is imported stays; to go through it again and again frees nothing
    started_by = os.getppid()
    try:
        for wanted in nursery.told():
            if os.getppid() != started_by:
                return None  # the build is gone
            _prepare(wanted)
        while not nursery.is_over and nursery.modules is None:
            request = nursery.attend(None)
            if request is not None:
                return request
        for wanted in (*(nursery.modules or ()), *KERNEL_MODULES):
            request = nursery.attend(0)
            if request is not None or nursery.is_over:
                return request
            _prepare(wanted)
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]
    # loaded without a shell, this backend would drop figures in silence; a child loads it anew
    sys.modules.pop("matplotlib_inline.backend_inline", None)
    gc.collect()
    return None


def _prepare(wanted: str | list[str]) -> None:
    """Import a module, or call a function with its arguments."""
    name, *arguments = [wanted] if isinstance(wanted, str) else wanted
    module, _, function = name.partition(":")
    with contextlib.suppress(ImportError):
        loaded = importlib.import_module(module)
        if function:
            with contextlib.suppress(Exception):  # the child that needs it meets it again
                getattr(loaded, function)(*arguments)


class Nursery:
    """Forks a child per request, and tells each requester when and how its kernel ended."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.selector = selectors.DefaultSelector()
        self.children: dict[int, socket.socket] = {}
        self.callers: set[socket.socket] = set()
        self.waiting: list[tuple[socket.socket, dict[str, Any]]] = []
        self.modules: list[str | list[str]] | None = None
        self.is_ready = self.is_over = False
        self.woken, self.waker = socket.socketpair()
        self.waker.setblocking(False)
        signal.set_wakeup_fd(self.waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for source in (self.listener, self.woken, sys.stdin):
            self.selector.register(source, selectors.EVENT_READ)

    def serve(self) -> dict[str, Any] | None:
        """Return None when the build is over, or, in a child, the request it must fulfil."""
        self.is_ready = True
        while self.waiting and not self.is_over:
            request = self._fork(*self.waiting.pop(0))
            if request is not None:
                return request
        while not self.is_over:
            request = self.attend(None)
            if request is not None:
                return request
        return None

    def attend(self, seconds: float | None) -> dict[str, Any] | None:
        """Answer what has come within the seconds; return, in a child, its request."""
        for key, _ in self.selector.select(seconds):
            if key.fileobj is sys.stdin:
                self.modules = self.told()
                if self.is_over:
                    return None
                continue
            request = self._answer(key.fileobj)
            if request is not None:
                return request
        return None

    def told(self) -> list[str | list[str]]:
        """Return the modules that a line of standard input names; its end ends everything."""
        line = sys.stdin.buffer.raw.readline()  # type: ignore[attr-defined]
        if not line:
            self.is_over = True
            self._end_all()
        return json.loads(line or "[]")

    def _answer(self, source: Any) -> dict[str, Any] | None:
        if source is self.woken:
            self.woken.recv(4096)
            self._report_ended()
        elif source is self.listener:
            return self._asked(self.listener.accept()[0])
        else:
            self._abandon(source)
        return None

    def _asked(self, requester: socket.socket) -> dict[str, Any] | None:
        """Fork what is asked for, or let it wait until everything is imported."""
        requester.settimeout(10)
        with requester.makefile("r", encoding="utf-8") as lines:
            line = lines.readline()
        if not line:
            requester.close()
            return None
        requester.settimeout(None)
        request = json.loads(line)
        if self.is_ready or "call" in request:
            return self._fork(requester, request)
        self.waiting.append((requester, request))
        return None

    def _fork(self, requester: socket.socket, request: dict[str, Any]) -> dict[str, Any] | None:
        """Return the request in the child and None in the parent."""
        pid = os.fork()
        if pid == 0:
            self._forget(requester, request)
            return request
        self.children[pid] = requester
        self.selector.register(requester, selectors.EVENT_READ)
        if "call" in request:
            self.callers.add(requester)
        else:
            _tell(requester, pid=pid)
        return None

    def _forget(self, requester: socket.socket, request: dict[str, Any]) -> None:
        """Close, in a child, everything that is the server's own."""
        signal.set_wakeup_fd(-1)
        self.selector.close()
        asked = [one for one, _ in self.waiting]
        for owned in (self.listener, self.woken, self.waker, *self.children.values(), *asked):
            owned.close()
        if "call" in request:
            request["answer"] = requester  # the child itself tells what came of the call
        else:
            requester.close()
        with Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), 0)

    def _report_ended(self) -> None:
        for pid in list(self.children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                requester = self.children.pop(pid)
                with contextlib.suppress(KeyError):  # its requester had gone before
                    self.selector.unregister(requester)
                _signal_group(pid)  # what the child itself had started
                if requester not in self.callers:
                    _tell(requester, code=os.waitstatus_to_exitcode(status))
                self.callers.discard(requester)
                requester.close()

    def _abandon(self, requester: socket.socket) -> None:
        """End the child of a requester that is gone; a requester says nothing else."""
        self.selector.unregister(requester)
        for pid, asked_by in self.children.items():
            if asked_by is requester:
                _end(pid)

    def _end_all(self) -> None:
        for pid in self.children:
            _end(pid)
        for pid in self.children:
            os.waitpid(pid, 0)


def _tell(requester: socket.socket, **answer: int) -> None:
    with contextlib.suppress(OSError):  # a requester that is gone needs no answer
        requester.sendall(json.dumps(answer).encode() + b"\n")


def _signal_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _end(pid: int) -> None:
    """Kill a child not yet waited for and all it started; it may lead no group yet."""
    _signal_group(pid)
    os.kill(pid, signal.SIGKILL)


def main() -> None:
    """Serve until the build ends; a child leaves as the kernel it became."""
    address = Path(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the build's to handle
    if sys.path[0] == "" or Path(sys.path[0]) == Path.cwd():
        del sys.path[0]  # as ipykernel's launcher does
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(address))
    listener.listen(128)
    server = os.getpid()
    try:
        nursery = Nursery(listener)
        request = preload(nursery) or nursery.serve()
    finally:
        if os.getpid() == server:
            shutil.rmtree(address.parent, ignore_errors=True)
    if request is not None:
        _live(request)
    os._exit(0)  # to take all that is imported apart, as an interpreter does, takes long


def _live(request: dict[str, Any]) -> None:
    """Be a kernel, or answer a call, and never return into the server's code."""
    code = 1
    try:
        settle(request)
        if "call" in request:
            from msoko.build.kernels.forkcalls import answer_call

            answer_call(request)
        else:
            become_kernel(request)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()

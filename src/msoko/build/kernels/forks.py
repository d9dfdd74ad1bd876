"""Kernels and calls forked from one preloaded process: the side that asks for them."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msoko.build.kernels.environment import REPEATABLE
from msoko.core.errors import MsokoError

START_SECONDS = 120
"""How long a busy machine may take to import everything before the first fork."""


Preloaded = str | Sequence[str]
"""A module's name, or a function `module:name` and its arguments."""


class KernelLost(MsokoError):
    """No kernel could be started at all: a defect of ours or of the machine."""

    exit_code = 3


class ForkedKernel:
    """A kernel forked by the server, with the part of `Popen` that Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, server: socket.socket, pid: int) -> None:
        self.server = server
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, or None while the kernel runs."""
        if self.returncode is None:
            self.server.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                self._hear()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self.server.settimeout(timeout)
            self._hear()
        return self.returncode if self.returncode is not None else 0

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def _hear(self) -> None:
        try:
            told = self.server.recv(64)
        except ConnectionError:
            told = b""
        # the server's own end takes its kernels with it
        self.returncode = json.loads(told)["code"] if told else -signal.SIGKILL
        self.server.close()


class ForkServer:
    """The preloaded process, started when first needed and ended with the build.

    Calls are answered as soon as `early` is imported, kernels when all is that `preload` names.
    """

    def __init__(
        self, cwd: Path, environment: dict[str, str], early: Sequence[Preloaded] = ()
    ) -> None:
        self.early = list(early)
        self.modules: list[Preloaded] | None = None
        self.cwd = cwd
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.folder = Path()
        self._lock = threading.Lock()
        self._calls: set[socket.socket] = set()

    def start(self) -> None:
        """Begin to import, without waiting for it; a server that died is replaced."""
        with self._lock:
            if self.process is not None and self.process.poll() is None:
                return
            self.folder = Path(tempfile.mkdtemp(prefix="msoko-"))
            with (self.folder / "log").open("wb") as log:
                self.process = subprocess.Popen(
                    [
                        sys.executable,
                        "-m",
                        "msoko.build.kernels.forkserver",
                        str(self.folder / "server"),
                    ],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    cwd=self.cwd,
                    env=self.environment,
                    start_new_session=True,
                )
            self._tell(self.early)
            if self.modules is not None:
                self._tell(self.modules)

    def preload(self, modules: Sequence[Preloaded]) -> None:
        """Name all that kernels need, once; they wait until it is imported."""
        with self._lock:
            if self.modules is None:
                self.modules = list(modules)
                if self.process is not None:
                    self._tell(self.modules)

    def _tell(self, modules: list[Preloaded]) -> None:
        with contextlib.suppress(BrokenPipeError):  # a server that died is told when replaced
            self.process.stdin.write(json.dumps(modules).encode() + b"\n")
            self.process.stdin.flush()

    def fork(self, arguments: list[str], cwd: str, environment: dict[str, str]) -> ForkedKernel:
        """Return a new kernel that listens where its connection file (`-f`) says."""
        self.preload(())  # where nobody has named anything
        self.start()
        server = self._connected()
        request = {"arguments": arguments, "cwd": cwd, "env": environment}
        server.sendall(json.dumps(request).encode() + b"\n")
        server.settimeout(START_SECONDS)
        try:
            told = server.recv(64)
        except TimeoutError:
            told = b""
        if not told:
            raise KernelLost(self._complaint())
        return ForkedKernel(server, json.loads(told)["pid"])

    def call(self, function: str, *arguments: Any) -> Any:
        """Return what a function `module:name` gives in a process of its own.

        Its exception is raised here; `KernelLost` where the process ended without an answer.
        """
        self.start()
        request = {
            "call": function,
            "arguments": base64.b64encode(pickle.dumps(arguments)).decode(),
            "cwd": str(self.cwd),
            "env": dict(os.environ) | REPEATABLE,
        }
        answer = self._answer_to(json.dumps(request).encode() + b"\n")
        if not answer:
            raise KernelLost(
                f"Расчёт {function.split(':')[1]} прерван: процесс завершился аварийно (возможно, "
                "не хватило памяти). Закройте другие программы и повторите команду с --jobs 1."
            )
        is_done, value = pickle.loads(answer)
        if not is_done:
            raise value
        return value

    def _answer_to(self, call: bytes) -> bytes:
        """Return what a call's process sends; nothing where it died or this server stopped."""
        with self._connected() as server:
            self._calls.add(server)
            try:
                server.sendall(call)
                with server.makefile("rb") as stream:
                    return stream.read()
            except ConnectionError:
                return b""
            finally:
                self._calls.discard(server)

    def stop(self) -> None:
        """End the server and every kernel it forked; nothing of them is left."""
        with self._lock:
            if self.process is None:
                return
            with contextlib.suppress(BrokenPipeError):  # it died before it was told all
                self.process.stdin.close()
            for caller in list(self._calls):
                with contextlib.suppress(OSError):  # it was answered meanwhile
                    caller.shutdown(socket.SHUT_RDWR)
            try:
                self.process.wait(timeout=1)
            except subprocess.TimeoutExpired:  # it was still importing
                self.process.kill()
                self.process.wait()
            self.process = None
            shutil.rmtree(self.folder, ignore_errors=True)

    def _connected(self) -> socket.socket:
        server = socket.socket(socket.AF_UNIX)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                server.connect(str(self.folder / "server"))
                return server
            except (FileNotFoundError, ConnectionRefusedError):
                if self.process is None or self.process.poll() is not None:
                    raise KernelLost(self._complaint()) from None
                if time.monotonic() > deadline:
                    raise KernelLost(self._complaint()) from None
                time.sleep(0.01)

    def _complaint(self) -> str:
        log = self.folder / "log"
        said = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
        reason = f" ({said[-1]})" if said else ""
        return (
            f"Не удалось запустить ускоренный режим выполнения блокнотов{reason}. "
            "Повторите команду с --engine papermill."
        )

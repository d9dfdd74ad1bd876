"""Processes forked from multiprocessing's fork server, where everything is already imported.

The server is one for the whole process that asks: it is started once, and ends with it.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from traceback import format_exc
from typing import Any

from msoko.build.kernels.kernel_environment import REPEATABLE, without_passwords
from msoko.core.errors import MsokoError

ORDER = "MSOKO_FORKSERVER"
"""The variable that tells the fork server what to import, who asks, and what that one runs."""

LONGEST_FOLDER = 60
"""A Unix socket's address holds 104 bytes on some systems, with the names that are added."""

_started: set[int] = set()
"""The process that has started the server: a forked child starts one of its own."""

Preloaded = str | Sequence[str]
"""A module's name, or a function `module:name` and its arguments."""


class KernelLost(MsokoError):
    """A process ended without an answer: a defect of ours or of the machine."""

    exit_code = 3


def start_server(preload: Sequence[Preloaded]) -> None:
    """Start the fork server without waiting for what it imports; only the first call counts.

    What it must find in its environment as it starts, the seed of hashes above all, stays in
    this process's: multiprocessing starts a server that died again, and tells nobody.
    """
    from multiprocessing import forkserver, resource_tracker, spawn

    if os.getpid() in _started:
        return
    _started.add(os.getpid())
    main = spawn.get_preparation_data("")
    runs = [main.get("init_main_from_name"), main.get("init_main_from_path")]
    os.environ.update(REPEATABLE | {ORDER: json.dumps([os.getpid(), runs, preload])})
    _context().set_forkserver_preload(["msoko.build.kernels.forkserver_start"])
    resource_tracker.ensure_running()  # it unblocks signals as it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with _short_temporary_folder(), without_passwords():
            forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _context() -> Any:
    return multiprocessing.get_context("forkserver")  # Windows has none: only when asked for


@contextlib.contextmanager
def _short_temporary_folder() -> Iterator[None]:
    """Let the server's socket have a short address wherever temporary files lie."""
    before = tempfile.tempdir
    if len(tempfile.gettempdir().encode()) > LONGEST_FOLDER:
        tempfile.tempdir = "/tmp"
    try:
        yield
    finally:
        tempfile.tempdir = before


class ChildProcesses:
    """The processes of one build that are alive now, so that all can be ended at once."""

    def __init__(self) -> None:
        self._alive: set[Any] = set()
        self._lock = threading.Lock()
        self._is_closed = False
        self.folder = tempfile.TemporaryDirectory(prefix="msoko-", ignore_cleanup_errors=True)

    def call(self, function: str, *arguments: Any) -> Any:
        """Return what a function `module:name` gives in a process of its own.

        Its exception is raised here; `KernelLost` where the process ended without an answer.
        """
        environment = dict(os.environ) | REPEATABLE
        process, answer = self.fork(partial(_answer, function, arguments), environment)
        return self._answered(function, process, answer.recv)

    def call_anew(self, function: str, *arguments: Any) -> Any:
        """Return what `call` does, from a new interpreter that does not wait for the server."""
        with subprocess.Popen(
            [sys.executable, "-m", "msoko.build.kernels.new_interpreter"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(os.environ) | REPEATABLE,
            start_new_session=True,
        ) as process:
            self.joined(process)
            with contextlib.suppress(BrokenPipeError):  # it is gone, and has not answered
                pickle.dump((sys.path, function, arguments), process.stdin)
                process.stdin.flush()
            return self._answered(function, process, partial(pickle.load, process.stdout))

    def _answered(self, function: str, process: Any, receive: Callable[[], Any]) -> Any:
        """Return what was answered, and end the process."""
        try:
            is_done, value = receive()
        except EOFError:
            raise KernelLost(
                f"Расчёт {function.split(':')[1]} прерван: процесс завершился аварийно (возможно, "
                "не хватило памяти). Закройте другие программы и повторите команду с --jobs 1."
            ) from None
        finally:
            self.left(process)
        if not is_done:
            raise value
        return value

    def fork(
        self, target: Callable[[Connection], None], environment: Mapping[str, str]
    ) -> tuple[BaseProcess, Connection]:
        """Return a new process, and what `target`, called in it, says through its connection."""
        start_server(())  # where nobody has said what is needed
        said, saying = _context().Pipe(duplex=False)
        process = _context().Process(target=_begin, args=(target, saying, environment))
        try:
            process.start()
        except (OSError, EOFError) as error:
            raise KernelLost(
                f"Не удалось запустить ускоренный режим выполнения блокнотов ({error}). "
                "Повторите команду с --engine papermill."
            ) from error
        saying.close()
        self.joined(process)
        return process, said

    def joined(self, process: Any) -> None:
        """Take note of a process; one that comes after the end is ended."""
        with self._lock:
            self._alive.add(process)
            is_late = self._is_closed
        if is_late:
            self.left(process)

    def left(self, process: Any) -> None:
        """End a process, if it has not ended, and what it has started."""
        with self._lock:
            self._alive.discard(process)
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()  # it may lead no group yet

    def close(self) -> None:
        """End every process, and each one that still comes later."""
        with self._lock:
            self._is_closed = True
            alive = list(self._alive)
        for process in alive:
            self.left(process)
        self.folder.cleanup()


# What runs in the child


def _begin(
    target: Callable[[Connection], None], saying: Connection, environment: Mapping[str, str]
) -> None:
    """Make this freshly forked process one of its own, and do its work."""
    os.setsid()  # so that what it starts can be ended with it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    if "numpy" in sys.modules:  # Python's own randomness is seeded anew by a fork
        sys.modules["numpy"].random.seed()
    target(saying)


def _end_with_parent() -> None:
    """End this process and what it started when the one that asked for it is gone."""
    wait([multiprocessing.parent_process().sentinel])
    os.killpg(0, signal.SIGKILL)


def _answer(function: str, arguments: Sequence[Any], saying: Connection) -> None:
    saying.send_bytes(answer_of(function, arguments))


def answer_of(function: str, arguments: Sequence[Any]) -> bytes:
    """Call a function, and return what came of it: whether it was done, and what it gave."""
    try:
        return pickle.dumps((True, call_here(function, *arguments)))
    except Exception as error:  # raised again where the call was made
        error.add_note(format_exc())
        return _pickled(error)


def _pickled(error: Exception) -> bytes:
    """Return an exception as an answer; one that cannot travel goes as its own words."""
    try:
        answer = pickle.dumps((False, error))
        pickle.loads(answer)  # many can be written and not read
    except Exception:
        told = RuntimeError(f"{type(error).__name__}: {error}")
        told.__notes__ = error.__notes__
        return pickle.dumps((False, told))
    return answer


def call_here(function: str, *arguments: Any) -> Any:
    """Return what `module:name` gives in this process."""
    module, name = function.split(":")
    return getattr(importlib.import_module(module), name)(*arguments)

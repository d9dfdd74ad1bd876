"""Any received file as plain grids of cells, read behind a guard and in a child process."""

from __future__ import annotations

import hashlib
import os
import pickle
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from msoko.ingest.sheets.raw_book import RawBook, RawSheet

TIMEOUT = 30.0
"""Seconds for one file; a 50,000-row export takes two."""


@dataclass(frozen=True)
class Refusal:
    """A file that was not parsed: why, and what to do (Russian)."""

    file: str
    sha256: str
    check: str
    message: str
    action: str


DIED = (
    "too_large",
    "файл не удалось прочитать в отведённых пределах памяти; возможно, он испорчен намеренно.",
    "Запросите файл заново у отправителя или сохраните в нём только таблицу с данными.",
)
NO_FILE = (
    "not_a_file",
    "это не файл (папка, канал или устройство).",
    "Положите вместо него обычный файл .xlsx или .csv.",
)
LOCKED = (
    "locked_file",
    "файл открыт в другой программе или закрыт от чтения, он не прочитан.",
    "Закройте файл (обычно он открыт в Excel) или верните право на чтение и повторите команду.",
)
SLOW = (
    "timeout",
    f"файл не удалось прочитать за {TIMEOUT:.0f} с.",
    "Сохраните в файле только таблицу с данными или разделите его.",
)


class WorkbookReader:
    """Reads files one after another in a child process, which is replaced when it dies."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> WorkbookReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def open(
        self, path: Path, name: str, options: Mapping[str, str] | None = None
    ) -> list[RawBook | Refusal]:
        """Return the books in the file: one, or one per member of an archive.

        `options`: `encoding` and `delimiter` of a CSV where year.yml declares them.
        A file that cannot be parsed gives a `Refusal`; nothing is raised for bad content.
        """
        if not path.is_file():
            return [Refusal(name, "", *NO_FILE)]
        if is_locked(path):
            return [Refusal(name, "", *LOCKED)]
        answer, is_late = self._ask((str(path), name, dict(options or {})))
        if answer is None:
            return [Refusal(name, file_digest(path), *(SLOW if is_late else DIED))]
        return [_book(entry, path) for entry in answer]

    def _ask(self, request: tuple[str, str, dict[str, str]]) -> tuple[list[Any] | None, bool]:
        child = self._running()
        box: list[Any] = []
        worker = threading.Thread(target=_exchange, args=(child, request, box), daemon=True)
        worker.start()
        worker.join(self.timeout)
        is_late = worker.is_alive()
        if is_late or not box:
            self._stop()
            worker.join()
            return None, is_late
        return box[0], False

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._stop()
            self._child = subprocess.Popen(
                [sys.executable, "-m", "msoko.ingest.sandbox.reader_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a parser's panic may quote the cells
                env={**os.environ, "MALLOC_ARENA_MAX": "1"},
            )
        return self._child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                _close(stream)
        child.wait()


def _close(stream: Any) -> None:
    try:
        stream.close()
    except OSError:
        return  # the child is gone and its pipe with it


def _exchange(child: subprocess.Popen[bytes], request: Any, box: list[Any]) -> None:
    """Put the child's answer into `box`; leave it empty where the child died."""
    data = pickle.dumps(request, protocol=5)
    try:
        child.stdin.write(struct.pack(">Q", len(data)) + data)
        child.stdin.flush()
        head = child.stdout.read(8)
        if len(head) == 8:
            size = struct.unpack(">Q", head)[0]
            answer = child.stdout.read(size)
            if len(answer) == size:
                box.append(pickle.loads(answer))
    except (OSError, ValueError):
        return  # broken or closed pipe: the caller sees an empty box


def _book(entry: Mapping[str, Any], path: Path) -> RawBook | Refusal:
    if "refusal" in entry:
        sha256 = entry["sha256"] or file_digest(path)
        return Refusal(entry["file"], sha256, *entry["refusal"])
    sheets = tuple(RawSheet(**sheet) for sheet in entry["sheets"])
    return RawBook(
        entry["file"], entry["kind"], entry["sha256"], sheets, entry["is_1904"],
        entry["has_connections"],
    )  # fmt: skip


def is_locked(path: Path) -> bool:
    """Return whether the system refuses to open the file, as Windows does while Excel has it."""
    try:
        with path.open("rb") as stream:
            stream.read(1)
    except OSError:
        return True
    return False


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex, without holding them in memory.

    Nothing where the file cannot be opened.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""

"""What may end a build from outside: a full or closed disk, a polite request to stop."""

from __future__ import annotations

import errno
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from msoko.core.errors import DataRefused
from msoko.core.project import Project

REPORTS_STAYED = "Прежние отчёты остались на месте."
STORAGE_FAULTS = {
    errno.ENOSPC: "на диске нет места. Освободите его и повторите команду",
    errno.EDQUOT: "исчерпана квота на диске. Освободите место и повторите команду",
    errno.EROFS: "диск доступен только для чтения. Выберите другую папку проекта",
    errno.EACCES: "нет прав на запись. Проверьте права на папку проекта",
}


@contextmanager
def storage_faults(project: Project) -> Iterator[None]:
    """Say in one sentence that the disk is full or closed; other faults pass as they are."""
    try:
        yield
    except OSError as error:
        if error.errno not in STORAGE_FAULTS:
            raise
        file = project.shown(Path(error.filename)) if error.filename else project.root.name
        stayed = f" {REPORTS_STAYED}" if project.has_reports else ""
        raise DataRefused(f"{file}: {STORAGE_FAULTS[error.errno]}.{stayed}") from error


@contextmanager
def termination_interrupts() -> Iterator[None]:
    """Let a polite request to end (SIGTERM) do what Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

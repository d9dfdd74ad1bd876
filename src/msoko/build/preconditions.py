"""What surrounds a build: ended cleanly, refused in words."""

from __future__ import annotations

import errno
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from msoko.core.errors import DataRefused, UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

DECLARED = ("year.yml", "corrections.yml", "meetings.yml")
"""Files of a year that people write; all others are data."""

KEPT = "Прежние отчёты остались на месте."
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
        from pathlib import Path

        place = project.shown(Path(error.filename)) if error.filename else project.root.name
        kept = f" {KEPT}" if project.has_reports else ""
        raise DataRefused(f"{place}: {STORAGE_FAULTS[error.errno]}.{kept}") from error


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


def refuse_absent_year(project: Project, year: SchoolYear) -> None:
    """Refuse a year without a folder, without `year.yml` or without a single file of data."""
    folder = project.raw(year)
    shown = project.shown(folder)
    if not folder.is_dir():
        known = ", ".join(map(str, project.raw_years())) or "ни одного"
        raise UsageError(
            f"{shown}: такой папки нет. Есть учебные годы: {known}. "
            f"Новый год заводит команда msoko new-year {year}."
        )
    if not (folder / "year.yml").exists():
        raise UsageError(
            f"{shown}: нет файла year.yml, в котором сказано, чьи это данные. "
            f"Его создаст команда msoko new-year {year}; ваши файлы останутся на месте."
        )
    if not has_data(project, year):
        raise DataRefused(
            f"{shown}: файлов с данными нет. Положите в эту папку полученные файлы "
            "и повторите команду. Отчёты не построены"
            + ("; прежние остались на месте." if project.has_reports else ".")
        )


def has_data(project: Project, year: SchoolYear) -> bool:
    """Return whether the year's folder holds anything but declarations."""
    from msoko.build.graph.file_digests import files_under

    return any(path.name not in DECLARED for path in files_under(project.raw(year)))


def municipality_of(project: Project, year: SchoolYear) -> str:
    """Return whose data the year's `year.yml` says they are."""
    import yaml

    path = project.raw(year) / "year.yml"
    try:
        declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", строка {mark.line + 1}" if mark else ""
        raise UsageError(f"{project.shown(path)}{line}: это не YAML. Проверьте отступы.") from None
    name = declared.get("municipality") if isinstance(declared, dict) else None
    if not isinstance(name, str):
        raise UsageError(
            f"{project.shown(path)}: не сказано, чьи это данные. "
            "Допишите строку «municipality: <имя профиля>»."
        )
    return name

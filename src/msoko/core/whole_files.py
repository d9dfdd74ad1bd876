"""Files and folders that appear whole or not at all: the one place where they are put in place.

What is new is written under a hidden name beside its target and then renamed, which a file
system does at once: who reads meanwhile finds the old or the new, and never a half.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from msoko.core.errors import DataRefused

Written = Literal["reports", "tables", "folder", "file"]
LOSSES: dict[Written, tuple[str, str]] = {
    "reports": ("отчёты не записаны", "Прежние отчёты, если они были, остались"),
    "tables": ("таблицы не записаны", "Прежние таблицы, если они были, остались"),
    "folder": ("папка не записана", "Прежняя папка, если она была, осталась"),
    "file": ("файл не записан", "Прежний файл, если он был, остался"),
}
"""What messages say of what the disk would not take."""


def write_whole(path: Path, text: str) -> None:
    """Write `text` at `path` at once; where it fails, the old file stays."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` at `path` at once; where it fails, the old file stays."""
    with replacing_file(path) as fresh:
        fresh.write_bytes(content)


@contextmanager
def replacing_file(path: Path, what: Written = "file") -> Iterator[Path]:
    """Give a name beside `path`; what is written there takes its place if the block ends well."""
    # two commands may write the same file at once: each writes its own, the last one stays
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    with storage_refusals(path, what):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield fresh
            fresh.replace(path)
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)


@contextmanager
def storage_refusals(target: Path, what: Written = "reports", shown: str = "") -> Iterator[None]:
    """Say in one sentence that the disk would not take `target`, called `shown` in messages."""
    try:
        yield
    except OSError as error:
        lost, kept = LOSSES[what]
        raise DataRefused(
            f"{shown or target.name}: {lost} ({error.strerror}). Освободите место на диске "
            f"или проверьте права на папку. {kept} на месте."
        ) from error


def waiting_name(folder: Path) -> Path:
    """Return where the old folder waits while the new one takes its place."""
    return folder.with_name(f".{folder.name}.old")


def restore_folder(folder: Path) -> bool:
    """Put the old folder back where a run was killed between the two renames.

    Return whether that was so; whoever calls must hold what keeps other runs out.
    """
    old = waiting_name(folder)
    is_cut = old.exists() and not folder.exists()
    if is_cut:
        old.rename(folder)
    return is_cut


@contextmanager
def replacing(folder: Path, what: Written = "reports", shown: str = "") -> Iterator[Path]:
    """Give an empty folder beside `folder`; it takes its place when the block ends well.

    Where the block fails, is interrupted, or the disk is full, `folder` stays as it was.
    A run that was killed between the two renames leaves the old folder under its
    waiting name; the next command puts it back (`restore_folder`).
    """
    fresh, old = folder.with_name(f".{folder.name}.new"), waiting_name(folder)
    restore_folder(folder)
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        with storage_refusals(folder, what, shown):
            fresh.mkdir(parents=True)
            yield fresh
            if folder.exists():
                folder.rename(old)
            fresh.rename(folder)
    finally:
        restore_folder(folder)
        for leftover in (fresh, old):
            shutil.rmtree(leftover, ignore_errors=True)

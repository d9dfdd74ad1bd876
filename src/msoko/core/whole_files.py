"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msoko.core.errors import DataRefused


def _refusal(target: Path, error: OSError, loss: str = "отчёты не записаны") -> DataRefused:
    return DataRefused(
        f"{target.name}: {loss} ({error.strerror}). Освободите место на диске "
        "или проверьте права на папку. Прежние отчёты, если они были, остались на месте."
    )


def _fresh_name(path: Path) -> Path:
    """Return where a file lies until it is whole: commands side by side may write the same one."""
    return path.with_name(f".{path.name}.{os.getpid()}.new")


def write_whole(path: Path, text: str) -> None:
    """Write `text` at `path` at once; where it fails, the old file stays."""
    fresh = _fresh_name(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(path)
    except OSError as error:
        raise _refusal(path, error, "файл не записан") from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` at `path` at once; where it fails, the old file stays."""
    fresh = _fresh_name(path)
    with storage_refusals(path):
        try:
            fresh.write_bytes(content)
            fresh.replace(path)
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)


@contextmanager
def storage_refusals(target: Path) -> Iterator[None]:
    """Say in one sentence that the disk would not take `target`."""
    try:
        yield
    except OSError as error:
        raise _refusal(target, error) from error


def waiting_name(folder: Path) -> Path:
    """Return where the old folder waits while the new one takes its place."""
    return folder.with_name(f".{folder.name}.old")


def put_back(folder: Path) -> bool:
    """Put the old folder back where a run was killed between the two renames.

    Return whether that was so; whoever calls must hold what keeps other runs out.
    """
    old = waiting_name(folder)
    is_cut = old.exists() and not folder.exists()
    if is_cut:
        old.rename(folder)
    return is_cut


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside `folder`; it takes its place when the block ends well.

    Where the block fails, is interrupted, or the disk is full, `folder` stays as it was.
    A run that was killed between the two renames leaves the old folder under its
    waiting name; the next command puts it back (`put_back`).
    """
    fresh, old = folder.with_name(f".{folder.name}.new"), waiting_name(folder)
    put_back(folder)
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        yield fresh
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
    except OSError as error:
        raise _refusal(folder, error) from error
    finally:
        put_back(folder)
        for leftover in (fresh, old):
            shutil.rmtree(leftover, ignore_errors=True)

"""The removal of what a build would make again."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from msoko.core.project import Project


@dataclass(frozen=True)
class Cleaning:
    """What was removed and what was kept, as messages name it."""

    removed: tuple[str, ...]
    kept: tuple[str, ...]


def clean(project: Project, with_reports: bool = False) -> Cleaning:
    """Remove tables, executed notebooks and the cache; reports only when asked, raw files never.

    Minutes of meetings stay with the reports removed: people finish them in Word by hand.
    """
    removed = []
    folders = [project.root / "data" / "processed", project.cache]
    if with_reports:
        folders.append(project.root / "reports")
    for folder in folders:
        if _empty_folder(folder):
            removed.append(project.shown(folder))
    reports = project.root / "reports"
    kept = [project.shown(project.root / "data" / "raw")]
    if not with_reports and reports.is_dir() and any(_visible(reports)):
        kept.append(project.shown(reports))
    return Cleaning(tuple(removed), tuple(kept))


def _empty_folder(folder: Path) -> bool:
    """Remove what a folder holds, but for the marks git and the lock keep there."""
    is_changed = False
    for entry in list(folder.iterdir()) if folder.is_dir() else ():
        if entry.name in (".gitkeep", "build.lock", "meetings"):
            continue
        if any(entry.rglob("meetings")):
            is_changed = _empty_folder(entry) or is_changed
            continue
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        is_changed = True
    return is_changed


def _visible(folder: Path) -> list[Path]:
    return [entry for entry in folder.iterdir() if entry.name != ".gitkeep"]

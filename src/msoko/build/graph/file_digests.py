"""What files contain, as sha256, without reading again those that have not changed."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msoko.core.project import legible_name
from msoko.core.whole_files import write_whole

ABSENT = "absent"
LOCKED = "locked"
NOT_A_FILE = "not a file"
"""Stands for what is never opened: a channel or a device may have no end."""
RACY_NANOSECONDS = 20_000_000
"""Two writes this close may carry the same time: such a file is read a moment later."""


class FileDigests:
    """Digests of files, remembered with the size and times under which they were read.

    A file with the same size, time of change and inode is taken to be the same, as make
    and git do; the digests themselves are of content, so a file that is merely touched
    makes nothing stale.
    """

    def __init__(self, memory: Path) -> None:
        self.memory = memory
        self._known: dict[str, list] = _read(memory)
        self._is_changed = False

    def of(self, path: Path) -> str:
        """Return the digest of a file's content, or `absent`."""
        try:
            state = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return ABSENT
        except OSError:  # a link that leads to itself
            return NOT_A_FILE
        if not stat.S_ISREG(state.st_mode):
            return NOT_A_FILE
        marks = [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]
        name = legible_name(str(path))
        known = self._known.get(name)
        if known and known[:4] == marks:
            return known[4]
        age = time.time_ns() - max(state.st_mtime_ns, state.st_ctime_ns)
        if 0 <= age < RACY_NANOSECONDS:
            time.sleep((RACY_NANOSECONDS - age) / 1e9)
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except PermissionError:  # another program has it open
            return LOCKED
        self._known[name] = [*marks, digest]
        self._is_changed = True
        return digest

    def of_all(self, folder: Path) -> dict[str, str]:
        """Return the digests of all files under a folder, by their relative path, sorted."""
        return {
            legible_name(path.relative_to(folder).as_posix()): self.of(path)
            for path in files_under(folder)
        }

    def save(self) -> None:
        """Remember what was read; when nothing new was read, no file is touched."""
        if self._is_changed:
            write_whole(self.memory, json.dumps(self._known, ensure_ascii=False))
            self._is_changed = False


class SettledFileDigests(FileDigests):
    """Digests for a command that only looks: each file is looked at once."""

    def __init__(self, memory: Path) -> None:
        super().__init__(memory)
        self._seen: dict[Path, str] = {}

    def of(self, path: Path) -> str:
        if path not in self._seen:
            self._seen[path] = super().of(path)
        return self._seen[path]


def files_under(folder: Path) -> list[Path]:
    """Return the files under a folder that people mean: none hidden, none temporary, sorted."""
    return [Path(one) for one in _walk(folder)]


def _walk(folder: Path | str) -> Iterator[str]:
    """Give the files in the order of their paths; sorting paths made takes thrice as long."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.is_dir():
                if not entry.name.startswith((".", "__")) and not entry.is_symlink():
                    yield from _walk(entry.path)
            elif not entry.name.startswith((".", "~$")):
                yield entry.path


def digest_of(text: str) -> str:
    """Return the digest of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _read(memory: Path) -> dict[str, list]:
    """Return what was remembered; a memory that is missing or damaged is begun anew."""
    try:
        return json.loads(memory.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}

"""Who may write in a project at one time: one whole build, or jobs of single reports.

Two kinds of lock files lie in the cache. `build.lock` is the gate: a build holds it while it
runs, a job of single reports only while it looks whether the tables are fresh. A report's own
lock is held as long as it is made. A build waits, behind the gate, until no report is being
made; a job that holds a report never asks for the gate, so nobody waits for each other.
The locks belong to processes and go with them, however they end.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from msoko.build.interruptions import storage_faults
from msoko.core.errors import MsokoError
from msoko.core.project import Project
from msoko.core.whole_files import restore_folder

GATE_SECONDS = 20.0
"""How long a job of single reports waits for others like it to pass the gate."""
POLL_SECONDS = 0.1


class BuildBusy(MsokoError):
    """Another command writes what this one wants to write."""


class TryAgain(Exception):
    """A report is being made elsewhere: leave the gate to others, and look at all anew."""


class BuildLock:
    """What one command may write in a project, from its beginning to its end."""

    def __init__(self, project: Project, wait: bool) -> None:
        self.project = project
        self.wait = wait
        self._gate = ExitStack()
        self._reports = ExitStack()

    def pass_gate(self, patience: float = 0.0) -> None:
        """Pass the gate, or refuse after `patience` seconds unless this command waits."""
        gate = self.project.cache / "build.lock"
        if not _take_all(self._gate, [gate], patience, self.wait):
            raise BuildBusy(
                f"{self.project.root.name}: другая сборка этого проекта уже идёт. Дождитесь "
                "её конца и повторите команду. Эта команда ничего не изменила."
            )

    def exclude_others(self) -> None:
        """Wait until no report is being made; behind the gate none will begin."""
        with ExitStack() as passing:
            locks = sorted((self.project.cache / "locks").glob("*.lock"))
            if not _take_all(passing, locks, 0.0, self.wait):
                raise BuildBusy(
                    f"{self.project.root.name}: другая команда строит отчёты этого проекта. "
                    "Дождитесь её конца и повторите команду. Эта команда ничего не изменила."
                )

    def hold_reports(self, reports: Iterable[str]) -> None:
        """Hold these reports only, and let other commands pass the gate.

        Raises `TryAgain` where one is being made and this command waits.
        """
        folder = self.project.cache / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        locks = [folder / f"{name.replace(':', '@')}.lock" for name in sorted(reports)]
        if not _take_all(self._reports, locks, 0.0, wait=False):
            if self.wait:
                raise TryAgain
            raise BuildBusy(
                f"{self.project.root.name}: эти отчёты уже строит другая команда. Дождитесь "
                "её конца и повторите команду. Эта команда ничего не изменила."
            )
        self._gate.close()

    def release(self) -> None:
        self._reports.close()
        self._gate.close()


@contextmanager
def build_lock(project: Project, wait: bool = False, patience: float = 0.0) -> Iterator[BuildLock]:
    """Give a lock that has passed the gate."""
    with storage_faults(project):
        project.cache.mkdir(parents=True, exist_ok=True)
    lock = BuildLock(project, wait)
    try:
        lock.pass_gate(patience)
        yield lock
    finally:
        lock.release()


@contextmanager
def whole_project_lock(project: Project, wait: bool = False) -> Iterator[None]:
    """Hold the whole project; a second command is told so at once, unless it asked to wait."""
    with build_lock(project, wait) as lock:
        lock.exclude_others()
        yield


def put_sites_back(project: Project) -> None:
    """Put back the site that a killed build had just moved aside for the new one.

    Every command does this first, so that readers miss the site no longer than that. A
    build that is at work now is at this very moment itself, and is left alone.
    """
    cut = [
        old.with_name(old.name.removeprefix(".").removesuffix(".old"))
        for old in sorted((project.root / "reports").glob("*/.*.old"))
    ]
    if not any(not site.exists() for site in cut):
        return
    try:
        with build_lock(project):
            for site in cut:
                restore_folder(site)
    except BuildBusy:
        return


def _take_all(
    holder: ExitStack,
    locks: list[Path],
    patience: float,
    wait: bool,
) -> bool:
    """Return whether all the locks were taken; where one is not free, none is kept."""
    began = time.monotonic()
    while True:
        with ExitStack() as taking:
            try:
                for lock in locks:
                    taking.enter_context(FileLock(lock, timeout=0))
            except Timeout:
                pass
            else:
                holder.push(taking.pop_all())
                return True
        if not wait and time.monotonic() - began >= patience:
            return False
        time.sleep(POLL_SECONDS)

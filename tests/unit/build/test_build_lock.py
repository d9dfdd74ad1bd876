"""One build at a time, or jobs of single reports side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from msoko.build.build_lock import BuildBusy, TryAgain, build_lock, whole_project_lock
from msoko.core.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def busy(call: Callable[[], None]) -> bool:
    """Return whether another thread, as another command would be, is refused."""
    found: list[bool] = []

    def run() -> None:
        try:
            call()
        except BuildBusy:
            found.append(True)
        else:
            found.append(False)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=10)
    return found[0]


def whole(project: Project) -> Callable[[], None]:
    def build() -> None:
        with whole_project_lock(project):
            pass

    return build


def single(project: Project, *reports: str) -> Callable[[], None]:
    def job() -> None:
        with build_lock(project) as lock:
            lock.hold_reports(reports)

    return job


def test_a_whole_build_refuses_every_other(project: Project):
    with whole_project_lock(project):
        assert busy(whole(project))
        assert busy(single(project, "report:a"))
    assert not busy(whole(project))


def test_jobs_of_different_reports_go_side_by_side(project: Project):
    with build_lock(project) as lock:
        lock.hold_reports(["report:a", "report:b"])
        assert not busy(single(project, "report:c"))
        assert busy(single(project, "report:c", "report:b"))
        assert not busy(single(project, "report:c"))  # what was refused holds nothing


def test_a_whole_build_waits_for_single_reports(project: Project):
    with build_lock(project) as lock:
        lock.hold_reports(["report:a"])
        assert busy(whole(project))
    assert not busy(whole(project))


def test_a_job_that_waits_leaves_the_gate_and_looks_at_all_anew(project: Project):
    with build_lock(project) as lock:
        lock.hold_reports(["report:a"])
        with pytest.raises(TryAgain), build_lock(project, wait=True) as other:
            other.hold_reports(["report:a"])
        assert not busy(single(project, "report:b"))


def test_the_gate_is_waited_for_a_moment_and_no_longer(project: Project):
    def patient(seconds: float) -> Callable[[], None]:
        def pass_gate() -> None:
            with build_lock(project, patience=seconds):
                pass

        return pass_gate

    opened = threading.Event()
    with build_lock(project):
        assert busy(patient(0.2))
        waiting = threading.Thread(target=lambda: (patient(10.0)(), opened.set()))
        waiting.start()
        assert not opened.wait(0.2)
    assert opened.wait(10)

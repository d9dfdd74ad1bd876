"""Tasks run side by side, in the order that they need, and only where they are stale."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from msoko.build.graph.file_digests import Fingerprints
from msoko.build.graph.step_records import Records, Step
from msoko.build.kernels.forks import ForkServer
from msoko.build.progress import Silence
from msoko.build.steps import table_steps
from msoko.build.steps.build_context import BuildResult
from msoko.build.steps.job_queue import Outcome
from msoko.build.steps.table_steps import Task, _Run
from msoko.core.project import Project


class Heard(Silence):
    """Remembers what began and what ended."""

    def __init__(self) -> None:
        self.said_of: list[str] = []

    def started(self, title: str) -> None:
        self.said_of.append(f"+{title}")

    def finished(self, title: str, seconds: float) -> None:
        self.said_of.append(f"-{title}")


def build(folder: Path, server: ForkServer | None, workers: int = 2) -> SimpleNamespace:
    project = Project(folder)
    records = Records(project, Fingerprints(project.cache / "files.json"))
    return SimpleNamespace(
        plan=SimpleNamespace(records=records),
        progress=Heard(),
        result=BuildResult("2024-25", "demo", "internal"),
        workers=workers,
        server=lambda: server,
    )


def task(name: str, *after: str, call: str = "builtins:dict", **told: object) -> Task:
    step = Step(told.pop("step", name), name, {("module", "m"): "1"})
    return Task(name, after, lambda: step, call, tuple(told.pop("arguments", ())), **told)


def done(made: SimpleNamespace, *tasks: Task) -> list[str]:
    _Run(made, {one.name: one for one in tasks}).to_the_end()
    return made.progress.said_of


@pytest.mark.parametrize("is_forked", [False, True])
def test_a_task_waits_for_those_it_needs(
    tmp_path: Path, server: ForkServer, is_forked: bool
) -> None:
    made = build(tmp_path, server if is_forked else None)
    heard = done(made, task("c", "a", "b"), task("b", "a"), task("a"), task("d", "nobody"))
    for first, then in (("a", "b"), ("a", "c"), ("b", "c")):
        assert heard.index(f"-{first}") < heard.index(f"+{then}")
    assert sorted(made.result.done) == ["a", "b", "c", "d"]


def test_what_is_fresh_is_not_done_again_and_holds_nobody(tmp_path: Path) -> None:
    made = build(tmp_path, None)
    done(made, task("a"))
    assert done(made, task("b", "a"), task("a")) == ["+a", "-a", "+b", "-b"]


def test_no_more_run_at_once_than_there_are_workers(tmp_path: Path, server: ForkServer) -> None:
    made = build(tmp_path, server, workers=1)
    heard = done(made, task("a"), task("b"), task("c"))
    assert heard == ["+a", "-a", "+b", "-b", "+c", "-c"]


def test_the_first_half_of_a_step_remembers_nothing(tmp_path: Path) -> None:
    made = build(tmp_path, None)
    halves = task("first", step="x", is_first=True), task("second", "first", step="x")
    _Run(made, {halves[0].name: halves[0]}).to_the_end()
    assert made.plan.records.of("x") is None
    done(made, *halves)
    assert made.plan.records.of("x") is not None


def test_a_step_takes_as_long_as_its_halves_and_not_as_what_lies_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, seconds, took = build(tmp_path, None), {"first": 1.0, "other": 8.0, "second": 2.0}, {}
    monkeypatch.setattr(
        table_steps, "_outcome", lambda task, _: Outcome(task.name, {}, None, seconds[task.name])
    )
    made.progress.finished = lambda title, spent: took.update({title: spent})
    halves = task("first", step="s", is_first=True), task("second", "first", "other", step="s")
    done(made, *halves, task("other", "first"))
    assert took == {"other": 8.0, "second": 3.0}


@pytest.mark.parametrize("is_forked", [False, True])
def test_an_error_ends_the_work_and_its_step_stays_stale(
    tmp_path: Path, server: ForkServer, is_forked: bool
) -> None:
    made = build(tmp_path, server if is_forked else None)
    made.plan.records.remember(Step("a", "a", {("module", "m"): "0"}), 1.0)
    wrong = task("a", call="os:listdir", arguments=[str(tmp_path / "no such folder")])
    with pytest.raises(FileNotFoundError, match="no such folder"):
        done(made, wrong, task("b", "a"))
    assert made.plan.records.of("a") is None
    assert made.result.done == []

"""Many steps of one kind are one line; a failure keeps its name."""

from __future__ import annotations

from typing import Any

from msoko.build.graph.step_records import Step
from msoko.build.progress import Silence
from msoko.build.steps.progress_groups import GroupedProgress


class Heard(Silence):
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.news: list[tuple[Any, ...]] = []

    def started(self, title: str) -> None:
        self.news.append(("started", title))

    def counted(self, title: str, done: int, of: int) -> None:
        self.news.append(("counted", title, done, of))

    def finished(self, title: str, seconds: float) -> None:
        self.news.append(("finished", title))

    def failed(self, title: str, message: str) -> None:
        self.news.append(("failed", title))


def step(title: str, group: str = "") -> Step:
    return Step(title, title, {}, group=group)


def test_a_step_without_a_group_is_told_as_it_is():
    heard = Heard()
    groups, one = GroupedProgress(heard), step("отчёт")
    groups.expect(one)
    groups.started(one)
    groups.finished(one, 1.0)
    groups.end()
    assert heard.news == [("started", "отчёт"), ("finished", "отчёт")]


def test_a_group_is_counted_and_ends_once():
    heard = Heard()
    groups = GroupedProgress(heard)
    steps = [step(name, "паспорта") for name in "abc"]
    for one in steps[:2]:
        groups.expect(one)
    groups.started(steps[0])
    groups.finished(steps[0], 1.0)
    groups.expect(steps[2])  # it has become possible meanwhile
    groups.started(steps[1])
    groups.failed(steps[1], "нет")
    groups.started(steps[2])
    groups.finished(steps[2], 1.0)
    groups.end()
    assert heard.news == [
        ("started", "паспорта"),
        ("counted", "паспорта", 0, 2),
        ("counted", "паспорта", 1, 2),
        ("failed", "b"),
        ("counted", "паспорта", 2, 3),
        ("finished", "паспорта"),
    ]

"""Steps that people are shown as one line: «паспорта школ: 12 из 30»."""

from __future__ import annotations

import time
from collections import Counter

from msoko.build.graph.step_records import Step
from msoko.build.progress import Progress


class GroupedProgress:
    """Passes news of steps on; those of one group only as counts, and failures as they are."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.sizes: Counter[str] = Counter()
        self.made: Counter[str] = Counter()
        self.began: dict[str, float] = {}
        self.ended: dict[str, float] = {}

    def expect(self, step: Step) -> None:
        """Count a step that is to be done; a group may grow later."""
        self.sizes[step.group] += 1

    def started(self, step: Step) -> None:
        """Say that a step has begun; of a group, that its first step has."""
        if not step.group:
            self.progress.started(step.title)
        elif step.group not in self.began:
            self.began[step.group] = time.perf_counter()
            self.progress.started(step.group)
            self._count(step.group)

    def finished(self, step: Step, seconds: float) -> None:
        """Say that a step is done; of a group, how many are."""
        if not step.group:
            self.progress.finished(step.title, seconds)
            return
        self.made[step.group] += 1
        self.ended[step.group] = time.perf_counter()
        self._count(step.group)

    def failed(self, step: Step, message: str) -> None:
        """Say that a step is not done; in a group too, each by its name."""
        self.progress.failed(step.title, message)

    def end(self) -> None:
        """Say of each group that it is done: nothing is added to it any more."""
        for group, began in self.began.items():
            self.progress.finished(group, self.ended.get(group, began) - began)

    def _count(self, group: str) -> None:
        self.progress.counted(group, self.made[group], self.sizes[group])

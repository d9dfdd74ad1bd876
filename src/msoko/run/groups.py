"""Steps that people are shown as one line: «паспорта школ: 12 из 30»."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

from msoko.run.progress import Progress
from msoko.run.staleness import Step


class Groups:
    """Passes news of steps on; those of one group only as counts, and failures as they are."""

    def __init__(self, progress: Progress, steps: Iterable[Step]) -> None:
        self.progress = progress
        self.sizes = Counter(step.group for step in steps)
        self.ended: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.began: dict[str, float] = {}

    def started(self, step: Step) -> None:
        """Say that a step has begun; of a group, that its first step has."""
        if not step.group:
            self.progress.started(step.title)
        elif step.group not in self.began:
            self.began[step.group] = time.perf_counter()
            self.progress.started(step.group)
            self.progress.counted(step.group, 0, self.sizes[step.group])

    def finished(self, step: Step, seconds: float) -> None:
        """Say that a step is done; of a group, that all its steps are."""
        if step.group:
            self._count(step)
        else:
            self.progress.finished(step.title, seconds)

    def failed(self, step: Step, message: str) -> None:
        """Say that a step is not done; of a group too, each by its name."""
        self.progress.failed(step.title, message)
        if step.group:
            self.failures[step.group] += 1
            self._count(step)

    def _count(self, step: Step) -> None:
        group = step.group
        self.ended[group] += 1
        made = self.ended[group] - self.failures[group]
        self.progress.counted(group, made, self.sizes[group])
        if self.ended[group] == self.sizes[group]:
            self.progress.finished(group, time.perf_counter() - self.began[group])

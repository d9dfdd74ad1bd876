"""What the stages of one build share: the plan, where work is done, what came of it so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from traceback import format_exception

from msoko.build.build_result import BuildResult
from msoko.build.graph.build_plan import BuildPlan
from msoko.build.graph.step_records import Step
from msoko.build.kernels.notebook_run import NotebookFailed
from msoko.build.progress import Progress
from msoko.build.steps.build_processes import BuildProcesses
from msoko.core.errors import MsokoError
from msoko.core.school_year import SchoolYear


@dataclass
class BuildContext:
    """One build as it goes; `refusals` tell why a report is not whole, for the site's index."""

    plan: BuildPlan
    year: SchoolYear
    processes: BuildProcesses
    workers: int
    progress: Progress
    result: BuildResult
    refusals: dict[str, str] = field(default_factory=dict)

    def fail(self, report: str, error: BaseException) -> str:
        """Take note that a report is not whole, and return what people are told of it.

        What is no fault of the report, a full disk or an interruption, is raised again.
        """
        if isinstance(error, OSError) or not isinstance(error, Exception):
            raise error
        is_refusal = isinstance(error, MsokoError)
        message = str(error) if is_refusal else f"{type(error).__name__}: {error}"
        if isinstance(error, NotebookFailed):
            self.result.tracebacks.append(error.traceback)
        elif not is_refusal:
            self.result.tracebacks.append("".join(format_exception(error)))
        self.result.reports[report] = "failed"
        self.refusals[report] = message
        self.result.exit_code = max(self.result.exit_code, error.exit_code if is_refusal else 3)
        self.result.messages.append(message)
        return message

    def are_stale(self, steps: Iterable[Step]) -> bool:
        """Return whether one of the steps will probably have to be done."""
        return any(self.plan.records.reasons(step) for step in steps)

    def whole_reports(self) -> list[str]:
        """Return the year's reports that may be published, as built now or, unasked, before."""
        return [one for one in self.plan.reports.of(self.year) if self._is_whole(one)]

    def _is_whole(self, report: str) -> bool:
        state = self.result.reports.get(report)
        if state is None:
            return self.plan.paths.executed(self.year, report).exists()
        return state in ("built", "fresh")

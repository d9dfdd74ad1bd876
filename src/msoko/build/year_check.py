"""A year's files read and checked, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from msoko.build.build_lock import whole_project_lock
from msoko.build.build_result import BuildResult
from msoko.build.graph.build_plan import BuildPlan
from msoko.build.graph.raw_year import municipality_of, refuse_absent_year
from msoko.build.interruptions import storage_faults, termination_interrupts
from msoko.build.progress import Progress, Silence
from msoko.build.steps.build_context import BuildContext
from msoko.build.steps.build_processes import BuildProcesses
from msoko.build.steps.table_steps import make_tables
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.validate.findings.folded_findings import MOST_ALIKE, folded, place_of


@dataclass(frozen=True)
class YearFinding:
    """A finding as a person reads it: where, what, what to do."""

    check: str
    severity: str
    file: str
    sheet: str
    cell: str
    message: str
    action: str
    row_count: int | None = None

    @property
    def line(self) -> str:
        text = f"{self.message} {self.action}".strip()
        return f"{self.place}: {text}" if self.place else text

    @property
    def place(self) -> str:
        """The file, the sheet, and the cells unless the message names them."""
        return place_of(asdict(self))


@dataclass(frozen=True)
class CheckResult:
    """All findings of a year, blocking first, and the exit code that they mean."""

    findings: tuple[YearFinding, ...]
    exit_code: int

    def of(self, severity: str) -> list[YearFinding]:
        """Return the findings of one severity."""
        return [one for one in self.findings if one.severity == severity]


def check(
    project: Project,
    year: SchoolYear,
    progress: Progress | None = None,
    validator: str = "relational",
) -> CheckResult:
    """Return what is wrong with the year's files; tables are made, reports are not."""
    refuse_absent_year(project, year)
    name = municipality_of(project, year)
    with whole_project_lock(project), storage_faults(project), termination_interrupts():
        plan = BuildPlan(project, name, "internal", validator=validator)
        result = BuildResult(str(year), name, "internal")
        processes = BuildProcesses("papermill", project)  # none is begun
        context = BuildContext(plan, year, processes, 1, progress or Silence(), result)
        make_tables(context, [year], with_numbers=False)
        plan.save()
    findings = tuple(_finding(row) for row in _rows(project, year))
    is_blocked = any(one.severity == "blocking" for one in findings)
    return CheckResult(findings, 1 if is_blocked else 0)


def _rows(project: Project, year: SchoolYear) -> list[dict[str, object]]:
    rows = Store(project).read("findings", [year])
    return rows.astype(object).where(rows.notna(), None).to_dict("records")


def _finding(row: dict[str, object]) -> YearFinding:
    names = ("check", "severity", "file", "sheet", "cell", "message", "action")
    texts = [str(row[name] or "") for name in names]
    count = row["row_count"]
    return YearFinding(*texts, None if count is None else int(count))


def finding_lines(findings: Sequence[YearFinding]) -> list[str]:
    """Return the lines to print: one for each cause, however many findings it has.

    What one check says of many schools has no place in a file and differs by the name at its
    end. One without a name stands for those that `msoko.validate` does not keep one by one.
    """
    alike: dict[tuple[str, str], list[YearFinding]] = {}
    placed = [one for one in findings if one.place]
    for one in findings:
        if not one.place:
            head = one.message.partition(": ")[0].rstrip(".")
            alike.setdefault((one.check, head), []).append(one)
    lines = [cause.line for cause in folded([asdict(one) for one in placed])]
    for (_, head), group in alike.items():
        is_long = len(group) > MOST_ALIKE
        lines += [_joined_line(head, group)] if is_long else [one.line for one in group]
    return lines


def _joined_line(head: str, group: Sequence[YearFinding]) -> str:
    names = [one.message.partition(": ")[2].rstrip(".") for one in group]
    shown = [name for name in names if name][:MOST_ALIKE]
    count = sum(one.row_count or 1 for one in group)
    named = f": {'; '.join(shown)} и ещё {count - len(shown)}" if shown else ""
    return f"{head} – {count}{named}. {group[0].action}".strip()

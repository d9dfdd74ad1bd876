"""A year's files read and checked, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass

from msoko.project import Project
from msoko.run.guard import (
    municipality_of,
    refuse_absent_year,
    storage_faults,
    termination_interrupts,
)
from msoko.run.locks import only_build
from msoko.run.plan import Plan
from msoko.run.progress import Progress, Silence
from msoko.run.work import Build, BuildResult
from msoko.school_year import SchoolYear
from msoko.store import Store


@dataclass(frozen=True)
class Found:
    """A finding as a person reads it: where, what, what to do."""

    severity: str
    file: str
    sheet: str
    cell: str
    message: str
    action: str
    row_count: int | None = None

    @property
    def line(self) -> str:
        place = [self.file, f"лист «{self.sheet}»" if self.sheet else "", self.cell]
        where = ", ".join(part for part in place if part)
        return f"{where}: {self.message} {self.action}".strip(": ") if where else self.message


@dataclass(frozen=True)
class CheckResult:
    """All findings of a year, blocking first, and the exit code that they mean."""

    findings: tuple[Found, ...]
    exit_code: int


def check(
    project: Project,
    year: SchoolYear,
    progress: Progress | None = None,
    validator: str = "relational",
) -> CheckResult:
    """Return what is wrong with the year's files; tables are made, reports are not."""
    refuse_absent_year(project, year)
    name = municipality_of(project, year)
    with only_build(project), storage_faults(project), termination_interrupts():
        plan = Plan(project, name, "internal", validator=validator)
        result = BuildResult(str(year), name, "internal")
        work = Build(plan, year, "warm", 1, progress or Silence(), result)
        work.tables([year], with_numbers=False)
        plan.save()
    findings = tuple(_found(row) for row in _rows(project, year))
    is_blocked = any(one.severity == "blocking" for one in findings)
    return CheckResult(findings, 1 if is_blocked else 0)


def _rows(project: Project, year: SchoolYear) -> list[dict[str, object]]:
    rows = Store(project).read("findings", [year])
    return rows.astype(object).where(rows.notna(), None).to_dict("records")


def _found(row: dict[str, object]) -> Found:
    texts = [str(row[name] or "") for name in ("file", "sheet", "cell", "message", "action")]
    count = row["row_count"]
    return Found(str(row["severity"]), *texts, None if count is None else int(count))

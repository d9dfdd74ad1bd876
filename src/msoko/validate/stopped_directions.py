"""What the readers' findings stop: the directions that read the file, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.ingest_findings import Finding
from msoko.validate.concerned_directions import GROUND, NOBODY, report_readers
from msoko.validate.file_tables import FileTables
from msoko.validate.findings.check_wording import read_wording
from msoko.validate.lost_rows import too_many_lost

GRAVE = ("blocking", "set_aside")
UNPLACED = (
    "Какому отчёту нужен этот файл, понять нельзя: отчёты построены без него. Если файл лишний, "
    "укажите для него layout: ignore в year.yml."
)


def weigh(project: Project, year: SchoolYear, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with the directions that each concerns, and those on lost rows.

    Only grave findings are looked into; others stop nothing whomever they concern.
    """
    findings = list(findings)
    if not any(one.severity in GRAVE for one in findings):
        return findings
    by_table, files = report_readers(project), FileTables(project, year)
    weighed = [_placed(one, by_table, files) for one in findings]
    return [*weighed, *too_many_lost(project, year, files, by_table, read_wording(project))]


def _placed(
    finding: Finding, by_table: Mapping[str, tuple[str, ...]], files: FileTables
) -> Finding:
    """Return a grave finding with the directions that read its table or else its file."""
    if finding.severity not in GRAVE or finding.directions:
        return finding
    if finding.table and finding.table not in GROUND:
        found = set(_readers(finding.file, finding.table, by_table, files))
        return replace(finding, directions=" ".join(sorted(found)) or NOBODY)
    if not finding.file or finding.file.endswith(".yml"):
        return finding  # of the year as a whole: every direction
    tables = files.of(finding.file)
    found = {code for table in tables for code in by_table.get(table, ())}
    if not tables and finding.severity == "blocking":
        action = f"{finding.action} {UNPLACED}".strip()
        return replace(finding, directions=NOBODY, action=action)
    return replace(finding, directions=" ".join(sorted(found)) or NOBODY)


def _readers(
    file: str | None, table: str, by_table: Mapping[str, tuple[str, ...]], files: FileTables
) -> Iterator[str]:
    """Yield who reads a table, of a form only who reads that form."""
    named = [one for one in (files.of(file) if file else ()) if one.startswith(f"{table}/")]
    for one in named or [table]:
        yield from by_table.get(one) or by_table.get(table, ())

"""A year's verdict: which tables pass, what is wrong where, and what may not be built."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.ingest.ingest_findings import Finding, findings_frame, findings_of
from msoko.validate.concerned_directions import NOBODY, named_directions
from msoko.validate.findings.check_wording import read_wording
from msoko.validate.findings.finding_tracing import FindingTracer
from msoko.validate.findings.folded_findings import folded
from msoko.validate.lost_rows import ROWS_LOST
from msoko.validate.stopped_directions import weigh
from msoko.validate.suites.suite_files import DERIVED, RECEIVED
from msoko.validate.suites.suite_outcome import result_document, result_text
from msoko.validate.suites.suite_runner import Evaluator, SuiteResult, SuiteRunner
from msoko.validate.without_indicator import CHECK, tables_without_indicator


@dataclass(frozen=True)
class Verdict:
    """What the checks of one year say.

    `passed`: suite name → whether all its blocking and warning checks hold.
    `findings`: rows of the table `findings`, only those found here, not the readers'.
    `blocking`: what stops reports, one line each, the readers' findings among them.
    `directions_blocked`: direction → the same lines; `*` stands for every direction.
    `unplaced`: those of the lines that stop nothing, since nobody can tell what needs the file.
    """

    school_year: str
    passed: dict[str, bool]
    findings: pd.DataFrame
    blocking: list[str]
    directions_blocked: dict[str, list[str]]
    unplaced: list[str]


def check_year(project: Project, year: SchoolYear, evaluator: Evaluator = "relational") -> Verdict:
    """Return the verdict on a year's received tables; write results and findings beside them.

    Results go to data/processed/<year>/validation/<suite>.json in Great Expectations'
    form, findings are added to the readers' in the table `findings`. A second run on
    the same tables writes the same bytes.
    """
    store = Store(project)
    judge = SuiteRunner(project, year, evaluator)
    judged = [*judge.tables(RECEIVED), *judge.reconciliations()]
    shutil.rmtree(_folder(project, year), ignore_errors=True)
    _write(project, year, judged)
    own = {check.name for suite, _ in judged for check in suite.checks} | {CHECK, ROWS_LOST}
    before = store.read("findings", [year])
    is_read = before["severity"].eq("set_aside") | ~before["check"].isin(own)
    idle = tables_without_indicator(project, year, judge.engine, read_wording(project).columns)
    of_suites = findings_of(_traced(project, year, judged))
    found = findings_frame([*of_suites, *idle], str(year))
    weighed = weigh(project, year, findings_of(before[is_read]))
    everything = findings_frame([*weighed, *findings_of(found)], str(year))
    store.add(year, "findings", everything)
    return _verdict(year, judged, found, everything)


def check_derived(
    project: Project, year: SchoolYear, evaluator: Evaluator = "relational"
) -> Verdict:
    """Return the verdict on the tables that the project itself computed for the year.

    They do not exist when the received tables are checked, and a fault in them is a
    defect of ours: it is reported, and not added to the schools' findings.
    """
    judged = SuiteRunner(project, year, evaluator).tables(DERIVED)
    _write(project, year, judged)
    found = _traced(project, year, judged)
    return _verdict(year, judged, found, found)


def _traced(project: Project, year: SchoolYear, judged: list[SuiteResult]) -> pd.DataFrame:
    """Return the findings of the checks that failed; where all hold, nothing is read for words."""
    if all(one.success for _, outcomes in judged for one in outcomes):
        return findings_frame((), str(year))
    traced = FindingTracer.of_year(project, year).findings(judged)
    return findings_frame(map(_of_kept_rows, traced), str(year))


def _of_kept_rows(finding: Finding) -> Finding:
    """Return a finding on rows that were not set aside in time: the file is wrong, it stops."""
    is_kept = finding.severity == "set_aside"
    return replace(finding, severity="blocking") if is_kept else finding


def _folder(project: Project, year: SchoolYear) -> Path:
    return project.processed(year) / "validation"


def _write(project: Project, year: SchoolYear, judged: list[SuiteResult]) -> None:
    folder = _folder(project, year)
    folder.mkdir(parents=True, exist_ok=True)
    for suite, outcomes in judged:
        text = result_text(result_document(suite, outcomes))
        (folder / f"{suite.name}.json").write_text(text, encoding="utf-8", newline="\n")


def _verdict(
    year: SchoolYear, judged: list[SuiteResult], found: pd.DataFrame, everything: pd.DataFrame
) -> Verdict:
    passed = {
        suite.name: all(one.success or one.check.severity == "note" for one in outcomes)
        for suite, outcomes in judged
    }
    blocking: list[str] = []
    unplaced: list[str] = []
    blocked: dict[str, list[str]] = {}
    for cause in folded(_plain(everything[everything["severity"] == "blocking"])):
        finding, line = cause.first, cause.line
        blocking.append(line)
        if finding["directions"] == NOBODY:
            unplaced.append(line)
        concerned = [code for one in cause.findings for code in named_directions(one["directions"])]
        for direction in dict.fromkeys(concerned):
            blocked.setdefault(direction, []).append(line)
    return Verdict(str(year), passed, found, blocking, blocked, unplaced)


def _plain(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return rows.astype(object).where(rows.notna(), None).to_dict("records")

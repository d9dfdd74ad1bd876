"""A year's verdict: which tables pass, what is wrong where, and what may not be built."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from msoko.ingest.findings import Finding, findings_frame
from msoko.project import Project
from msoko.school_year import SchoolYear
from msoko.store import Store
from msoko.validate.cells import Place, locate, places
from msoko.validate.outcome import Outcome, document, serialised
from msoko.validate.reconcile import RECONCILIATIONS, Shelf
from msoko.validate.scales import scales_of
from msoko.validate.suites import DERIVED, RECEIVED, Suite, read_reconciliation, read_suite
from msoko.validate.wording import Wording, read_wording

if TYPE_CHECKING:
    from ibis import ir

Evaluator = Literal["relational", "gx"]
EVERY_DIRECTION = "*"


@dataclass(frozen=True)
class Verdict:
    """What the checks of one year say.

    `passed`: suite name → whether all its blocking and warning checks hold.
    `findings`: rows of the table `findings`, only those found here, not the readers'.
    `blocking`: what stops reports, in words, also from the readers.
    `directions_blocked`: direction → the same words; `*` stands for every direction.
    """

    school_year: str
    passed: dict[str, bool]
    findings: pd.DataFrame
    blocking: list[str]
    directions_blocked: dict[str, list[str]]


def check_year(project: Project, year: SchoolYear, evaluator: Evaluator = "relational") -> Verdict:
    """Return the verdict on a year's received tables; write results and findings beside them.

    Results go to data/processed/<year>/validation/<suite>.json in Great Expectations'
    form, findings are added to the readers' in the table `findings`. A second run on
    the same tables writes the same bytes.
    """
    store = Store(project)
    judge = Judge(project, year, evaluator)
    results = [*judge.tables(RECEIVED), *judge.reconciliations()]
    folder = project.processed(year) / "validation"
    shutil.rmtree(folder, ignore_errors=True)
    _write(project, year, results)
    found = _findings(results, store, year, read_wording(project))
    names = {check.name for suite, _ in results for check in suite.checks}
    before = store.read("findings", [year])
    merged = pd.concat([before[~before["check"].isin(names)], found])
    store.add(year, "findings", _in_order(merged, year))
    return _verdict(year, results, found, merged)


def check_derived(
    project: Project, year: SchoolYear, evaluator: Evaluator = "relational"
) -> Verdict:
    """Return the verdict on the tables that the project itself computed for the year.

    They do not exist when the received tables are checked, and a fault in them is a
    defect of ours: it is reported, and not added to the school's findings.
    """
    results = Judge(project, year, evaluator).tables(DERIVED)
    _write(project, year, results)
    found = _findings(results, Store(project), year, read_wording(project))
    return _verdict(year, results, found, found)


class Judge:
    """Evaluates suites on a year's tables, with one of the two evaluators."""

    def __init__(self, project: Project, year: SchoolYear, evaluator: Evaluator) -> None:
        from msoko.validate import relational

        self.project, self.year, self.evaluator = project, year, evaluator
        self.store = Store(project)
        self.engine = relational.connect(project.cache / "duckdb")

    def tables(self, names: Iterable[str]) -> list[tuple[Suite, list[Outcome]]]:
        """Return the outcomes for those of the tables that the year has."""
        found = [name for name in names if self.store.path(self.year, name).exists()]
        return [self._judged(read_suite(self.project, name), self._table(name)) for name in found]

    def reconciliations(self) -> list[tuple[Suite, list[Outcome]]]:
        """Return the outcomes of those comparisons for which both sides exist."""
        shelf = self._shelf()
        return [
            self._judged(read_reconciliation(self.project, one.name), one.build(shelf))
            for one in RECONCILIATIONS
            if one.is_possible(shelf)
        ]

    def _judged(self, suite: Suite, rows: ir.Table) -> tuple[Suite, list[Outcome]]:
        if self.evaluator == "gx":
            from msoko.validate import reference

            return suite, reference.evaluate(suite, in_pandas(rows))
        from msoko.validate import relational

        return suite, relational.evaluate(suite, rows)

    def _table(self, name: str, year: SchoolYear | None = None) -> ir.Table:
        path = self.store.path(year or self.year, name)
        return self.engine.read_parquet(str(path), table_name=f"{name} {year or self.year}")

    def _shelf(self) -> Shelf:
        before = self.year.shifted(-1)
        return Shelf(
            now=self._existing(self.year),
            before=self._existing(before),
            scales=scales_of(self.project, self.year),
        )

    def _existing(self, year: SchoolYear) -> dict[str, ir.Table]:
        return {
            name: self._table(name, year)
            for name in RECEIVED
            if self.store.path(year, name).exists()
        }


def in_pandas(rows: ir.Table) -> pd.DataFrame:
    """Return the table with the store's types: nullable numbers and truths, text as `str`."""
    kinds = {"int64": pd.Int64Dtype(), "bool": pd.BooleanDtype()}
    kinds["string"] = pd.StringDtype(na_value=float("nan"))
    return rows.to_pyarrow().to_pandas(types_mapper=lambda kind: kinds.get(str(kind)))


def _write(project: Project, year: SchoolYear, results: list[tuple[Suite, list[Outcome]]]) -> None:
    folder = project.processed(year) / "validation"
    folder.mkdir(parents=True, exist_ok=True)
    for suite, outcomes in results:
        text = serialised(document(suite, outcomes))
        (folder / f"{suite.name}.json").write_text(text, encoding="utf-8", newline="\n")


def _findings(
    results: list[tuple[Suite, list[Outcome]]], store: Store, year: SchoolYear, words: Wording
) -> pd.DataFrame:
    """Return the rows of the table `findings` for every check that failed."""
    sources = store.read("sources", [year])
    source_columns = store.read("source_columns", [year])
    found: list[Finding] = []
    for suite, outcomes in results:
        for outcome in outcomes:
            if outcome.success:
                continue
            located = locate(
                outcome.rows, suite.table, outcome.check.cells, sources, source_columns
            )
            found += [_finding(suite, outcome, place, words) for place in _places(outcome, located)]
    return findings_frame(found, str(year))


def _places(outcome: Outcome, located: pd.DataFrame) -> list[Place]:
    """Return the places of one failed check.

    A check that allows for some wrong rows (`mostly`) is about the table as a whole,
    and so is one without rows: it has one place without a cell.
    """
    if "mostly" in outcome.check.kwargs or located.empty:
        return [Place(None, None, None, None, outcome.failing_count)]
    listed = list(places(located))
    rest = outcome.failing_count - sum(place.row_count for place in listed)
    return [*listed, Place(None, None, None, None, rest)] if rest > 0 else listed


def _finding(suite: Suite, outcome: Outcome, place: Place, words: Wording) -> Finding:
    check = outcome.check
    message = words.messages.get(check.name, check.reason)
    return Finding(
        check=check.name,
        severity=check.severity,
        message=f"{message[:1].upper()}{message[1:]}.",
        action=check.guidance,
        table=suite.table,
        school_id=place.school_id,
        file=place.file,
        sheet=place.sheet,
        cell=place.cell,
        row_count=place.row_count or None,
        directions=" ".join(check.directions),
    )


def _in_order(findings: pd.DataFrame, year: SchoolYear) -> pd.DataFrame:
    """Return all findings of the year in the order of `findings_frame`."""
    columns = [name for name in findings.columns if name != "school_year"]
    plain = findings[columns].astype(object).where(findings[columns].notna(), None)
    records = plain.to_dict("records")
    return findings_frame((Finding(**record) for record in records), str(year))


def _verdict(
    year: SchoolYear,
    results: list[tuple[Suite, list[Outcome]]],
    found: pd.DataFrame,
    everything: pd.DataFrame,
) -> Verdict:
    passed = {
        suite.name: all(one.success or one.check.severity == "note" for one in outcomes)
        for suite, outcomes in results
    }
    stopping = everything[everything["severity"] == "blocking"]
    blocked: dict[str, list[str]] = {}
    lines = []
    for finding in stopping.itertuples():
        line = _line(finding)
        lines.append(line)
        named = finding.directions if isinstance(finding.directions, str) else EVERY_DIRECTION
        for direction in named.split() or [EVERY_DIRECTION]:
            blocked.setdefault(direction, []).append(line)
    return Verdict(str(year), passed, found, lines, blocked)


def _line(finding: tuple) -> str:
    """Return a finding as one line: where, what, what to do."""
    where = [finding.file, f"лист «{finding.sheet}»" if isinstance(finding.sheet, str) else None]
    where += [f"ячейка {finding.cell}" if isinstance(finding.cell, str) else None]
    place = ", ".join(part for part in where if isinstance(part, str))
    action = finding.action if isinstance(finding.action, str) else ""
    return f"{place or finding.table or finding.check}: {finding.message} {action}".strip()

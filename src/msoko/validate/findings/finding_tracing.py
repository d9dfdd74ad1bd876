"""From failed checks to findings: where in which file, in words a school secretary reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from msoko.catalog.registry.form_declarations import load_forms
from msoko.catalog.registry.registry_words import load_subject_names
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.ingest.ingest_findings import Finding
from msoko.validate.concerned_directions import concerned, report_readers
from msoko.validate.findings.check_wording import CheckWording, read_wording
from msoko.validate.findings.source_cells import SourceCells, cells_named, locate, places, sheets
from msoko.validate.suites.suite_files import Check, Suite
from msoko.validate.suites.suite_outcome import CheckOutcome
from msoko.validate.suites.suite_runner import SuiteResult

REGISTER = pd.DataFrame({"source_id": ["schools"], "file": ["schools.csv"], "sheet": [None]})
"""Where the register of organisations lies; it is kept for all years, beside their folders."""


@dataclass(frozen=True)
class FindingTracer:
    """What is needed to say where a row came from, and how things are called."""

    sources: pd.DataFrame
    source_columns: pd.DataFrame
    schools: dict[str, str]
    subjects: dict[str, str]
    directions: dict[str, tuple[str, ...]]
    words: CheckWording
    forms: dict[str, str]

    @classmethod
    def of_year(cls, project: Project, year: SchoolYear) -> FindingTracer:
        store = Store(project)
        named = store.read("schools", [year.shifted(-1), year], ["school_id", "name"]).dropna()
        return cls(
            sources=pd.concat([store.read("sources", [year]), REGISTER], ignore_index=True),
            source_columns=store.read("source_columns", [year]),
            schools=dict(zip(named["school_id"], named["name"], strict=True)),
            subjects=load_subject_names(project),
            directions=report_readers(project),
            words=read_wording(project),
            forms={form.code: form.short for form in load_forms(project).values()},
        )

    def findings(self, judged: Iterable[SuiteResult]) -> Iterator[Finding]:
        """Yield the findings of every check that failed."""
        for suite, outcomes in judged:
            for outcome in outcomes:
                if not outcome.success:
                    yield from self._of_outcome(suite, outcome)

    def _of_outcome(self, suite: Suite, outcome: CheckOutcome) -> Iterator[Finding]:
        check = outcome.check
        for place in self._places(suite, outcome):
            yield Finding(
                check=check.name,
                severity=check.severity,
                message=self._message(outcome, place),
                action=self._guidance(check, place),
                table=suite.table,
                school_id=place.school_id,
                file=place.file,
                sheet=place.sheet,
                cell=place.cell,
                row_count=place.row_count or None,
                directions=" ".join(concerned(check, suite, self.directions, place.form)) or None,
            )

    def _places(self, suite: Suite, outcome: CheckOutcome) -> list[SourceCells]:
        """Return the places of one failed check.

        A check that allows for some wrong rows (`mostly`) has one place a sheet, which
        shows the first of its cells; where no row leads to a sheet, one place without a cell.
        """
        check, whole = outcome.check, SourceCells(None, None, None, None, outcome.failing_count)
        if outcome.rows.empty:
            return [whole]
        located = locate(outcome.rows, suite.table, check.cells, self.sources, self.source_columns)
        if "mostly" in check.kwargs:
            return list(sheets(located)) or [whole]
        listed = list(places(located))
        rest = outcome.failing_count - sum(place.row_count for place in listed)
        return [*listed, SourceCells(None, None, None, None, rest)] if rest > 0 else listed

    def _guidance(self, check: Check, place: SourceCells) -> str:
        """Return what to do with that kind of file."""
        here = self.sources[self.sources["file"] == place.file]
        layouts = dict.fromkeys(here["layout"].dropna())
        return next(
            (check.guidance_by_layout[one] for one in layouts if one in check.guidance_by_layout),
            check.guidance,
        )

    def _message(self, outcome: CheckOutcome, place: SourceCells) -> str:
        """Return what is wrong; where there is no cell, also with whom or in which paper."""
        text = self.words.messages.get(outcome.check.name, outcome.check.reason)
        text = f"{text[:1].upper()}{text[1:]}"
        about = self._about(place) if place.file is None else cells_named(place.shown)
        return f"{text}: {about}." if about else f"{text}."

    def _what(self, about: str) -> str:
        """Return a form, a table or a paper, with its numbers of last year and this where given."""
        named, *counts = about.split(":")
        first, *rest = named.split("/")
        if first == "form":
            return f"«{self.forms.get(rest[0], rest[0])}»"
        words = [self.words.procedures.get(first, self.words.suites.get(first, first))]
        if rest:
            words += [self.subjects.get(rest[0], rest[0]), f"{rest[1]} класс"]
        years = f" (в прошлом году – {counts[0]}, в этом – {counts[1]})" if counts else ""
        return f"{', '.join(words)}{years}"

    def _about(self, place: SourceCells) -> str:
        if place.about:
            return self._what(place.about)
        return self.schools.get(place.school_id or "", place.school_id or "")

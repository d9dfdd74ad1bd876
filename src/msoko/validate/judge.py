"""Suites meet a year's tables: which are there, and which of the two evaluators judges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import pandas as pd

from msoko.catalog import load_settings
from msoko.project import Project
from msoko.school_year import SchoolYear
from msoko.store import Store
from msoko.validate.outcome import Outcome
from msoko.validate.reconcile import RECONCILIATIONS, Shelf
from msoko.validate.scales import scales_of
from msoko.validate.suites import RECEIVED, Suite, read_reconciliation, read_suite

if TYPE_CHECKING:
    from ibis import ir

Evaluator = Literal["relational", "gx"]
Judged = tuple[Suite, list[Outcome]]


class Judge:
    """Evaluates suites on a year's tables, with one of the two evaluators."""

    def __init__(self, project: Project, year: SchoolYear, evaluator: Evaluator) -> None:
        from msoko.indicators.relations import backend_of
        from msoko.validate import relational

        self.project, self.year, self.evaluator = project, year, evaluator
        self.store = Store(project)
        self._read: dict[str, ir.Table] = {}
        engine = load_settings(project).engine
        if engine == "duckdb" or evaluator == "gx":
            self.engine = relational.connect(project.cache / "duckdb" / str(year))
        else:
            self.engine = backend_of(engine)

    def tables(self, names: Iterable[str]) -> list[Judged]:
        """Return the outcomes for those of the tables that the year has."""
        found = [name for name in names if self.store.path(self.year, name).exists()]
        return [self._judged(read_suite(self.project, name), self._table(name)) for name in found]

    def reconciliations(self) -> list[Judged]:
        """Return the outcomes of those comparisons for which both sides exist."""
        shelf = self._shelf()
        return [
            self._judged(read_reconciliation(self.project, one.name), one.build(shelf))
            for one in RECONCILIATIONS
            if one.is_possible(shelf)
        ]

    def _judged(self, suite: Suite, rows: ir.Table) -> Judged:
        if self.evaluator == "gx":
            from msoko.validate import reference

            return suite, reference.evaluate(suite, in_pandas(rows))
        from msoko.validate import relational

        return suite, relational.evaluate(suite, rows)

    def _table(self, name: str, year: SchoolYear | None = None) -> ir.Table:
        of = year or self.year
        known_as = f"{name}_{of.start}"  # Spark's views have names without spaces
        if known_as not in self._read:
            path = str(self.store.path(of, name))
            self._read[known_as] = self.engine.read_parquet(path, table_name=known_as)
        return self._read[known_as]

    def _shelf(self) -> Shelf:
        compared = sorted({name for one in RECONCILIATIONS for name in one.needs_before})
        return Shelf(
            now=self._existing(self.year, RECEIVED),
            before=self._existing(self.year.shifted(-1), compared),
            scales=scales_of(self.project, self.year),
        )

    def _existing(self, year: SchoolYear, names: Iterable[str]) -> dict[str, ir.Table]:
        return {
            name: self._table(name, year) for name in names if self.store.path(year, name).exists()
        }


def in_pandas(rows: ir.Table) -> pd.DataFrame:
    """Return the table with the store's types: nullable numbers and truths, text as `str`."""
    kinds = {"int64": pd.Int64Dtype(), "bool": pd.BooleanDtype()}
    kinds["string"] = pd.StringDtype(na_value=float("nan"))
    return rows.to_pyarrow().to_pandas(types_mapper=lambda kind: kinds.get(str(kind)))

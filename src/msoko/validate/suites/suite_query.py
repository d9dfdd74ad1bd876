"""What a suite asks of a table: one query for all its counts, the same for every year.

To write a query takes longer than to answer it, and it depends on the suite and on the
tables' columns alone. So tables stand in it by name, and a question once put is kept:
a process that is forked to check one of several years finds it written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from msoko.validate.suites.reconciliations import Reconciliation
from msoko.validate.suites.row_predicates import ROW_TYPES, Predicates
from msoko.validate.suites.suite_files import Suite
from msoko.validate.suites.table_set import TableSet

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa
    from ibis import ir

    Columns = tuple[tuple[str, pa.Schema], ...]

PARTS = ("element", "considered", "wrong")
"""What is counted for a check of rows: those it is about, those not missing, the wrong ones."""


@dataclass(frozen=True, eq=False)
class SuiteQuery:
    """A suite put to `rows`, a table or a comparison of tables."""

    suite: Suite
    rows: ir.Table

    @cached_property
    def predicates(self) -> Mapping[str, Predicates]:
        """Return, by check, its expressions; a check of the table as a whole has none."""
        return {
            check.name: ROW_TYPES[check.type](self.rows, check.kwargs)
            for check in self.suite.checks
            if check.type in ROW_TYPES
        }

    def counts(self, engine: ibis.BaseBackend) -> dict[str, int]:
        """Return all counts of the suite, from one scan: `/rows`, then `check/part`."""
        if engine.name == "duckdb":
            [found] = engine.raw_sql(self._sql).fetchall()
        else:
            [row] = engine.to_pyarrow(self._counted).to_pylist()
            found = tuple(row.values())
        return {name: found[place] or 0 for name, place in self._places.items()}  # Spark: null

    def written(self) -> SuiteQuery:
        """Return the question with its query written for the embedded engine."""
        _ = self._sql
        return self

    @cached_property
    def _sql(self) -> str:
        import ibis

        return ibis.to_sql(self._counted, dialect="duckdb", pretty=False)

    @cached_property
    def _measures(self) -> Mapping[str, ir.IntegerScalar]:
        rows = self.rows
        measures = {"/rows": rows.count()}
        for name, one in self.predicates.items():
            element = measures[f"{name}/element"] = rows.count(where=one.scope)
            is_about_missing = one.value is None
            measures[f"{name}/considered"] = (
                element if is_about_missing else one.value.count(where=one.scope)
            )
            if one.wrong is None:
                measures[f"{name}/distinct"] = one.value.nunique(where=one.scope)
            else:
                measures[f"{name}/wrong"] = rows.count(where=one.failing)
        return measures

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """Return the column of each count; what several checks count is counted once."""
        nodes = {name: measure.op() for name, measure in self._measures.items()}
        places = {node: place for place, node in enumerate(dict.fromkeys(nodes.values()))}
        return {name: places[node] for name, node in nodes.items()}

    @cached_property
    def _counted(self) -> ir.Table:
        measures = {place: self._measures[name] for name, place in self._places.items()}
        return self.rows.aggregate(
            [measure.name(f"count_{place}") for place, measure in sorted(measures.items())]
        )


@lru_cache(maxsize=128)
def question(suite: Suite, columns: Columns, comparison: Reconciliation | None) -> SuiteQuery:
    """Return the question of a suite to the tables whose columns are given, or to a comparison.

    Tables are known to the engine by the names in `columns`, as `TableSet.of` reads them.
    """
    if comparison is not None:
        return SuiteQuery(suite, comparison.build(TableSet.of(columns)))
    [(name, _)] = columns
    return SuiteQuery(suite, TableSet.of(columns).now[name])

"""Suites meet a year's tables: which are there, and which of the two evaluators judges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from msoko.catalog import load_settings
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.core.whole_files import replacing_file
from msoko.ingest.identity.crosswalk import Crosswalk
from msoko.validate.suites.declared_limits import sources_judged, within_declared
from msoko.validate.suites.reconciliations import RECONCILIATIONS, Reconciliation
from msoko.validate.suites.scale_table import scales_in_force
from msoko.validate.suites.suite_files import RECEIVED, Suite, read_reconciliation, read_suite
from msoko.validate.suites.suite_outcome import CheckOutcome
from msoko.validate.suites.table_set import BEFORE, SCALES

if TYPE_CHECKING:
    import pyarrow as pa

Evaluator = Literal["relational", "gx"]
SuiteResult = tuple[Suite, list[CheckOutcome]]


class SuiteRunner:
    """Evaluates suites on a year's tables, with one of the two evaluators."""

    def __init__(self, project: Project, year: SchoolYear, evaluator: Evaluator) -> None:
        from msoko.indicators.sums.table_relations import backend_of
        from msoko.validate.suites import ibis_evaluator

        self.project, self.year, self.evaluator = project, year, evaluator
        self.store = Store(project)
        self._columns: dict[str, pa.Schema] = {}
        self._spill = project.cache / "duckdb" / str(year)
        engine = load_settings(project).engine
        if engine == "duckdb" or evaluator == "gx":
            self.engine = ibis_evaluator.connect(self._spill)
        else:
            self.engine = backend_of(engine)

    def tables(self, names: Iterable[str]) -> list[SuiteResult]:
        """Return the outcomes for those of the tables that the year has."""
        files = self._existing(self.year, names)
        judged = sources_judged(self.project, self.year)
        return [
            self._judged(within_declared(read_suite(self.project, name), judged), {name: path})
            for name, path in files.items()
        ]

    def reconciliations(self) -> list[SuiteResult]:
        """Return the outcomes of those comparisons for which both sides exist."""
        compared = sorted({name for one in RECONCILIATIONS for name in one.needs_before})
        before = self._existing(self.year.shifted(-1), compared)
        if "schools" in before:
            before["schools"] = self._still_expected(before["schools"])
        files = self._existing(self.year, RECEIVED)
        files |= {name + BEFORE: path for name, path in before.items()} | self._scales()
        return [
            self._judged(
                read_reconciliation(self.project, one.name),
                {name: files[name] for name in made_of},
                one,
            )
            for one in RECONCILIATIONS
            if (made_of := one.tables(files))
        ]

    def _judged(
        self, suite: Suite, files: Mapping[str, Path], comparison: Reconciliation | None = None
    ) -> SuiteResult:
        from msoko.validate.suites.suite_query import question

        columns = tuple((name, self._shown(name, path)) for name, path in files.items())
        asked = question(suite, columns, comparison)
        if self.evaluator == "gx":
            from msoko.validate.suites import gx_evaluator

            return suite, gx_evaluator.evaluate(
                suite, in_pandas(self.engine.to_pyarrow(asked.rows))
            )
        from msoko.validate.suites import ibis_evaluator

        return suite, ibis_evaluator.answers(asked, self.engine)

    def _shown(self, name: str, path: Path) -> pa.Schema:
        """Return the columns of a stored table, which the engine knows by its name from now on."""
        import pyarrow.parquet as pq

        from msoko.validate.suites import ibis_evaluator

        if name not in self._columns:
            ibis_evaluator.show(self.engine, name, path)
            self._columns[name] = pq.read_schema(path)
        return self._columns[name]

    def _existing(self, year: SchoolYear, names: Iterable[str]) -> dict[str, Path]:
        paths = {name: self.store.path(year, name) for name in names}
        return {name: path for name, path in paths.items() if path.exists()}

    def _still_expected(self, schools: Path) -> Path:
        """Return where last year's organisations lie, without those the register has since closed.

        What was joined to another or closed, as `to_year` says, is not missed.
        """
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        closed = Crosswalk.load(self.project, self.year).closed()
        rows = pq.read_table(schools)
        is_closed = pc.is_in(
            rows["school_id"], value_set=pa.array(closed, rows.schema.field("school_id").type)
        )
        if not pc.any(is_closed).as_py():
            return schools
        path = self._spill / f"schools{BEFORE}.parquet"
        with replacing_file(path, "tables") as fresh:
            pq.write_table(rows.filter(pc.invert(is_closed)), fresh)
        return path

    def _scales(self) -> dict[str, Path]:
        """Return where the scales in force lie as a table, for any engine to read."""
        import pyarrow.parquet as pq

        scales = scales_in_force(self.project, self.year)
        if scales is None:
            return {}
        path = self._spill / f"{SCALES}.parquet"
        with replacing_file(path, "tables") as fresh:
            pq.write_table(scales, fresh)
        return {SCALES: path}


def in_pandas(rows: pa.Table) -> pd.DataFrame:
    """Return the table with the store's types: nullable numbers and truths, text as `str`."""
    kinds = {"int64": pd.Int64Dtype(), "bool": pd.BooleanDtype()}
    kinds["string"] = pd.StringDtype(na_value=float("nan"))
    return rows.to_pandas(types_mapper=lambda kind: kinds.get(str(kind)))

"""The tables of a year as relations of an engine: read where they lie, never loaded whole."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import ibis

from msoko.catalog.directions.direction_faults import DERIVED, FORMS, SCHOOL_COLUMNS
from msoko.core.errors import UsageError
from msoko.core.school_year import SchoolYear
from msoko.indicators.sums.conditions import column_name

if TYPE_CHECKING:
    from pathlib import Path

    from ibis.backends import BaseBackend
    from ibis.expr.types import Table
    from pyspark.sql import SparkSession

MEMORY_LIMIT = "2GB"
"""What DuckDB may hold before it spills; results and pandas come on top of it."""

RETURN = ["school_year", "school_id"]
"""What tells one school's forms of a year from another's."""


class Paths(Protocol):
    """What tells where a year's table lies; `msoko.core.store.Store` does."""

    def path(self, year: SchoolYear, name: str) -> Path: ...


class Relations:
    """The tables of one school year on one engine."""

    def __init__(
        self,
        paths: Paths,
        year: SchoolYear,
        backend: BaseBackend,
        derived: Mapping[str, Callable[[Relations], Table | None]] | None = None,
    ) -> None:
        self.paths = paths
        self.year = year
        self.backend = backend
        self.derived = derived or {}
        self._read: dict[str, Table] = {}

    def has(self, name: str) -> bool:
        """Return whether the year has the table; a derived one needs the results it is made of."""
        if name in DERIVED:
            return name in self.derived and self.has("results")
        return self.paths.path(self.year, "monitoring" if name == FORMS else name).exists()

    def table(self, name: str, columns: Iterable[tuple[str, str]] = ()) -> Table:
        """Return a table with the attributes of schools that `columns` ask for.

        `columns` are (qualifier, name) pairs; for the table of forms they name its items.
        """
        columns = set(columns)
        if name in DERIVED:
            rows = self.derived[name](self)
        else:
            rows = self._forms(columns) if name == FORMS else self.read(name)
        wanted = [key for key in SCHOOL_COLUMNS if ("", key) in columns and key not in rows.columns]
        if not wanted:
            return rows
        schools = self.read("schools").select("school_id", *wanted)
        return rows.left_join(schools, "school_id").drop("school_id_right")

    def at(self, year: SchoolYear) -> Relations:
        """Return the tables of another year on the same engine."""
        other = Relations(self.paths, year, self.backend, self.derived)
        other._read = self._read
        return other

    def read(self, name: str) -> Table:
        """Return a table as it lies in the year's folder."""
        path = str(self.paths.path(self.year, name))
        if path not in self._read:
            self._read[path] = self.backend.read_parquet(path)
        return self._read[path]

    def _forms(self, columns: set[tuple[str, str]]) -> Table:
        """Return a row for each school that returned a form, with the items asked for.

        They are set side by side here, a number for each school and item: in an engine every
        item is an aggregate, and to plan some hundreds takes longer than to count them.
        """
        items = sorted(column_name(form, item) for form, item in columns if form)
        returned = self.read("monitoring")
        name = returned.form + "__" + returned.item  # as `column_name` joins them
        known = returned.mutate(name=name.isin(items).ifelse(name, ""))
        answers = known.group_by(*RETURN, "name").aggregate(value=known.value.max())
        found = answers.to_pyarrow().to_pandas()
        wide = found.pivot(index=RETURN, columns="name", values="value").reindex(columns=items)
        plain = wide.reset_index().astype(object)
        schema = dict.fromkeys(RETURN, "string") | dict.fromkeys(items, "float64")
        return ibis.memtable(plain.where(plain.notna(), None), schema=schema)

    @cached_property
    def maxima(self) -> dict[tuple[str, str, int], float]:
        """Return the highest primary score of each (procedure, subject, grade)."""
        if not self.has("results"):
            return {}
        rows = self.read("results")
        keys = ["procedure", "subject", "grade"]
        found = rows.group_by(keys).aggregate(top=rows.max_score.max()).execute().dropna()
        return {
            (row.procedure, row.subject, int(row.grade)): float(row.top)
            for row in found.itertuples()
        }


def backend_of(engine: str = "duckdb") -> BaseBackend:
    """Return the engine that a configuration names: `duckdb`, `spark` or a Spark master.

    `spark` runs Spark on this machine, `spark://host:7077` (or `yarn`, `k8s://…`) on a cluster.
    Raises `UsageError` for another name, and where PySpark is not installed.
    """
    if engine == "duckdb":
        return _embedded_backend()
    master = "local[*]" if engine == "spark" else engine
    if not master.startswith(("local", "spark://", "yarn", "k8s://")):
        raise UsageError(
            f"msoko.yml: неизвестный движок таблиц «{engine}». "
            "Укажите duckdb, spark или адрес spark://…"
        )
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise UsageError(
            f"движок таблиц «{engine}»: не установлен PySpark. Выполните "
            "python -m pip install -r requirements-scale.lock (нужна и Java 17) "
            "или укажите в msoko.yml engine: duckdb."
        ) from None
    builder = SparkSession.builder.master(master).appName("msoko")
    for name, value in SPARK.items():
        builder = builder.config(name, value)
    return ibis.pyspark.connect(_start_spark(builder, engine))


SPARK = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def _start_spark(builder: SparkSession.Builder, engine: str) -> SparkSession:
    """Return the Spark session; where none can be had, say what it needs."""
    from pyspark.errors import PySparkException

    try:
        return builder.getOrCreate()
    except (PySparkException, OSError) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise UsageError(
            f"движок таблиц «{engine}» не запустился: {said[0]} Проверьте, что установлена "
            "Java 17 и адрес в msoko.yml верен, или укажите engine: duckdb."
        ) from None


def _embedded_backend() -> BaseBackend:
    """Return an embedded DuckDB of bounded memory that spills to a folder of its own.

    Rows need no order, since whole numbers are summed; keeping one costs memory.
    """
    spill = tempfile.TemporaryDirectory(prefix="msoko-", ignore_cleanup_errors=True)
    backend = ibis.duckdb.connect(
        temp_directory=spill.name,
        memory_limit=MEMORY_LIMIT,
        preserve_insertion_order=False,
        autoinstall_known_extensions=False,
    )
    weakref.finalize(backend, spill.cleanup)
    return backend

"""What the build's processes import ahead, while its first steps are still being done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msoko.build.graph.report_list import notebook_of
from msoko.build.kernels.notebook_run import load_client
from msoko.build.steps.build_context import BuildContext

READING = (
    "pandas", "pyarrow.parquet", "openpyxl",
    "msoko.ingest.year_reading", "msoko.build.steps.table_intake",
)  # fmt: skip
"""What the reading of files imports."""
COUNTING = (
    "duckdb", "ibis", "ibis.backends.duckdb", "ibis.backends.duckdb.converter",
    "ibis.expr.types.groupby", "pyarrow.dataset", "msoko.validate.verdict",
    "msoko.validate.suites.ibis_evaluator", "msoko.indicators",
    "msoko.stats.objectivity.assessment",
    "statsmodels.stats.multitest", "statsmodels.stats.proportion", "msoko.stats.schools.funnel",
    "msoko.core.russian", "msoko.build.steps.table_checks", "msoko.build.steps.number_tables",
)  # fmt: skip
"""What checks and numbers import besides; DuckDB imports `pyarrow.dataset` to read a table
that lies in memory."""
READ_DECLARATIONS = "msoko.build.kernels.preload_declarations:read_declarations"
WRITE_CHECK_QUERIES = "msoko.build.kernels.preload_declarations:write_check_queries"


def preload_for_tables(context: BuildContext, notebooks: Sequence[str]) -> None:
    """Begin to import what work on tables needs and what the notebooks do."""
    queries = [WRITE_CHECK_QUERIES, str(context.plan.project.root)]
    _preload(context, notebooks, (*READING, *COUNTING, queries))
    if notebooks:
        load_client()


def preload_for_reports(context: BuildContext, reports: Iterable[str]) -> None:
    """Begin to import what the reports' notebooks need."""
    _preload(context, reports, ())


def _preload(context: BuildContext, reports: Iterable[str], ahead: Sequence) -> None:
    plan = context.plan
    notebooks = [plan.paths.notebook(name) for name in sorted({*map(notebook_of, reports)})]
    declared = [READ_DECLARATIONS, str(plan.project.root), plan.municipality]
    context.processes.preload(lambda: [*ahead, declared, *plan.code.modules_to_preload(notebooks)])

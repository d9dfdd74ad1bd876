"""The tables that data become: their names, columns and types, in one place.

Readers produce them, the store keeps them, suites check them, indicators are
predicates over them. A year's tables lie in `data/processed/<year>/<name>.parquet`.
"""

from __future__ import annotations

from msoko.core.computed_tables import COMPUTED_TABLES
from msoko.core.received_tables import RECEIVED_TABLES
from msoko.core.table_columns import GROUP, PAPER, SOURCE, ColumnType, Table

__all__ = ["GROUP", "PAPER", "SOURCE", "TABLES", "ColumnType", "Table"]

TABLES: dict[str, Table] = {table.name: table for table in (*RECEIVED_TABLES, *COMPUTED_TABLES)}

"""The tables that comparisons are made of, by the names under which an engine knows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis import ir

BEFORE = "_before"
"""What is added to a table's name for the same table of the year before."""

SCALES = "scales"


@dataclass(frozen=True)
class TableSet:
    """A year's tables, the tables of the year before, and the scales, where they exist."""

    now: dict[str, ir.Table]
    before: dict[str, ir.Table]
    scales: ir.Table | None = None

    @classmethod
    def of(cls, columns: Iterable[tuple[str, pa.Schema]]) -> TableSet:
        """Return tables of these names and columns, whatever engine and year they will be of."""
        import ibis

        named = {
            name: ibis.table(ibis.Schema.from_pyarrow(schema), name=name)
            for name, schema in columns
        }
        scales = named.pop(SCALES, None)
        before = {
            name.removesuffix(BEFORE): named.pop(name) for name in [*named] if name.endswith(BEFORE)
        }
        return cls(named, before, scales)

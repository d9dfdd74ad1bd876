"""The only reader and writer of `data/processed`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.tables import TABLES, Table
from msoko.core.whole_files import replacing, replacing_file

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ARROW_TYPES = {
    "text": "string",
    "int": "int64",
    "float": "double",
    "bool": "bool",
    "date": "date32",
}


def _typed(frame: pd.DataFrame, table: Table) -> pa.Table:
    """Return `frame` with the table's columns, in its order and types; absent columns are null.

    A column the table does not have is refused: nothing is dropped in silence.
    """
    import pyarrow as pa

    unknown = [name for name in frame.columns if name not in table.columns]
    if unknown:
        raise ValueError(f"table {table.name} has no columns {unknown}")
    schema = stored_columns(table.name)
    columns = [
        pa.array(frame[one.name], one.type, from_pandas=True)
        if one.name in frame
        else pa.nulls(len(frame), one.type)
        for one in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def stored_columns(name: str) -> pa.Schema:
    """Return the columns of a table of `TABLES` with their types, as its files have them."""
    import pyarrow as pa

    kinds = TABLES[name].columns.items()
    return pa.schema([(column, pa.type_for_alias(ARROW_TYPES[kind])) for column, kind in kinds])


class Writer:
    """Writes a year's tables into a folder that is not yet in place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table of `TABLES`; bytes depend on the values alone."""
        _write(self.folder / f"{name}.parquet", name, frame)


def _write(path: Path, name: str, frame: pd.DataFrame) -> None:
    import pyarrow.parquet as pq

    pq.write_table(_typed(frame, TABLES[name]), path)


class Store:
    """The tables of one project, year by year."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def path(self, year: SchoolYear, name: str) -> Path:
        return self.project.processed(year) / f"{name}.parquet"

    def years(self, name: str) -> list[SchoolYear]:
        """Return the school years for which the table exists, earliest first."""
        folder = self.project.root / "data" / "processed"
        found = folder.glob(f"*/{name}.parquet") if folder.is_dir() else ()
        return sorted(
            SchoolYear.parse(path.parent.name) for path in found if path.parent.name[:1].isdigit()
        )

    def read(
        self,
        name: str,
        years: Sequence[SchoolYear] | None = None,
        columns: Sequence[str] | None = None,
        where: Mapping[str, Collection[str | None]] | None = None,
    ) -> pd.DataFrame:
        """Return the table's rows of `years` (by default of all), in the order written.

        `where` keeps the rows whose columns hold one of the values named (None: nothing), before
        they become a frame: a page about one school need not hold all schools. Whole numbers and
        truth values are nullable; text is `str`. A table that no year holds is empty, with
        its columns.
        """
        rows = self._rows(name, years, columns, where)
        if rows is None:
            return _typed_empty(TABLES[name], list(columns or TABLES[name].columns))
        # rows of text in several chunks are picked four times slower
        return rows.combine_chunks().to_pandas(types_mapper=_nullable, use_threads=False)

    def records(
        self,
        name: str,
        years: Sequence[SchoolYear] | None = None,
        columns: Sequence[str] | None = None,
        where: Mapping[str, Collection[str | None]] | None = None,
    ) -> list[dict[str, Any]]:
        """Return what `read` does row by row, for rows too few to be worth a frame.

        A missing float is NaN, anything else that is missing None.
        """
        rows = self._rows(name, years, columns, where)
        if rows is None:
            return []
        names, values = rows.column_names, [_listed(column) for column in rows.columns]
        return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]

    def _rows(
        self,
        name: str,
        years: Sequence[SchoolYear] | None,
        columns: Sequence[str] | None,
        where: Mapping[str, Collection[str | None]] | None,
    ) -> pa.Table | None:
        """Return the rows as Arrow has them, None where no year has the table."""
        import pyarrow as pa

        names = list(columns or TABLES[name].columns)
        wanted = self.years(name) if years is None else years
        paths = [path for year in wanted if (path := self.path(year, name)).exists()]
        found = [_rows(path, names, where or {}) for path in paths]
        return pa.concat_tables(found) if found else None

    @contextmanager
    def replacing(self, year: SchoolYear) -> Iterator[Writer]:
        """Give a writer for all of a year's tables; they take the old ones' place at once.

        Where the block fails, the old tables stay as they were.
        """
        target = self.project.processed(year)
        with replacing(target, "tables", self.project.shown(target)) as folder:
            yield Writer(folder)

    def add(self, year: SchoolYear, name: str, frame: pd.DataFrame) -> None:
        """Write one derived table beside a year's tables, whole or not at all."""
        with replacing_file(self.path(year, name), "tables") as fresh:
            _write(fresh, name, frame)


def _rows(
    path: Path, names: Sequence[str], where: Mapping[str, Collection[str | None]]
) -> pa.Table:
    """Return the columns of a file's rows that hold one of the values named, None for nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    # `read_table` would build a data set of one file, which takes longer than the reading
    file = pq.ParquetFile(path)
    absent = {*names, *where} - set(file.schema_arrow.names)
    if absent:
        raise UsageError(
            f"таблица {path.stem} за {path.parent.name} записана прежней версией программы "
            f"(нет столбца {', '.join(sorted(absent))}). Выполните msoko build {path.parent.name}."
        )
    rows = file.read(list({*names, *where}), use_threads=False)
    kept = None
    for column, values in where.items():
        if rows[column].null_count == len(rows) and None in values:
            continue
        named = pc.is_in(rows[column], value_set=pa.array(list(values), rows[column].type))
        kept = named if kept is None else pc.and_(kept, named)
    rows = rows if kept is None else rows.filter(kept)
    return rows.select(names)


def _listed(column: pa.ChunkedArray) -> list[Any]:
    import pyarrow as pa

    if column.type in (pa.string(), pa.float64()):  # many times faster than value by value
        return column.to_numpy(zero_copy_only=False).tolist()
    return column.to_pylist()


def _nullable(kind: object) -> object:
    """Return the pandas type that keeps an Arrow type's missing values apart from numbers."""
    import pandas as pd
    import pyarrow as pa

    return {
        pa.int64(): pd.Int64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
        pa.string(): pd.StringDtype(na_value=float("nan")),
    }.get(kind)


def _typed_empty(table: Table, names: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    kinds = {"text": "str", "int": "Int64", "float": "float64", "bool": "boolean", "date": "object"}
    return pd.DataFrame({name: pd.Series(dtype=kinds[table.columns[name]]) for name in names})

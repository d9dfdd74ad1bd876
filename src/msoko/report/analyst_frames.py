"""What an analyst goes on from in a notebook: a report's indicators and tables as frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from msoko.catalog.yaml.declaration_lines import suggestion
from msoko.core.errors import UsageError
from msoko.core.russian import UNIT_NAMES, scaled
from msoko.core.school_year import SchoolYear
from msoko.core.tables import GROUP, TABLES
from msoko.report.data.report_tables import ReportTables

NUMBERS = ("value", "low", "high", "n", "numerator", "denominator", "flags")
UNITS = ("municipality", "region", "school")


def indicator_frame(
    report: ReportTables,
    code: str,
    by: Sequence[str] = (),
    unit: str = "municipality",
    year: SchoolYear | None = None,
) -> pd.DataFrame:
    """Return the rows of one indicator, earliest year first.

    Columns: `school_year`; `school_id` and `school` (the name) where `unit` is school; the
    columns named in `by`; `value`, `low`, `high` in the unit that `attrs["unit"]` names (a share
    in percent), `n`, `numerator`, `denominator`, `flags`. `attrs["title"]` is the indicator's
    Russian title. Raises UsageError for an unknown indicator, unit or grouping, and
    for organisations in the public edition.
    """
    by = (by,) if isinstance(by, str) else tuple(by)
    indicator = report.direction.indicator(code)
    _refuse_unknown(unit, UNITS, "unit")
    for key in by:
        _refuse_unknown(key, [one for one in GROUP if one != "school_id"], "by")
    if unit == "school" and report.is_public:
        raise UsageError(
            "в редакции для публикации показатели отдельных организаций не даются. "
            'Откройте блокнот с edition = "internal".'
        )
    rows = report.rows(code, unit, by, year).frame.reset_index(drop=True)
    if unit == "school":
        rows["school"] = rows["school_id"].map(report.schools["name"])
    named = ("school_id", "school") if unit == "school" else ()
    frame = rows[["school_year", *named, *by, *NUMBERS]].copy()
    for name in ("value", "low", "high"):
        frame[name] = [scaled(value, indicator.unit) for value in frame[name]]
    frame.attrs = {"title": indicator.title, "unit": UNIT_NAMES[indicator.unit]}
    return frame


class YearTables(Mapping[str, pd.DataFrame]):
    """The year's stored tables by name, each read when it is asked for."""

    def __init__(self, report: ReportTables) -> None:
        self._report = report

    def __getitem__(self, name: str) -> pd.DataFrame:
        if self._report.is_public:
            raise UsageError(
                "в редакции для публикации исходные таблицы не даются: в них строки участников. "
                'Откройте блокнот с edition = "internal".'
            )
        _refuse_unknown(name, list(self), "tables")
        return self._report.store.read(name, [self._report.year])

    def __iter__(self) -> Iterator[str]:
        store, year = self._report.store, self._report.year
        return iter(name for name in TABLES if store.path(year, name).exists())

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _refuse_unknown(name: str, known: Sequence[str], what: str) -> None:
    if name not in known:
        raise UsageError(f"{what}: «{name}» нет. {suggestion(name, known)}")

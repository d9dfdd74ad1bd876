"""Tables drawn in tests as a person would draw them."""

from __future__ import annotations

import pandas as pd

from msoko.core.tables import GROUP


def table(drawing: str) -> pd.DataFrame:
    """Return the drawn table; the first line names columns, `|` parts cells, empty is missing."""
    lines = [line.strip() for line in drawing.strip().splitlines() if line.strip()]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    frame = pd.DataFrame(rows[1:], columns=rows[0]).replace("", None)
    for name in frame.columns:
        present = frame[name].dropna()
        numbers = pd.to_numeric(present, errors="coerce")
        if len(present) and numbers.notna().all():
            frame[name] = pd.to_numeric(frame[name])
    return frame


def grouped(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose drawn `group` («school_id=1;subject=physics») fills the columns of it."""
    drawn = rows["group"].astype(object).where(rows["group"].notna(), "")
    named = [dict(part.split("=") for part in one.split(";") if part) for one in drawn]
    columns = {key: [one.get(key) for one in named] for key in GROUP}
    grades = pd.array([None if one is None else int(one) for one in columns["grade"]], "Int64")
    made = pd.DataFrame(columns, index=rows.index, dtype=object).assign(grade=grades)
    return pd.concat([rows.drop(columns=["group", *(key for key in GROUP if key in rows)]), made],
                     axis=1)  # fmt: skip


def group_names(rows: pd.DataFrame) -> list[str]:
    """Return the group of each row as it is drawn, empty for the whole."""
    keys = [key for key in GROUP if key in rows]
    return [
        ";".join(f"{key}={value}" for key, value in zip(keys, row, strict=True) if pd.notna(value))
        for row in rows[keys].itertuples(index=False, name=None)
    ]

"""Tables drawn in tests as a person would draw them."""

from __future__ import annotations

import pandas as pd


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

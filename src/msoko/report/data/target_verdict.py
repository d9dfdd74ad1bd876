"""Whether a target is reached, as far as an interval tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from msoko.catalog import Indicator
    from msoko.report.data.indicator_rows import Row


def against_target(indicator: Indicator, row: Row) -> str:
    """Return reached, missed or untold: where an interval holds the target, nothing is told."""
    goal, sign = indicator.target.value, -1 if indicator.polarity == "lower_is_better" else 1
    if pd.isna(row["low"]):
        return "reached" if sign * (row["value"] - goal) >= 0 else "missed"
    worst, best = sorted((sign * (row["low"] - goal), sign * (row["high"] - goal)))
    if worst >= 0:
        return "reached"
    return "missed" if best < 0 else "untold"

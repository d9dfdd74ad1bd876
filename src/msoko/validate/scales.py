"""The registry of scales as a table of marks that each whole score may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from msoko.catalog.scales import Scale, Scales, marks_possible
from msoko.project import Project
from msoko.school_year import SchoolYear

if TYPE_CHECKING:
    from ibis import ir

HIGHEST_SCORE = 250
"""No paper has more points; a scale is spread out to here, past its own maximum."""


def scales_of(project: Project, year: SchoolYear) -> ir.Table | None:
    """Return one row per paper and whole score in force in `year`; None without any.

    `lowest_mark` and `highest_mark` are null where the scale has no cuts. Side
    conditions (geometry, literacy) only widen the marks that are possible: the points
    of those parts are not in the table. Scales of test scores (ЕГЭ) give no marks.
    """
    import ibis

    in_force: dict[tuple[str, str, int], Scale] = {}
    for scale in Scales.load(project).rows:
        if scale.holds(year) and not scale.is_test_scale:
            in_force.setdefault((scale.procedure, scale.subject, scale.grade), scale)
    if not in_force:
        return None
    return ibis.memtable(
        pa.Table.from_pandas(
            pd.concat([_spread(scale) for scale in in_force.values()]), preserve_index=False
        )
    )


def _spread(scale: Scale) -> pd.DataFrame:
    scores = np.arange(HIGHEST_SCORE + 1)
    rows = pd.DataFrame(
        {
            "procedure": scale.procedure,
            "subject": scale.subject,
            "grade": scale.grade,
            "whole_score": scores,
            "scale_max_score": scale.max_score,
            "lowest_mark": pd.Series(pd.NA, range(len(scores)), "Int64"),
            "highest_mark": pd.Series(pd.NA, range(len(scores)), "Int64"),
        }
    )
    if scale.gives_marks:
        lowest, highest = marks_possible(scale, scores)
        rows["lowest_mark"] = pd.array(lowest, "Int64")
        rows["highest_mark"] = pd.array(highest, "Int64")
    return rows

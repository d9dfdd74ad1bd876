"""The registry of scales as a table of marks that each whole score may have."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from msoko.catalog.registry.mark_scales import Scale, Scales, marks_possible
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

HIGHEST_SCORE = 250
"""No paper has more points; a scale is spread out to here, past its own maximum."""


SCHEMA = pa.schema(
    {
        "procedure": pa.string(),
        "subject": pa.string(),
        "grade": pa.int64(),
        "whole_score": pa.int64(),
        "scale_max_score": pa.float64(),
        "lowest_mark": pa.int64(),
        "highest_mark": pa.int64(),
    }
)


def scales_of(project: Project, year: SchoolYear) -> pa.Table | None:
    """Return one row per paper and whole score in force in `year`; None without any.

    `lowest_mark` and `highest_mark` are null where the scale has no cuts. Side
    conditions (geometry, literacy) only widen the marks that are possible: the points
    of those parts are not in the table. Scales of test scores (ЕГЭ) give no marks.
    """
    in_force: dict[tuple[str, str, int], Scale] = {}
    for scale in Scales.load(project).rows:
        if scale.holds(year) and not scale.is_test_scale:
            in_force.setdefault((scale.procedure, scale.subject, scale.grade), scale)
    if not in_force:
        return None
    return pa.concat_tables([_spread(scale) for scale in in_force.values()])


def _spread(scale: Scale) -> pa.Table:
    scores = np.arange(HIGHEST_SCORE + 1)
    lowest = highest = pa.nulls(len(scores))
    if scale.gives_marks:
        lowest, highest = marks_possible(scale, scores)
    about = (scale.procedure, scale.subject, scale.grade, scale.max_score)
    procedure, subject, grade, most = (pa.repeat(one, len(scores)) for one in about)
    columns = (procedure, subject, grade, scores, most, lowest, highest)
    kinds = zip(columns, SCHEMA.types, strict=True)
    return pa.table([pa.array(column).cast(kind) for column, kind in kinds], schema=SCHEMA)

"""The registry of scales as a table: the maximum of each paper whose scale is in force."""

from __future__ import annotations

import pyarrow as pa

from msoko.catalog.registry.mark_scales import Scale, Scales
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

SCHEMA = pa.schema(
    {
        "procedure": pa.string(),
        "subject": pa.string(),
        "grade": pa.int64(),
        "scale_max_score": pa.float64(),
    }
)


def scales_in_force(project: Project, year: SchoolYear) -> pa.Table | None:
    """Return one row per paper whose scale is in force in `year`; None without any.

    Scales of test scores (ЕГЭ) have no maximum of primary points.
    """
    in_force: dict[tuple[str, str, int], Scale] = {}
    for scale in Scales.load(project).rows:
        if scale.holds(year) and not scale.is_test_scale:
            in_force.setdefault((scale.procedure, scale.subject, scale.grade), scale)
    if not in_force:
        return None
    rows = [
        dict(zip(SCHEMA.names, (*paper, scale.max_score), strict=True))
        for paper, scale in in_force.items()
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)

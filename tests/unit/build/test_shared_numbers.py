"""Which numbers of one direction the reports of others depend on."""

import pandas as pd
import pytest

from msoko import catalog
from msoko.build.graph.passport_digests import row_digests
from msoko.build.steps.number_tables import _shared_digest
from msoko.core.project import HOME, Project


@pytest.mark.parametrize(
    ("code", "is_shared"), [("so_half_year_good", True), ("so_oge_high", True), ("so_meta", False)]
)
def test_only_what_other_reports_read_makes_them_stale(code, is_shared):
    directions = [catalog.load_direction(Project(HOME), "student_outcomes")]
    values = pd.DataFrame({"direction": "student_outcomes", "indicator": [code], "value": [0.5]})
    others = values.assign(value=0.6)
    before, after = (_shared_digest(directions, one, row_digests(one)) for one in (values, others))
    assert (after != before) == is_shared

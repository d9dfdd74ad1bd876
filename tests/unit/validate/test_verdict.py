"""What a year's verdict says, and where its findings point."""

from __future__ import annotations

import pytest

from drawn_year import YEAR, drawn_year
from msoko.validate import check_year


def test_a_year_that_agrees_has_no_findings(project, keep):
    keep(drawn_year())
    verdict = check_year(project, YEAR)
    assert verdict.findings[["check", "cell"]].values.tolist() == []
    assert verdict.blocking == []
    assert verdict.directions_blocked == {}
    assert verdict.passed["results"] and verdict.passed["task_sums"]


@pytest.mark.parametrize("evaluator", ["relational", "gx"])
def test_a_finding_points_at_its_cell(project, keep, evaluator):
    tables = drawn_year()
    tables["results"].loc[3, "mark"] = 7
    keep(tables)
    verdict = check_year(project, YEAR, evaluator)
    wrong = verdict.findings.set_index("check").loc["results_mark_known"]
    assert (wrong["file"], wrong["sheet"], wrong["cell"]) == ("vpr/ma4.xlsx", "МА 4", "J14")
    assert (wrong["school_id"], wrong["severity"], wrong["row_count"]) == ("s2", "blocking", 1)
    assert not verdict.passed["results"]

"""Each reconciliation finds its own disagreement, and only that; both evaluators agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from drawn_year import YEAR, drawn_year
from msoko.validate import check_year


def broken(table: str, row: int, **values):
    """Return a breaker of one row of one table."""

    def spoil(tables):
        for column, value in values.items():
            tables[table].loc[row, column] = value

    return spoil


def forgotten(tables):
    tables["schools"] = tables["schools"].iloc[:1]


FAULTS = {
    "marks_on_scale_maximum": (broken("results", 0, max_score=18), "vpr/ma4.xlsx", "I10"),
    "school_references_registered": (forgotten, "vpr/ma4.xlsx", "14:14"),
    "results_mark_known": (broken("results", 1, mark=7), "vpr/ma4.xlsx", "J11"),
}


@pytest.mark.parametrize("check", FAULTS)
def test_a_disagreement_is_found_at_its_cell(project, keep, check):
    spoil, file, cell = FAULTS[check]
    tables = drawn_year()
    spoil(tables)
    keep(tables)
    findings = check_year(project, YEAR).findings
    found = findings[findings["check"] == check]
    assert (file, cell) in set(zip(found["file"], found["cell"], strict=True)), findings


def test_rows_lost_on_the_way_block_every_direction(project, keep):
    tables = drawn_year()
    tables["sources"].loc[0, "rows_kept"] = 4
    keep(tables)
    verdict = check_year(project, YEAR)
    assert list(verdict.findings["check"]) == ["source_rows_equal"]
    assert list(verdict.directions_blocked) == ["*"]


def test_many_wrong_sums_mean_a_wrong_column(project, keep):
    tables = drawn_year()
    tables["results"].loc[[0, 1, 3, 4], "primary_score"] = [6.0, 8.0, 13.0, 19.0]
    keep(tables)
    findings = check_year(project, YEAR).findings
    assert findings[["check", "severity"]].values.tolist() == [
        ["task_sums_mostly_equal", "blocking"]
    ]


def test_an_absent_pupil_and_a_skipped_task_are_not_zero(project, keep):
    keep(drawn_year())  # p3 is absent, p1 skipped a task: neither is an error
    assert check_year(project, YEAR).findings.empty


def test_years_are_compared(project, keep):
    last, now = drawn_year(), drawn_year()
    last["schools"].loc[1, ["school_id", "name"]] = ["s9", "МБОУ «Школа 9»"]
    many = last["results"].loc[[4] * 60].assign(pupil_id=[f"q{n}" for n in range(60)])
    last["results"] = many.assign(mark=3, school_id="s9")
    now["results"] = many.assign(mark=4)
    for tables in (last, now):
        tables["results"]["school_year"] = "–"
    keep(last, YEAR.shifted(-1))
    keep(now)
    findings = check_year(project, YEAR).findings.set_index("check")["message"]
    assert findings["new_schools_by_year"].endswith("МБОУ «Школа 2».")
    assert findings["vanished_schools_by_year"].endswith("МБОУ «Школа 9».")
    assert findings["mean_marks_by_year"].endswith("ВПР, Математика, 4 класс.")


def test_a_school_whose_results_doubled_is_asked_about(project, keep):
    last, now = drawn_year(), drawn_year()
    row = last["results"].loc[[4] * 70].assign(pupil_id=[f"q{n}" for n in range(70)])
    last["results"], now["results"] = row.iloc[:30], row
    keep(last, YEAR.shifted(-1))
    keep(now)
    findings = check_year(project, YEAR).findings
    drift = findings[findings["check"] == "school_counts_by_year"]
    assert drift["school_id"].tolist() == ["s2"]
    assert drift["severity"].tolist() == ["warning"]


def results_of(project) -> dict[str, bytes]:
    folder = Path(project.processed(YEAR)) / "validation"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_both_evaluators_write_the_same_bytes_for_a_broken_year(project, keep):
    tables = drawn_year()
    for spoil, _, _ in FAULTS.values():
        spoil(tables)
    keep(drawn_year(), YEAR.shifted(-1))
    keep(tables)
    ours = check_year(project, YEAR, "relational")
    files = results_of(project)
    theirs = check_year(project, YEAR, "gx")
    assert results_of(project) == files
    assert ours.findings.equals(theirs.findings)
    assert (ours.passed, ours.blocking) == (theirs.passed, theirs.blocking)
    assert len(files) == 8 + 7, sorted(files)

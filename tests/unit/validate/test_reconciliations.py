"""Each reconciliation finds its own disagreement, and only that; both evaluators agree."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
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


def many(paper, count):
    """Return results of one paper, so many pupils."""
    row = drawn_year()["results"].loc[[4] * count].reset_index(drop=True)
    procedure, subject, grade = paper.split("/")
    pupils = [f"{paper}{n}" for n in range(count)]
    return row.assign(procedure=procedure, subject=subject, grade=int(grade), pupil_id=pupils)


def told_of_papers(project, keep, before, now):
    """Return the messages about papers by check, given how many sat each in the two years."""
    for year, counts in ((YEAR.shifted(-1), before), (YEAR, now)):
        tables = drawn_year()
        tables["results"] = pd.concat([many(*one) for one in counts.items()], ignore_index=True)
        keep(tables, year)
    found = check_year(project, YEAR).findings
    return {
        check: rows["message"].tolist()
        for check, rows in found.groupby("check") if "missing" in check or "counts_by" in check
    }  # fmt: skip


def test_a_protocol_cut_at_a_line_end_is_held_against_last_year(project, keep):
    """88 of 238 results were left of it; every other line of it was whole."""
    told = told_of_papers(project, keep, {"oge/chemistry/9": 238}, {"oge/chemistry/9": 88})
    [message] = told["paper_counts_by_year"]
    assert "ОГЭ, Химия, 9 класс (в прошлом году – 238, в этом – 88)" in message


@pytest.mark.parametrize(("count", "is_told"), [(168, True), (175, False), (340, False)])
def test_a_paper_of_the_whole_grade_may_change_less(project, keep, count, is_told):
    """240 last year: 168 is 0.7 of it, of which one fewer is told."""
    before = {"oge/mathematics/9": 240}
    told = told_of_papers(project, keep, before, {"oge/mathematics/9": count - is_told})
    assert ("grade_counts_by_year" in told) == is_told
    assert "paper_counts_by_year" not in told


def test_a_paper_that_did_not_come_is_named_and_a_rare_choice_is_not(project, keep):
    before = {"oge/russian/9": 60, "oge/physics/9": 40, "oge/literature/9": 9}
    told = told_of_papers(project, keep, before, {"oge/russian/9": 60})
    [message] = told["papers_missing_by_year"]
    assert "ОГЭ, Физика, 9 класс (в прошлом году – 40, в этом – 0)" in message


def test_a_procedure_of_which_nothing_came_is_told_once(project, keep):
    before = {"oge/russian/9": 60, "ege/russian/11": 30, "ege/physics/11": 12}
    told = told_of_papers(project, keep, before, {"oge/russian/9": 60})
    [message] = told["papers_missing_by_year"]
    assert "ЕГЭ (в прошлом году – 42, в этом – 0)" in message


def test_a_retake_is_never_held_against_the_main_sitting(project, keep):
    before, now = {"oge/russian/9": 60, "oge_retake/russian/9": 12}, {"oge/russian/9": 60}
    assert told_of_papers(project, keep, before, now) == {}


def test_forms_and_reports_on_the_roadmap_that_did_not_come_are_named(project, keep):
    returned = pd.DataFrame({
        "school_year": ["2023-24"], "measure": ["1.1"], "period": ["2023-10"],
        "responsible": ["методист"], "status": ["done"], "source_id": ["ctx"], "source_row": [5],
    })  # fmt: skip
    last = drawn_year()
    also = last["monitoring"].assign(form="oo1", item="classes")
    last["monitoring"] = pd.concat([last["monitoring"], also], ignore_index=True)
    keep(last | {"roadmap_returns": returned}, YEAR.shifted(-1))
    keep(drawn_year())
    found = check_year(project, YEAR).findings.set_index("check")
    assert "«ОО-1»" in found.loc["forms_missing_by_year", "message"]
    assert "Отчёты по дорожной карте" in found.loc["roadmap_missing_by_year", "message"]
    assert found.loc["roadmap_missing_by_year", "directions"] == "roadmap"


def test_where_no_form_came_at_all_one_line_says_so(project, keep):
    keep(drawn_year(), YEAR.shifted(-1))
    now = drawn_year()
    del now["monitoring"]
    keep(now)
    found = check_year(project, YEAR).findings
    assert found["check"].tolist().count("forms_missing_by_year") == 1


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
    assert len(files) == 8 + 9, sorted(files)

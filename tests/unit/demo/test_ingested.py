"""The demo goes through the same door as real files, and leaves its people outside."""

from __future__ import annotations

import functools

import pytest

from demo_world import small_demo
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.demo.population.people import identity_document, person
from msoko.ingest.year_reading import read_year

SECRET = b"a key for tests only"


@functools.cache
def intake(year: int):
    return read_year(Project(small_demo()[0].parents[1], HOME), SchoolYear(year), SECRET)


@pytest.mark.parametrize("year", [2023, 2024])
def test_nothing_in_the_demo_stops_a_run(year):
    findings = intake(year).findings
    blocking = findings[findings["severity"] == "blocking"]
    assert blocking[["file", "message"]].to_numpy().tolist() == []


def test_every_layout_is_in_the_demo():
    layouts = set(intake(2024).tables["sources"]["layout"])
    assert layouts == {
        "vpr_f1", "vpr_f3", "vpr_journal", "vpr_distribution", "vpr_tasks", "gia_exam",
        "gia_appeals", "pupil_links", "form",
    }  # fmt: skip


def test_every_table_of_raw_data_is_filled():
    tables = intake(2024).tables
    for name in ("schools", "results", "task_scores", "mark_shares", "journal_comparison",
                 "score_distribution", "task_performance", "appeals", "monitoring", "olympiad",
                 "surveys", "roadmap_returns"):  # fmt: skip
        assert len(tables[name]), name
    assert set(tables["results"]["procedure"]) == {
        "vpr", "oge", "ege", "rehearsal", "diagnostic", "functional_literacy",
    }  # fmt: skip


def test_an_archive_of_ф3_is_read():
    files = intake(2023).tables["sources"]["file"]
    assert files.str.contains(".zip/", regex=False).any()


def test_pupils_are_joined_across_years_and_procedures():
    before, now = intake(2023).tables["results"], intake(2024).tables["results"]
    vpr_8 = set(before.loc[(before["procedure"] == "vpr") & (before["grade"] == 8), "pupil_id"])
    # the workbook of elective exams has no documents, so it joins nobody, as in reality
    main = now["subject"].isin(["russian", "mathematics"])
    oge = set(now.loc[main & (now["procedure"] == "oge"), "pupil_id"])
    rehearsal = now[(now["procedure"] == "rehearsal") & (now["grade"] == 9)]
    assert len(oge & vpr_8) > 0.9 * len(oge)
    assert len(set(rehearsal["pupil_id"]) & oge) > 0.9 * rehearsal["pupil_id"].nunique()
    olympiad = set(intake(2024).tables["olympiad"]["pupil_id"])
    assert olympiad & set(now["pupil_id"])


def test_no_name_and_no_document_reaches_a_table():
    uids = small_demo()[1].pupils["uid"]
    surnames = {person(uid)[0] for uid in uids}
    numbers = {identity_document(uid)[1] for uid in uids}
    for name, frame in intake(2024).tables.items():
        for column in frame.columns:
            if frame[column].dtype.kind not in "OU" and str(frame[column].dtype) != "str":
                continue
            words = set(frame[column].dropna().astype(str))
            assert not words & numbers, f"{name}.{column}"
            assert not words & surnames, f"{name}.{column}"
            assert not words & set(uids), f"{name}.{column}"


def test_facts_agree_between_files():
    monitoring = intake(2024).tables["monitoring"]
    figures = monitoring.pivot_table(
        index="school_id", columns=["form", "item"], values="value", aggfunc="first"
    )
    totals = figures["oo1", "pupils_total"].dropna()
    parts = figures["oo1"][["pupils_primary", "pupils_basic", "pupils_senior"]].sum(axis=1)
    assert (totals == parts[totals.index]).all()
    assert (figures["upbringing", "pupils_total"].dropna() == totals).all()


def test_reference_rows_are_kept():
    shares = intake(2024).tables["mark_shares"]
    assert {"country", "region", "municipality", "school"} <= set(shares["group_level"])

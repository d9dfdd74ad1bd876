"""A fault is told once: what a reader tells of a cell, no suite tells again."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from made_exports import YEAR, distribution, exam, f1, f3, journal, project, put_in, take, tasks
from msoko.core.store import Store
from msoko.packets.finding_owners import areas
from msoko.validate import check_year

Cell = tuple[str, str, int]

FAULTS: dict[str, tuple[Callable[[], list], dict[str, object], str]] = {
    "points above the maximum": (f1, {"G10": 6}, "points_range"),
    "negative points": (f1, {"G10": -1}, "points_range"),
    "the total does not fit": (f1, {"K10": 19}, "task_sum"),
    "mark 7": (f1, {"L10": 7}, "mark_range"),
    "a mark against the scale": (f1, {"L10": 3}, "mark_scale"),
    "no mark": (f1, {"L10": None}, "no_mark"),
    "shares do not make 100": (f3, {"D9": 25}, "percent_sum"),
    "a share below zero": (f3, {"D9": -5}, "percent_range"),
    "a negative count": (f3, {"C12": -2}, "count_range"),
    "the parts are not the whole": (journal, {"B10": 2}, "journal_sum"),
    "a share that is not the count's": (journal, {"C9": 31, "E9": 64}, "journal_percent"),
    "a distribution short of 100": (distribution, {"K2": "13,33"}, "percent_sum"),
    "task performance of 130 %": (tasks, {"D9": 130}, "percent_range"),
    "a score above the maximum": (exam, {"J3": 40}, "score_range"),
    "a mark that the scale forbids": (exam, {"K3": 5}, "mark_scale"),
}


def cells_of(findings: pd.DataFrame) -> set[Cell]:
    return {
        (finding.file, area.letter, row)
        for finding in findings.itertuples()
        if isinstance(finding.cell, str)
        for area in areas(finding.cell)
        for row in range(area.first, area.last + 1)
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_cell_is_told_by_its_reader_alone(tmp_path, fault):
    make, changes, check = FAULTS[fault]
    rows = make()
    for address, value in changes.items():
        put_in(rows, address, value)
    intake = take(tmp_path, {"файл.csv" if make is exam else "файл.xlsx": rows})
    own = project(tmp_path)
    with Store(own).replacing(YEAR) as writer:
        for name, frame in intake.tables.items():
            writer.write(name, frame)
    found = check_year(own, YEAR).findings
    assert check in set(intake.findings["check"])
    assert cells_of(intake.findings) & cells_of(found) == set(), found[["check", "cell"]]


def test_a_repeated_group_is_told_once(tmp_path):
    rows = f3()
    rows.insert(12, list(rows[11]))
    intake = take(tmp_path, {"файл.xlsx": rows})
    own = project(tmp_path)
    with Store(own).replacing(YEAR) as writer:
        for name, frame in intake.tables.items():
            writer.write(name, frame)
    assert "repeated_group" in set(intake.findings["check"])
    assert "mark_shares_unique" not in set(check_year(own, YEAR).findings["check"])

"""What a sheet is, by its content; and what is said where it is nothing known."""

from __future__ import annotations

import pytest

from made_exports import (
    checks,
    distribution,
    exam,
    f1,
    f3,
    form,
    journal,
    put_in,
    save,
    take,
    tasks,
)
from msoko.core.errors import DataRefused
from msoko.ingest.layouts.contract import SURE
from msoko.ingest.recognition import recognise


@pytest.mark.parametrize(
    ("make", "layout"),
    [
        (f1, "vpr_f1"),
        (f3, "vpr_f3"),
        (journal, "vpr_journal"),
        (distribution, "vpr_distribution"),
        (tasks, "vpr_tasks"),
        (exam, "gia_exam"),
        (form, "vpr_collection_form"),
    ],
)
def test_exactly_one_layout_fits_each_export(tmp_path, make, layout):
    found = recognise(save(tmp_path / "a.xlsx", {"Любое имя": make()}))
    sure = [one for one in found if one.confidence >= SURE]
    assert [one.layout for one in sure] == [layout]
    assert sure[0].reason and sure[0].title


def test_a_near_miss_says_what_it_is_like_and_what_is_missing(tmp_path):
    intake = take(tmp_path, {"a.xlsx": put_in(f1(), "M8", "Примечание")})
    [message] = intake.findings["message"]
    assert "похоже на Ф1" in message
    assert "«отметка по журналу»" in message
    assert "Примечание" not in message


def test_a_sheet_that_is_two_things_asks_for_a_line_in_the_year_file(tmp_path):
    both = [*f1(), [], *f3()]
    intake = take(tmp_path, {"a.xlsx": both})
    finding = intake.findings.set_index("check").loc["ambiguous_layout"]
    assert "Ф1" in finding["message"] and "Ф3" in finding["message"]
    assert "year.yml" in finding["action"]
    year = "school_year: 2024-25\nfiles:\n  a.xlsx: {layout: vpr_f3}\n"
    told = take(tmp_path, {}, year=year)
    assert "ambiguous_layout" not in checks(told)
    assert len(told.tables["mark_shares"]) == 5


def test_a_strange_sheet_beside_a_known_one_is_told(tmp_path):
    intake = take(tmp_path, {"a.xlsx": {"Данные": f1(), "Заметки": [["купить мел"]]}})
    assert checks(intake, "warning") == {"unknown_sheet"}
    assert not intake.is_blocked


def test_nothing_is_said_of_an_unknown_file_but_that(tmp_path):
    assert recognise(save(tmp_path / "a.csv", [["x", "y"], [1, 2]])) == []


def test_a_dangerous_file_is_refused_in_words(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(DataRefused, match="повреждён"):
        recognise(tmp_path / "a.xlsx")

"""Scales: cuts, side conditions, years, and what is refused in the registry."""

from __future__ import annotations

import numpy as np
import pytest

from msoko.catalog.registry.mark_scales import COLUMNS, PartMinimum, Scales, marks_possible
from msoko.core.errors import UsageError
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear

SCALES = Scales.load(Project(HOME))
YEAR = SchoolYear(2022)


def scale(*paper, year: SchoolYear = YEAR):
    found = SCALES.find(year, *paper)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("total", "mark"), [(0, 2), (5, 2), (6, 3), (9, 3), (10, 4), (14, 4), (15, 5), (20, 5)]
)
def test_a_cut_is_the_lowest_score_of_its_mark(total, mark):
    lowest, highest = marks_possible(scale("vpr", "mathematics", 4), np.array([total]))
    assert list(lowest) == list(highest) == [mark]


def test_russian_of_oge_needs_literacy():
    """Regulation 2023: 0–14, 15–22, 23–28, 29–33; «4» needs 4 and «5» needs 6 for ГК1–ГК4."""
    found = scale("oge", "russian", 9)
    assert found.cuts == (15, 23, 29)
    assert set(found.conditions) == {PartMinimum(4, "literacy", 4), PartMinimum(5, "literacy", 6)}


def test_mathematics_of_oge_needs_geometry():
    assert scale("oge", "mathematics", 9).conditions == (PartMinimum(3, "geometry", 2),)


def test_where_parts_are_unknown_a_range_of_marks_is_possible():
    lowest, highest = marks_possible(scale("oge", "russian", 9), np.array([14, 15, 23, 29]))
    assert list(highest) == [2, 3, 4, 5]
    assert list(lowest) == [2, 3, 3, 3]
    lowest, highest = marks_possible(scale("oge", "mathematics", 9), np.array([7, 31]))
    assert list(lowest) == [2, 2]
    assert list(highest) == [2, 5]


def test_another_maximum_is_another_scale():
    assert SCALES.find(SchoolYear(2025), "vpr", "russian", 4, 38) is None
    assert scale("vpr", "russian", 4, year=SchoolYear(2024)).max_score == 38
    new = scale("vpr", "russian", 4, 24, year=SchoolYear(2025))
    assert not new.gives_marks


def test_the_minimum_of_ege_is_no_mark():
    found = scale("ege", "russian", 11)
    assert found.cuts == (24,)
    assert not found.gives_marks


def test_every_scale_says_where_it_comes_from():
    assert all(one.origin and one.source for one in SCALES.rows)


def test_no_paper_has_two_scales_in_one_year():
    for year in range(2018, 2027):
        keys = [(s.procedure, s.subject, s.grade, s.max_score) for s in SCALES.rows
                if s.holds(SchoolYear(year))]  # fmt: skip
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("*,vpr,russian,4,38,14;24;33,,guessed,x", "origin"),
        ("*,vpr,russian,4,38,24;14;33,,unverified,x", "возрастают"),
        ("*,vpr,russian,4,30,14;24;33,,unverified,x", "возрастают"),
        ("*,vpr,russian,4,38,14;24,,unverified,x", "три балла"),
        ("*,vpr,russian,4,38,14;24;33,3:geometry>2,unverified,x", "условие пишется"),
        ("2024,vpr,russian,4,38,14;24;33,,unverified,x", "учебный год пишется"),
    ],
)
def test_a_line_written_wrongly_is_refused_with_its_number(tmp_path, line, words):
    (tmp_path / "registry").mkdir()
    text = f"{','.join(COLUMNS)}\n{line}\n"
    (tmp_path / "registry" / "scales.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=f"scales.csv, строка 2: .*{words}"):
        Scales.load(Project(tmp_path))

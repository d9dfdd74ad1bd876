"""Tables made from results: low results over two years, exams beside earlier papers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from drawn import group_names, table
from msoko.catalog.directions.direction import Direction, Goal, Indicator, IndicatorRoles
from msoko.catalog.yaml.declaration_lines import WrittenName
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.indicators import compute, find_low_results

YEAR = SchoolYear.parse("2024-25")
COMMON = {"goal": "g", "unit": "percent", "polarity": "lower_is_better", "source": "…"}
BASE = Indicator(
    code="below_minimum",
    title="Ниже минимума",
    table="results",
    measure="share",
    where="not is_absent",
    numerator="mark = 2",
    denominator="mark is not null",
    by=((),),
    **COMMON,
)
LOW = Indicator(
    code="lr_school",
    title="Школы с низкими результатами",
    table="low_results",
    measure="share",
    numerator="is_low",
    denominator="is_low is not null",
    by=((), ("school_id",)),
    **COMMON,
)
BELOW_VPR = Indicator(
    code="below",
    title="ОГЭ ниже ВПР",
    table="confirmation",
    measure="share",
    where="procedure = 'oge' and earlier = 'vpr'",
    numerator="mark < earlier_mark",
    denominator="mark is not null and earlier_mark is not null",
    by=((), ("school_id",)),
    **COMMON,
)


def direction(*indicators: Indicator) -> Direction:
    named = tuple(WrittenName(one.code) for one in indicators if one is BASE)
    roles = IndicatorRoles(low_results=named)
    return Direction("d", 1, "results", "…", "…", (Goal("g", "…"),), indicators, roles=roles)


def papers(drawing: str, year: SchoolYear) -> pd.DataFrame:
    rows = table(drawing)
    for name in ("school_id", "pupil_id"):
        rows[name] = rows[name].astype("str")
    return rows.assign(school_year=str(year), is_absent=False)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(Project(tmp_path))


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows by their drawn groups."""
    return rows.set_index(pd.Index(group_names(rows)))


def test_low_results_look_back_one_year(store: Store) -> None:
    def year_of(school: str, low: int, year: SchoolYear) -> pd.DataFrame:
        marks = [2] * low + [3] * (10 - low)
        return pd.DataFrame({"school_id": school, "mark": marks, "is_absent": False}).assign(
            school_year=str(year), procedure="vpr", subject="russian", grade=5
        )

    before = YEAR.shifted(-1)
    store.add(before, "results", pd.concat([year_of("1", 4, before), year_of("2", 0, before)]))
    store.add(YEAR, "results", pd.concat([year_of("1", 3, YEAR), year_of("2", 9, YEAR)]))
    declared = (direction(BASE, LOW),)
    found = find_low_results(declared, store, YEAR, {})
    assert found.schools.set_index("school_id")["is_low"].to_dict() == {"1": True, "2": False}
    rows = compute(declared, store, YEAR)
    rows = named(rows[rows["indicator"] == "lr_school"])
    assert rows["value"].to_dict() == {"": 0.5, "school_id=1": 1, "school_id=2": 0}
    assert rows["flags"].eq("").all()  # schools are counted here, not persons


def test_a_school_that_was_closed_is_on_no_list(store: Store) -> None:
    """Two low papers of last year make no school low that no longer is one."""
    before = YEAR.shifted(-1)
    marks = pd.DataFrame({"mark": [2] * 10, "is_absent": False, "procedure": "vpr", "grade": 5})
    both = [marks.assign(subject=one, school_id="9") for one in ("russian", "mathematics")]
    store.add(before, "results", pd.concat(both).assign(school_year=str(before)))
    now = marks.assign(mark=4, subject="russian", school_id="1", school_year=str(YEAR))
    store.add(YEAR, "results", now)
    declared = (direction(BASE, LOW),)
    found = find_low_results(declared, store, YEAR, {}).schools
    assert found.set_index("school_id")["is_low"].fillna(False).to_dict() == {"1": False, "9": True}
    store.add(YEAR, "schools", pd.DataFrame({"school_id": ["1"], "school_year": str(YEAR)}))
    assert find_low_results(declared, store, YEAR, {}).schools["school_id"].tolist() == ["1"]


def test_without_the_base_indicator_the_rule_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="ни одно направление не называет показатель"):
        find_low_results((direction(LOW),), store, YEAR, {})
    (row,) = compute((direction(LOW),), store, YEAR).to_dict("records")
    assert row["flags"] == "no_data"


def test_an_exam_is_set_beside_the_same_pupils_vpr_of_the_year_before(store: Store) -> None:
    vpr = papers("""
        pupil_id | school_id | procedure | subject     | grade | mark
        a        | 1         | vpr       | mathematics | 8     | 5
        b        | 1         | vpr       | mathematics | 8     | 3
        b        | 1         | vpr       | russian     | 8     | 5
        c        | 2         | vpr       | mathematics | 8     | 4
    """, YEAR.shifted(-1))  # fmt: skip
    oge = papers("""
        pupil_id | school_id | procedure | subject     | grade | mark
        a        | 1         | oge       | mathematics | 9     | 4
        b        | 1         | oge       | mathematics | 9     | 3
        c        | 2         | oge       | mathematics | 9     | 5
        d        | 2         | oge       | mathematics | 9     | 2
        a        | 1         | vpr       | mathematics | 9     | 2
    """, YEAR)  # fmt: skip
    store.add(YEAR.shifted(-1), "results", vpr)
    store.add(YEAR, "results", oge)
    rows = named(compute((direction(BELOW_VPR),), store, YEAR))
    # a fell from 5 to 4; b held, c rose; d has no VPR; russian has no exam
    assert rows["numerator"].to_dict() == {"": 1, "school_id=1": 1, "school_id=2": 0}
    assert rows["denominator"].to_dict() == {"": 3, "school_id=1": 2, "school_id=2": 1}


HIGH = Indicator(
    code="high",
    title="Выпускники с 80 и выше",
    table="graduates",
    measure="share",
    numerator="highest_score >= 80",
    denominator="highest_score is not null",
    by=((), ("school_id",)),
    **COMMON,
)


def test_a_graduate_of_several_exams_is_counted_once(store: Store) -> None:
    ege = papers("""
        pupil_id | school_id | procedure | subject     | grade | test_score
        a        | 1         | ege       | russian     | 11    | 92
        a        | 1         | ege       | physics     | 11    | 81
        b        | 1         | ege       | russian     | 11    | 80
        b        | 1         | ege       | history     | 11    | 40
        c        | 2         | ege       | russian     | 11    | 79
        d        | 2         | vpr       | russian     | 10    | 99
    """, YEAR)  # fmt: skip
    store.add(YEAR, "results", ege)
    rows = named(compute((direction(HIGH),), store, YEAR))
    assert rows["n"].to_dict() == {"": 3, "school_id=1": 2, "school_id=2": 1}
    assert rows["numerator"].to_dict() == {"": 2, "school_id=1": 2, "school_id=2": 0}


def test_absent_unscored_and_uncoded_graduates_make_no_row(store: Store) -> None:
    ege = papers("""
        pupil_id | school_id | procedure | subject           | grade | test_score
        a        | 1         | ege       | russian           | 11    | 92
        b        | 1         | ege       | mathematics_basic | 11    |
        c        | 1         | ege       | russian           | 11    | 85
    """, YEAR)  # fmt: skip
    ege.loc[ege["pupil_id"] == "c", "is_absent"] = True
    uncoded = ege.iloc[[0]].assign(pupil_id=None)
    store.add(YEAR, "results", pd.concat([ege, uncoded], ignore_index=True))
    rows = named(compute((direction(HIGH),), store, YEAR))
    assert rows.loc["", ["numerator", "n"]].tolist() == [1, 1]


def test_a_year_without_exams_has_no_graduates(store: Store) -> None:
    vpr = papers(
        """
        pupil_id | school_id | procedure | subject | grade | mark
        a        | 1         | vpr       | russian | 4     | 3
    """,
        YEAR,
    )
    store.add(YEAR, "results", vpr)
    (row,) = compute((direction(HIGH),), store, YEAR).to_dict("records")
    assert row["flags"] == "no_data"

"""Findings have evidence, and recommendations are worded for their recipients."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from drawn import grouped, table
from msoko.catalog import load_thresholds
from msoko.catalog.directions.direction import (
    Direction,
    Goal,
    Indicator,
    RecipientAdvice,
    RecommendationRule,
    Target,
    Threshold,
)
from msoko.core import russian
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.indicators.indicator_changes import year_changes
from msoko.indicators.rules.recommendations import (
    JudgedRows,
    Names,
    fill_slots,
    recommendations_of,
    with_groups,
)

YEAR = SchoolYear.parse("2024-25")
THRESHOLDS = load_thresholds(Project(HOME))
NAMES = Names({"1": "Школа № 1", "2": "Школа № 2"}, {"russian": "Русский язык"}, {"1": "скачок"})
SHARE = Indicator(
    code="i",
    title="Доля",
    goal="g",
    table="results",
    measure="share",
    numerator="mark >= 3",
    denominator="mark is not null",
    by=((), ("school_id",), ("subject",)),
    unit="percent",
    polarity="higher_is_better",
    interval="wilson",
    source="…",
    target=Target(0.7, "приказ"),
)
RULE = RecommendationRule(
    code="r",
    indicator="i",
    unit_of_analysis="municipality",
    when="below_target",
    by=(),
    finding="Доля {{ value }} ({{ interval }}) при цели {{ limit }}.",
    advice=(
        RecipientAdvice("school", "Исправить в {{ school }}.", "май", "рост", "1.1"),
        RecipientAdvice("department", "Проверить.", "июнь", "рост"),
    ),
)


def values(drawing: str, year: SchoolYear = YEAR) -> pd.DataFrame:
    """Return indicator rows; `group` is drawn, the rest follows from the counts."""
    rows = table(drawing)
    rows = grouped(rows)
    rows["unit_of_analysis"] = rows["school_id"].map(
        lambda one: "school" if isinstance(one, str) else "municipality"
    )
    rows = rows.assign(
        school_year=str(year), direction="d", indicator="i", flags="",
        value=rows["numerator"] / rows["denominator"], n=rows["denominator"],
    )  # fmt: skip
    spread = 1.96 * (rows["value"] * (1 - rows["value"]) / rows["n"]) ** 0.5
    return rows.assign(low=rows["value"] - spread, high=rows["value"] + spread)


def made(
    rule: RecommendationRule,
    frame: pd.DataFrame,
    indicator: Indicator = SHARE,
    thresholds: dict[str, Threshold] | None = None,
) -> list[dict]:
    direction = Direction(
        "d", 1, "results", "…", "…", (Goal("g", "…"),), (indicator,), recommendations=(rule,)
    )
    keyed = with_groups(frame)
    changes = year_changes([direction], keyed, YEAR)
    told = JudgedRows.of(keyed)
    found = recommendations_of(
        direction, told, YEAR, {**THRESHOLDS, **(thresholds or {})}, NAMES, russian, changes
    )
    return list(found)


def test_one_finding_is_told_to_each_recipient_in_its_own_words() -> None:
    school, department = made(RULE, values("group | numerator | denominator\n | 500 | 1000"))
    assert (
        school["finding"]
        == "Доля 50,0\u00a0% (от\u00a046,9 до\u00a053,1\u00a0%) при цели 70,0\u00a0%."
    )
    assert (school["recipient"], school["measure"]) == ("school", "1.1")
    assert (department["recipient"], department["text"]) == ("department", "Проверить.")
    assert department["finding"] == school["finding"]


@pytest.mark.parametrize(
    ("counts", "is_found"),
    [("500 | 1000", True), ("690 | 1000", False), ("6 | 10", False), ("800 | 1000", False)],
)
def test_a_target_is_missed_only_where_the_interval_says_so(counts: str, is_found: bool) -> None:
    found = made(RULE, values(f"group | numerator | denominator\n | {counts}"))
    assert bool(found) == is_found


def test_an_indicator_that_should_be_low_misses_its_target_from_above() -> None:
    low = dataclasses.replace(SHARE, polarity="lower_is_better")
    assert made(RULE, values("group | numerator | denominator\n | 900 | 1000"), low)
    assert not made(RULE, values("group | numerator | denominator\n | 500 | 1000"), low)


def test_without_a_target_nothing_is_missed() -> None:
    aimless = dataclasses.replace(SHARE, target=None)
    assert not made(RULE, values("group | numerator | denominator\n | 500 | 1000"), aimless)


def test_groups_below_the_least_n_are_passed_over() -> None:
    rule = dataclasses.replace(RULE, min_n=50)
    assert not made(rule, values("group | numerator | denominator\n | 1 | 49"))
    assert made(rule, values("group | numerator | denominator\n | 1 | 50"))


def school_rule(when: str, **changes: object) -> RecommendationRule:
    return dataclasses.replace(
        RULE, unit_of_analysis="school", by=("school_id",), when=when,
        finding="{{ school }}: {{ value }}, всего {{ whole }}; {{ markers }}", **changes,
    )  # fmt: skip


def test_a_school_outside_the_funnel_is_found_beside_the_whole() -> None:
    drawing = "group | numerator | denominator\n | 820 | 1100\n"
    drawing += "".join(f"school_id={number} | 80 | 100\n" for number in range(2, 12))
    frame = values(drawing + "school_id=1 | 20 | 100\n")
    found = made(school_rule("below_funnel"), frame)
    assert {row["school_id"] for row in found} == {"1"}
    assert found[0]["finding"] == "Школа № 1: 20,0\u00a0%, всего 74,5\u00a0%; скачок"
    assert not made(school_rule("above_funnel"), frame)


def test_a_part_beyond_its_whole_is_no_share_and_stops_nothing() -> None:
    drawing = "group | numerator | denominator\nschool_id=2 | 120 | 100\n"
    drawing += "".join(f"school_id={number} | 80 | 100\n" for number in range(3, 13))
    frame = values(drawing + "school_id=1 | 20 | 100\n")
    assert {row["school_id"] for row in made(school_rule("below_funnel"), frame)} == {"1"}
    before = frame.assign(school_year="2023-24")
    assert not made(school_rule("fell"), pd.concat([before, frame]))


def test_a_mean_of_one_school_is_not_compared_as_a_share() -> None:
    mean = dataclasses.replace(SHARE, measure="mean", interval="t")
    frame = both("school_id=1 | 900 | 100", "school_id=1 | 600 | 100")
    assert not made(school_rule("fell"), frame, mean)


def test_thresholds_are_named_or_written_out() -> None:
    rows = values("group | numerator | denominator\nschool_id=1 | 90 | 100")
    named = {"limit": Threshold("limit", "…", 0.5, "share", "practice", "…")}
    assert made(school_rule("above_threshold", threshold="limit"), rows, thresholds=named)
    assert made(school_rule("above_threshold", threshold="0.8"), rows)
    assert not made(school_rule("above_threshold", threshold="0.88"), rows)  # the interval holds it
    assert not made(school_rule("below_threshold", threshold="0.8"), rows)


def both(before: str, after: str) -> pd.DataFrame:
    head = "group | numerator | denominator\n"
    return pd.concat([values(head + before, YEAR.shifted(-1)), values(head + after)])


def test_worse_than_last_year_needs_more_than_chance() -> None:
    rule = school_rule("fell")
    steady = "\n" + "\n".join(f"school_id={number} | 90 | 100" for number in range(2, 10))

    def years(before: str, after: str, others: str = steady) -> pd.DataFrame:
        return both(before + steady, after + others)

    assert made(rule, years("school_id=1 | 90 | 100", "school_id=1 | 60 | 100"))
    assert not made(rule, years("school_id=1 | 90 | 100", "school_id=1 | 86 | 100"))
    assert not made(rule, years("school_id=1 | 60 | 100", "school_id=1 | 90 | 100"))
    assert not made(rule, both("school_id=2 | 90 | 100", "school_id=1 | 60 | 100"))
    # the others moved as far, so it is how schools usually change
    moved = (
        steady.replace("2 | 90", "2 | 62").replace("5 | 90", "5 | 58").replace("8 | 90", "8 | 64")
    )
    assert len(made(rule, years("school_id=1 | 90 | 100", "school_id=1 | 60 | 100", moved))) == 0
    # one school alone does not tell how schools usually change
    assert not made(rule, both("school_id=1 | 90 | 100", "school_id=1 | 60 | 100"))


def test_incomparable_years_are_not_compared() -> None:
    frame = both("school_id=1 | 90 | 100", "school_id=1 | 60 | 100").assign(flags="not_comparable")
    assert not made(school_rule("fell"), frame)


def test_a_municipality_changes_by_its_schools_not_by_its_pupils() -> None:
    rule = dataclasses.replace(RULE, when="fell")
    # 300 of 400 → 260 of 400: far beyond chance for pupils, but two schools carry all of it
    schools = "\n".join(f"school_id={number} | {{}} | 100" for number in range(1, 5))
    uneven = both(
        " | 300 | 400\n" + schools.format(75, 75, 75, 75),
        " | 260 | 400\n" + schools.format(95, 95, 35, 35),
    )
    even = both(
        " | 300 | 400\n" + schools.format(76, 74, 75, 75),
        " | 260 | 400\n" + schools.format(65, 64, 66, 65),
    )
    assert not made(rule, uneven)
    assert made(rule, even)


def test_flagged_schools_are_found_by_their_flag() -> None:
    rows = values("group | numerator | denominator\nschool_id=1 | 1 | 1\nschool_id=2 | 0 | 1")
    found = made(school_rule("flagged", min_n=0), rows)
    assert {row["school_id"] for row in found} == {"1"}


def test_merged_groups_make_one_finding_in_natural_order() -> None:
    rule = dataclasses.replace(
        RULE, by=("subject", "task"), merge="task", when="below_threshold", threshold="0.57",
        finding="{{ subject }}: {{ task }}",
    )  # fmt: skip
    rows = values("""
        group                       | numerator | denominator
        subject=russian;task=10     | 10        | 100
        subject=russian;task=9К1    | 20        | 100
        subject=russian;task=8      | 90        | 100
    """)
    (first, _) = made(rule, rows)
    assert first["finding"] == "Русский язык: 9К1 – 20,0\u00a0%; 10 – 10,0\u00a0%"
    assert (first["subject"], first["task"]) == ("russian", None)


def test_names_from_data_are_not_read_as_slots() -> None:
    slots = {"school": "МБОУ {{ value }} {% for %}", "value": "50 %"}
    assert fill_slots("{{school}}: {{ value }}", slots) == "МБОУ {{ value }} {% for %}: 50 %"

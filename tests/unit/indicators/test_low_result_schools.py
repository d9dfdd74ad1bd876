"""The low-results rule and the lists that other thresholds would give."""

from __future__ import annotations

import pandas as pd
import pytest

from drawn import table
from msoko.catalog.directions.direction import Threshold
from msoko.indicators.values.low_result_schools import LowResultsRule, assess_low_results


def papers(drawing: str) -> pd.DataFrame:
    rows = table(drawing).astype({"school_id": "str"})
    return rows.assign(procedure="vpr", grade=5)


YEARS = """
    school_id | school_year | subject     | below_count | participant_count
    1         | 2023-24     | russian     | 3           | 10
    1         | 2024-25     | mathematics | 6           | 20
    2         | 2024-25     | russian     | 9           | 20
    2         | 2024-25     | mathematics | 2           | 20
    3         | 2024-25     | russian     | 5           | 9
    3         | 2024-25     | mathematics | 5           | 9
"""


def threshold(code: str, value: float, *alternatives: float) -> Threshold:
    return Threshold(code, "…", value, "share", "unverified", "…", alternatives=alternatives)


def test_thirty_percent_in_two_papers_within_the_years_given() -> None:
    schools = assess_low_results(papers(YEARS)).schools.set_index("school_id")
    assert schools.at["1", "is_low"]  # 3/10 and 6/20 are 30 % each: the bound belongs to the rule
    assert not schools.at["2", "is_low"]  # one paper of two
    assert schools["low_paper_count"].to_dict() == {"1": 2, "2": 1, "3": 0}


def test_small_papers_count_neither_for_nor_against() -> None:
    found = assess_low_results(papers(YEARS))
    small = found.schools.set_index("school_id").loc["3"]
    assert small["paper_count"] == 0
    assert pd.isna(small["is_low"])  # two papers of nine pupils say too little
    assert not found.papers.set_index("school_id").loc["3", "is_counted"].any()


def test_sensitivity_lists_schools_under_each_threshold() -> None:
    thresholds = {
        "low_results_share": threshold("low_results_share", 0.3, 0.1, 0.3, 0.5),
        "low_results_procedures": threshold("low_results_procedures", 2, 1, 2),
    }
    found = assess_low_results(papers(YEARS), thresholds)
    listed = found.sensitivity.set_index(["papers", "share"])["school_ids"].to_dict()
    assert listed == {
        (1, 0.1): "1 2",
        (1, 0.3): "1 2",
        (1, 0.5): "",
        (2, 0.1): "1 2",
        (2, 0.3): "1",
        (2, 0.5): "",
    }
    assert found.sensitivity["is_in_use"].sum() == 1
    scenario_share = found.schools.set_index("school_id")["scenario_share"]
    assert scenario_share["1"] == pytest.approx(4 / 6)
    assert scenario_share["2"] == pytest.approx(3 / 6)


def test_every_number_of_the_rule_can_be_set() -> None:
    codes = {"low_results_share": 0.5, "low_results_procedures": 1, "low_results_years": 3,
             "low_results_min_n": 5}  # fmt: skip
    thresholds = {code: threshold(code, value) for code, value in codes.items()}
    assert LowResultsRule.of(thresholds) == LowResultsRule(share=0.5, papers=1, years=3, min_n=5)
    assert (
        assess_low_results(papers(YEARS), thresholds)
        .schools.set_index("school_id")
        .at["3", "is_low"]
    )


def test_no_papers_give_no_schools() -> None:
    found = assess_low_results(papers(YEARS).iloc[:0])
    assert found.schools.empty
    assert (found.sensitivity["school_count"] == 0).all()

"""Schools with low results, by a rule whose every number can be changed.

The usual rule (since 2021): at least 30 % of a paper's participants below the minimum, in at
least two papers within two years. It is remembered from regional practice and not read off a
regulation, so the list is shown with the lists that other thresholds would give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import pandas as pd

from msoko.catalog.directions.direction import Threshold

PAPER = ["school_year", "procedure", "subject", "grade"]


@dataclass(frozen=True)
class LowResultsRule:
    """The rule: a paper is low from `share`, a school from `papers` low papers in `years`."""

    share: float = 0.30
    papers: int = 2
    years: int = 2
    min_n: int = 10

    @classmethod
    def of(cls, thresholds: Mapping[str, Threshold]) -> LowResultsRule:
        """Return the rule that `registry/thresholds.yml` sets; what it omits is as usual."""
        names = {
            "share": ("low_results_share", float),
            "papers": ("low_results_procedures", int),
            "years": ("low_results_years", int),
            "min_n": ("low_results_min_n", int),
        }
        given = {
            name: kind(thresholds[code].value)
            for name, (code, kind) in names.items()
            if code in thresholds
        }
        return cls(**given)


@dataclass(frozen=True)
class LowResults:
    """The rule applied.

    `schools`: a row a school – `school_id`, `paper_count` (papers with enough participants),
    `low_paper_count`, `is_low` (null where fewer papers count than the rule needs),
    `scenario_share` (the share of the sensitivity table's rows in which the school is low).
    `papers`: a row a school and paper – `below_count`, `participant_count`, `share`, `is_counted`,
    `is_low`. `sensitivity`: a row a scenario – `share`, `papers`, `min_n`, `school_count`,
    `assessed_count`, `school_ids` (separated by spaces), `is_in_use`.
    """

    schools: pd.DataFrame
    papers: pd.DataFrame
    sensitivity: pd.DataFrame
    rule: LowResultsRule


def assess_low_results(
    papers: pd.DataFrame, thresholds: Mapping[str, Threshold] | None = None
) -> LowResults:
    """Return which schools the rule finds, and which other thresholds would find.

    `papers` has a row for each school, year, procedure, subject and grade of the rule's years,
    with `below_count` and `participant_count`. A paper with fewer participants than `min_n` does
    not count, neither for nor against: in a class of five, two pupils are 40 %.
    """
    thresholds = thresholds or {}
    rule = LowResultsRule.of(thresholds)
    judged = _judge_papers(papers, rule)
    scenarios = [
        (one, _schools(_judge_papers(papers, one), one)) for one in _scenarios(rule, thresholds)
    ]
    schools = _schools(judged, rule)
    listed = pd.DataFrame(
        {
            number: frame.set_index("school_id")["is_low"]
            for number, (_, frame) in enumerate(scenarios)
        }
    )
    found = listed.eq(True).fillna(False).mean(axis=1)
    schools["scenario_share"] = schools["school_id"].map(found)
    rows = [_scenario_row(one, frame, rule) for one, frame in scenarios]
    return LowResults(schools, judged, pd.DataFrame(rows), rule)


def assess_schools(papers: pd.DataFrame, thresholds: Mapping[str, Threshold]) -> pd.DataFrame:
    """Return `schools` of `assess_low_results` for the rule alone, without `scenario_share`."""
    rule = LowResultsRule.of(thresholds)
    return _schools(_judge_papers(papers, rule), rule)


def _judge_papers(papers: pd.DataFrame, rule: LowResultsRule) -> pd.DataFrame:
    share = papers["below_count"] / papers["participant_count"].where(
        papers["participant_count"] > 0
    )
    is_counted = papers["participant_count"] >= rule.min_n
    return papers.assign(
        share=share, is_counted=is_counted, is_low=is_counted & (share >= rule.share)
    ).sort_values(["school_id", *PAPER], ignore_index=True)


def _schools(judged: pd.DataFrame, rule: LowResultsRule) -> pd.DataFrame:
    groups = judged.groupby("school_id", sort=True)
    schools = pd.DataFrame(
        {
            "paper_count": groups["is_counted"].sum().astype("int64"),
            "low_paper_count": groups["is_low"].sum().astype("int64"),
        }
    ).reset_index()
    is_low = (schools["low_paper_count"] >= rule.papers).astype("boolean")
    return schools.assign(is_low=is_low.where(schools["paper_count"] >= rule.papers))


def _scenarios(rule: LowResultsRule, thresholds: Mapping[str, Threshold]) -> list[LowResultsRule]:
    def values(code: str, used: float) -> list[float]:
        known = thresholds[code].alternatives if code in thresholds else ()
        return sorted({*known, used})

    return [
        LowResultsRule(share, int(papers), rule.years, rule.min_n)
        for papers, share in product(
            values("low_results_procedures", rule.papers), values("low_results_share", rule.share)
        )
    ]


def _scenario_row(
    scenario: LowResultsRule, schools: pd.DataFrame, used: LowResultsRule
) -> dict[str, object]:
    low = schools.loc[schools["is_low"].fillna(False), "school_id"]
    return {
        "share": scenario.share,
        "papers": scenario.papers,
        "min_n": scenario.min_n,
        "school_count": len(low),
        "assessed_count": int(schools["is_low"].notna().sum()),
        "school_ids": " ".join(low),
        "is_in_use": scenario == used,
    }

"""Shares, agreement, many p-values, exact laws."""

from __future__ import annotations

import pandas as pd

from msoko.stats.estimators import (
    agreement,
    multiplicity,
    proportions,
    trend,
)
from reference.frozen import frozen
from reference.registry import ACUITY, BH15, EIGHT, P15, Answers, answers


@answers("exact distribution", "Mann-Kendall exact two-sided p for a perfectly monotone series")
def monotone() -> Answers:
    return {f"n={n}": trend.mann_kendall(range(n)).p for n in range(3, 9)}


def acuity_table() -> pd.DataFrame:
    rows = frozen("visual_acuity").query("gender == 'female'")
    repeated = rows.loc[rows.index.repeat(rows["Freq"])]
    return agreement.rating_table(repeated["right"], repeated["left"])


@answers(ACUITY, "table")
def acuity_counts() -> Answers:
    return {"right(rows)xleft": [int(count) for count in acuity_table().to_numpy().ravel()]}


for _name, _weights in (
    ("Cohen kappa", "none"),
    ("weighted kappa linear", "linear"),
    ("weighted kappa quadratic", "quadratic"),
    ("weighted kappa quadratic (psych)", "quadratic"),
):

    @answers(ACUITY, _name)
    def acuity_kappa(weights=_weights) -> Answers:
        found = agreement.kappa(acuity_table(), weights)
        pair = [found.value, found.se]
        return {"unweighted,ASE": pair, "value,ASE": pair, "value": found.value}


@answers(BH15, "input", "p.adjust")
def adjusted() -> Answers:
    names = {
        "BH": "bh",
        "BY": "by",
        "holm": "holm",
        "hochberg": "hochberg",
        "bonferroni": "bonferroni",
    }
    return {"p": P15} | {name: list(multiplicity.adjust(P15, code)) for name, code in names.items()}


@answers(BH15, "Cauchy combination (equal weights) of the first 5")
def combined() -> Answers:
    return {"p": multiplicity.cauchy_combination(P15[:5]).p}


for _k, _n in ((81, 263), (15, 148), (0, 20), (1, 29), (29, 29), (3, 5), (12, 25)):

    @answers("Newcombe 1998 cases and small classes", f"{_k}/{_n}")
    def one_share(k=_k, n=_n) -> Answers:
        found = proportions.wilson(k, n)
        return {"wilson95": [found.low, found.high]}


@answers("Newcombe 1998 (II) 56/70-48/80", "difference of proportions, hybrid score (method 10)")
def two_shares() -> Answers:
    found = proportions.newcombe_difference((56, 48), (70, 80))
    return {"ci95": [found.low, found.high]}


@answers(EIGHT, "input")
def eight_input() -> Answers:
    frame = frozen("eight_schools")
    return {"est": list(frame["est"]), "se": list(frame["se"])}

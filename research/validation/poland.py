"""Polish eighth-grade examination: dynamics over four years, and no trend out of three.

Papers differ from year to year, so a school stands by its distance from the country's mean of
the same year in standard deviations of schools. Averages of groups under 10 are closed in 2021
and of groups under 5 later; under 10 is left out everywhere, lest the change be one of rules.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from msoko.core.russian import decimal, signed
from msoko.report.block import Block, Details, Figure, Sheet, block
from msoko.report.charts.charts import Dot, Series, dots, dynamics
from msoko.stats.estimators.estimate import Estimate
from msoko.stats.estimators.multiplicity import adjust
from msoko.stats.estimators.ratio import ratio, ratio_change
from msoko.stats.estimators.trend import exact_kendall_p, trend
from research.validation.open_data import polish_schools

SUBJECTS = {"polish": "польский язык", "math": "математика", "english": "английский язык"}
KEY = ["region", "school", "city"]
LEAST = 10
LEVEL = 0.05


@cache
def standing(subject: str) -> pd.DataFrame:
    """Return `year, region, school, city, n, z`: each school against the country of its year.

    Two schools of one name and town cannot be told apart and are left out.
    """
    columns = {f"{subject}_candidates": "n", f"{subject}_average": "average"}
    rows = polish_schools().rename(columns=columns)[["year", *KEY, "n", "average"]]
    rows = rows[~rows.duplicated(["year", *KEY], keep=False)].dropna()
    rows = rows[rows["n"] >= LEAST].copy()
    by_year = rows.groupby("year")
    weight = rows["n"] / by_year["n"].transform("sum")
    mean = (weight * rows["average"]).groupby(rows["year"]).transform("sum")
    gap = rows["average"] - mean
    spread = np.sqrt((weight * gap**2).groupby(rows["year"]).transform("sum"))
    return rows.assign(z=gap / spread)[["year", *KEY, "n", "z"]]


def yearly(subject: str, region: str) -> dict[int, Estimate]:
    """Return the region's mean standing by year, with an interval that schools bring."""
    rows = standing(subject)
    rows = rows[rows["region"] == region]
    return {
        int(year): ratio(part["n"] * part["z"], part["n"]) for year, part in rows.groupby("year")
    }


@cache
def changes() -> pd.DataFrame:
    """Return the change of each region and subject from the first year to the last.

    `subject, region, value, low, high, p, q, n`; q is Benjamini–Hochberg over all of them.
    """
    rows = []
    for subject in SUBJECTS:
        table = standing(subject)
        first, last = int(table["year"].min()), int(table["year"].max())
        for region, part in table.groupby("region"):
            wide = part.pivot(index=KEY, columns="year", values=["n", "z"])
            pairs = [(wide["n", y] * wide["z", y], wide["n", y]) for y in (first, last)]
            found = ratio_change(*pairs)
            rows.append((subject, region, found.value, found.low, found.high, found.p, found.n))
    names = ["subject", "region", "value", "low", "high", "p", "n"]
    made = pd.DataFrame(rows, columns=names)
    return made.assign(q=adjust(made["p"], "bh"))


@cache
def short_series() -> pd.DataFrame:
    """Return for each region and subject what three years seem to say, and the fourth does.

    `subject, region, is_monotone` (three years all up or all down), `is_continued` (the fourth
    goes the same way), `is_trend_3`, `is_trend_4`: whether a trend is claimed.
    """
    rows = []
    for subject in SUBJECTS:
        for region in sorted(standing(subject)["region"].unique()):
            found = yearly(subject, region)
            years = sorted(found)
            values = [found[year].value for year in years]
            steps = np.sign(np.diff(values))
            is_monotone = steps[0] == steps[1]
            trends = [trend(values[:k], years[:k]).is_estimable for k in (3, 4)]
            rows.append((subject, region, is_monotone, is_monotone and steps[2] == steps[0]))
            rows[-1] = (*rows[-1], *trends)
    names = ["subject", "region", "is_monotone", "is_continued", "is_trend_3", "is_trend_4"]
    return pd.DataFrame(rows, columns=names)


def facts() -> dict[str, Any]:
    """Return what the method page quotes."""
    series, found = short_series(), changes()
    return {
        "years": int(polish_schools()["year"].nunique()),
        "series": len(series),
        "monotone": int(series["is_monotone"].sum()),
        "continued": int(series["is_continued"].sum()),
        "trends_claimed": int(series[["is_trend_3", "is_trend_4"]].to_numpy().sum()),
        "changed": int((found["q"] <= LEVEL).sum()),
    }


def course(subject: str, *regions: str) -> Block:
    """Return the standing of regions by year, with intervals."""
    found = {region: yearly(subject, region) for region in regions}
    series = [
        Series(
            region,
            [str(year) for year in one],
            [value.value for value in one.values()],
            [value.low for value in one.values()],
            [value.high for value in one.values()],
        )
        for region, one in found.items()
    ]
    drawn = dynamics(series, "ст. отклонений от страны")
    rows = [
        (region, str(year), *(signed(x, 2) for x in (one.value, one.low, one.high)), str(one.n))
        for region, years in found.items()
        for year, one in years.items()
    ]
    head = ("Воеводство", "Год", "Значение", "От", "До", "Школ")
    behind = Sheet(head, rows, "Положение по годам", align="lrrrrr")
    caption = f"Положение воеводств относительно страны: {SUBJECTS[subject]}"
    alternative = "Линии по годам с интервалами; ноль – средний уровень страны в том же году."
    folded = Details("Данные рисунка", (behind,))
    return block(Figure(drawn, caption, alternative, f"e8-course-{subject}", folded))


def changed(subject: str) -> Block:
    """Return the change of every region over the four years."""
    own = changes().query("subject == @subject")
    table = own.sort_values("value", ascending=False, kind="stable")
    rows = [
        Dot(
            row.region,
            row.value,
            row.low,
            row.high,
            side=0 if row.q > LEVEL else int(np.sign(row.value)),
        )
        for row in table.itertuples()
    ]
    drawn = dots(
        rows,
        "изменение, ст. отклонений",
        "изменение",
        "прежде",
        better="изменение (лучше, чем прежде)",
        worse="изменение (хуже, чем прежде)",
    )
    cells = [
        (
            row.region,
            *(signed(x, 2) for x in (row.value, row.low, row.high)),
            decimal(row.q, 3) if row.q >= 0.001 else "менее 0,001",
            str(row.n),
        )
        for row in table.itertuples()
    ]
    head = ("Воеводство", "Изменение", "От", "До", "q", "Школ")
    behind = Sheet(head, cells, "Изменение за четыре года")
    caption = f"Изменение положения за четыре года: {SUBJECTS[subject]}"
    alternative = "Точки с интервалами: выделены воеводства, изменение которых отличимо от нуля."
    folded = Details("Данные рисунка", (behind,))
    return block(Figure(drawn, caption, alternative, f"e8-change-{subject}", folded))


def no_trend() -> Block:
    """Return what came of the trends that three years seemed to show."""
    known = facts()
    return block(
        f"Рядов (воеводство × предмет) – {known['series']}. Три года подряд в одну сторону шли "
        f"{known['monotone']} из них; одна случайность дала бы около {known['series'] // 3}. "
        f"На четвёртый год ту же сторону сохранили {known['continued']}, остальные "
        f"{known['monotone'] - known['continued']} повернули обратно. "
        f"Тенденций, о которых объявила бы программа: {known['trends_claimed']}."
    )


def smallest_p() -> Block:
    """Return the least p that a perfectly steady series of few years can have."""
    rows = []
    for years in range(3, 7):
        p = exact_kendall_p(years, years * (years - 1) // 2)
        rows.append((str(years), decimal(p, 4), "да" if p <= LEVEL else "нет"))
    head = ("Лет в ряду", "Наименьшее возможное p", "Можно ли говорить о тенденции")
    return block(Sheet(head, rows, "Безупречно растущий ряд: точный тест Манна – Кендалла", "e8-p"))


def participants() -> Block:
    """Return how many pupils and schools each year has, for the cohorts are not alike."""
    rows = []
    for year, part in polish_schools().groupby("year"):
        known = part.dropna(subset=["polish_average"])
        people = known["polish_candidates"]
        rows.append(
            (
                str(year),
                *(decimal(x, 0) for x in (len(known), people.sum())),
                decimal(people.mean(), 1),
            )
        )
    head = ("Год", "Школ с известным результатом", "Участников в них", "Участников на школу")
    caption = "Участники экзамена по польскому языку"
    return block(Sheet(head, rows, caption, "e8-participants", align="rrrr"))

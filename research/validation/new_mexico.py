"""New Mexico: a published search for cheating, reproduced, and what false discovery control says.

The study regressed the mean score of a school's cohort on the year before, weighted by the
pupils of both years, and flagged |t| beyond the 95 % point with df = fewer pupils − 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from msoko.core.russian import decimal
from msoko.report.block import Block, Details, Figure, Sheet, block
from msoko.report.charts.chart_style import ACCENT, GREY, drawing, finish, svg
from msoko.stats.estimators.multiplicity import adjust
from msoko.stats.regression.least_squares import ols
from research.validation.open_data import frozen

PANEL = ["test_year", "subject", "grade"]
ROUNDING = 1e-5
"""The file keeps predictions to five decimals."""
PUBLISHED = {"predicted": "predicted", "z": "resid_z", "t": "resid_t"}


def reproduced() -> pd.DataFrame:
    """Return the file with our `our_predicted, our_z, our_t, our_p, our_flag, p_schools`.

    z is the internally, t the externally studentised residual. `our_p` reads t with the study's
    degrees of freedom, min(n1, n2) − 1; `p_schools` with those of the regression, schools − 3.
    """
    table = frozen("new_mexico").assign(weight=lambda rows: rows["n1"] + rows["n2"])
    return pd.concat([_panel(panel) for _, panel in table.groupby(PANEL)]).sort_index()


def _panel(panel: pd.DataFrame) -> pd.DataFrame:
    fit = ols(panel, "ss2", ["ss1"], weights="weight")
    spread = fit.sigma * np.sqrt((1 - fit.leverage) / panel["weight"])
    z = fit.residuals / spread
    t = z * np.sqrt((fit.df - 1) / (fit.df - z**2))
    p = 2 * stats.t.sf(t.abs(), panel[["n1", "n2"]].min(axis=1) - 1)
    return panel.assign(
        our_predicted=panel["ss2"] - fit.residuals,
        our_z=z,
        our_t=t,
        our_p=p,
        our_flag=(p < 0.05).astype(int),
        p_schools=2 * stats.t.sf(t.abs(), fit.df - 1),
    )


def agreement() -> pd.DataFrame:
    """Return by panel the greatest differences from the published columns, `is_exact`."""
    rows = reproduced()
    gaps = {name: (rows[f"our_{name}"] - rows[column]).abs() for name, column in PUBLISHED.items()}
    worst = pd.DataFrame(gaps).groupby([rows[key] for key in PANEL]).max().reset_index()
    return worst.assign(is_exact=worst["predicted"] <= ROUNDING)


def flag_counts() -> pd.DataFrame:
    """Return how many school results each rule flags: `rule, flagged`."""
    rows = reproduced()
    p = rows["p_schools"]
    counts = {
        "published": int(rows["flagged_t95"].sum()),
        "reproduced": int(rows["our_flag"].sum()),
        "chance": round(0.05 * len(rows)),
        "bh_10": int((adjust(p, "bh") <= 0.10).sum()),
        "bh_05": int((adjust(p, "bh") <= 0.05).sum()),
        "by_10": int((adjust(p, "by") <= 0.10).sum()),
    }
    return pd.DataFrame({"rule": counts.keys(), "flagged": counts.values()})


def facts() -> dict[str, Any]:
    """Return what the method page quotes."""
    rows, panels = reproduced(), agreement()
    counts = flag_counts().set_index("rule")["flagged"]
    return {
        "rows": len(rows),
        "panels": len(panels),
        "panels_exact": int(panels["is_exact"].sum()),
        "flag_differences": int((rows["our_flag"] != rows["flagged_t95"]).sum()),
        **{name: int(count) for name, count in counts.items()},
    }


WORDS = {
    "published": "Правило исследования: остаток за 95 %-м пределом (опубликовано)",
    "reproduced": "То же правило, пересчитано",
    "chance": "Столько отметило бы правило, если бы отклонений не было вовсе",
    "bh_10": "Поправка Бенджамини – Хохберга, ложных не более 10\u00a0%",
    "bh_05": "Поправка Бенджамини – Хохберга, ложных не более 5\u00a0%",
    "by_10": "Поправка Бенджамини – Йекутиели, ложных не более 10\u00a0%",
}


def reproduction() -> Block:
    """Return how closely the published regression is reproduced."""
    panels = agreement()
    exact, other = panels[panels["is_exact"]], panels[~panels["is_exact"]]
    names = {"predicted": "предсказанный балл", "z": "остаток z", "t": "остаток t"}
    rows = [(title, _power(exact[name].max())) for name, title in names.items()]
    flags = facts()
    text = (
        f"Регрессия с весом «сумма участников двух лет» воспроизводит {len(exact)} таблиц "
        f"(год × предмет × класс) из {len(panels)} до округления в файле; отметок исследования, "
        f"которые не совпали с пересчитанными: {flags['flag_differences']} из {flags['rows']}."
    )
    left = "" if other.empty else _incomplete(other)
    head = ("Величина", "Наибольшее расхождение")
    caption = "Расхождение с опубликованными столбцами в полных таблицах"
    return block(text, Sheet(head, rows, caption, "nm-agreement"), left)


def _power(value: float) -> str:
    digit, exponent = f"{value:.0e}".split("e-")
    return f"{digit}·10^−{int(exponent)}^"


def _incomplete(panels: pd.DataFrame) -> str:
    named = "; ".join(
        f"{row.test_year} год, {'чтение' if row.subject == 'read' else 'математика'}, "
        f"{row.grade} класс (расхождение до {decimal(row.predicted, 3)} балла)"
        for row in panels.itertuples()
    )
    return (
        f"Не совпала таблица: {named}. По степеням свободы опубликованных остатков видно, что "
        "исследование считало её по большему числу школ, чем есть в открытом файле."
    )


def controlled() -> Block:
    """Return how many results stay flagged under each rule."""
    rows = [(WORDS[row.rule], decimal(row.flagged, 0)) for row in flag_counts().itertuples()]
    head = ("Правило", "Отмечено результатов школ")
    return block(Sheet(head, rows, "Сколько результатов отмечает каждое правило", "nm-rules"))


def p_values(bars: int) -> Block:
    """Return the distribution of p in bars, flat where nothing but chance is at work."""
    p = reproduced()["p_schools"]
    counts, edges = np.histogram(p, bins=bars, range=(0, 1))
    with drawing(3.0) as (made, axes):
        axes.bar(edges[:-1], counts, width=0.92 / bars, align="edge", color=ACCENT)
        axes.axhline(len(p) / bars, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
        axes.set_xlabel("p")
        axes.set_ylabel("число результатов")
        finish(axes, grid="y")
        drawn = svg(made)
    rows = [
        (f"{decimal(low, 2)}–{decimal(high, 2)}", decimal(count, 0))
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
    behind = Sheet(("p", "Результатов"), rows, "Распределение p", align="lr")
    caption = "Распределение p; пунктир – чего ждать от одной случайности"
    alternative = "Столбики почти равной высоты: малых p немногим больше, чем даёт случайность."
    folded = Details("Данные рисунка", (behind,))
    return block(Figure(drawn, caption, alternative, "nm-p", folded))

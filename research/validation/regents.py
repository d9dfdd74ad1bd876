"""New York Regents: the heap at the pass mark of 65 is found, and no other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from msoko.core.russian import decimal
from msoko.report.block import Block, Details, Figure, Sheet, block
from msoko.report.charts.chart_style import ACCENT, WARNING, drawing, finish, svg
from msoko.stats.estimators.multiplicity import adjust
from msoko.stats.objectivity.heaping import heaping_among_placebos, heaping_on_curve
from research.validation.open_data import frozen

PASS = 65
LEVEL = 0.05
EXAMS = {
    "integrated_algebra": "Алгебра",
    "global_history": "Всеобщая история",
    "living_environment": "Биология",
    "english": "Английский язык",
    "us_history": "История США",
}


def histogram(exam: str) -> np.ndarray:
    """Return the pupils with each score 0…100 of an examination."""
    table = frozen("regents").set_index("score")[exam]
    return table.reindex(range(101), fill_value=0).to_numpy(float)


def scan(exam: str) -> pd.DataFrame:
    """Return the test of heaping at every score of the scale: `score, p, q, is_found`.

    q is Benjamini–Hochberg over all scores of the examination, since nobody told the
    test where the pass mark lies; found at q ≤ .05.
    """
    counts = histogram(exam)
    tests = {cut: heaping_among_placebos(counts, cut) for cut in range(2, 100)}
    rows = [(cut, test.p) for cut, test in tests.items() if test.is_estimable]
    found = pd.DataFrame(rows, columns=["score", "p"])
    found["q"] = adjust(found["p"], "bh")
    return found.assign(is_found=found["q"] <= LEVEL)


def results() -> pd.DataFrame:
    """Return by examination: `exam, n, scores, found, q_pass, q_next, is_curve_refused`."""
    rows = []
    for exam in EXAMS:
        found, counts = scan(exam), histogram(exam)
        others = found[found["score"] != PASS]
        rows.append(
            {
                "exam": exam,
                "n": int(counts.sum()),
                "scores": len(found),
                "found": tuple(found.loc[found["is_found"], "score"]),
                "q_pass": float(found.loc[found["score"] == PASS, "q"].iloc[0]),
                "q_next": float(others["q"].min()),
                "is_curve_refused": not heaping_on_curve(counts, [PASS]).is_estimable,
            }
        )
    return pd.DataFrame(rows)


def facts() -> dict[str, Any]:
    """Return what the method page quotes."""
    table = results()
    return {
        "exams": len(table),
        "pupils": int(table["n"].sum()),
        "scores": int(table["scores"].sum()),
        "found": sorted({score for found in table["found"] for score in found}),
        "exams_found": int(sum(PASS in found for found in table["found"])),
        "curve_refused": int(table["is_curve_refused"].sum()),
    }


def picture(exam: str) -> Block:
    """Return the distribution of an examination with the scores around the pass mark."""
    counts = histogram(exam)
    near = np.arange(PASS - 6, PASS + 8)
    with drawing(3.2) as (made, axes):
        colours = [WARNING if score in (PASS, PASS + 1) else ACCENT for score in range(101)]
        axes.bar(range(101), counts, color=colours, width=0.9)
        axes.axvline(PASS - 0.5, color=WARNING, linewidth=0.9, linestyle=(0, (3, 2)))
        axes.set_xlabel("балл")
        axes.set_ylabel("число участников")
        finish(axes, grid="y")
        drawn = svg(made)
    rows = [(str(score), decimal(counts[score], 0)) for score in near]
    behind = Sheet(("Балл", "Участников"), rows, "Участники вблизи порога", align="rr")
    caption = f"{EXAMS[exam]}: распределение баллов; пунктир – порог {PASS}"
    alternative = (
        f"Столбики числа участников по баллам от 0 до 100: перед порогом {PASS} провал, "
        f"на пороге пик в {decimal(counts[PASS], 0)} участников."
    )
    folded = Details("Данные рисунка", (behind,))
    return block(Figure(drawn, caption, alternative, f"regents-{exam.replace('_', '-')}", folded))


def heaps() -> Block:
    """Return where the scores heap, by examination."""
    rows = [
        (
            EXAMS[row.exam],
            decimal(row.n, 0),
            str(row.scores),
            ", ".join(map(str, row.found)) or "нет",
            _small(row.q_pass),
            decimal(row.q_next, 2),
        )
        for row in results().itertuples()
    ]
    head = (
        *("Экзамен", "Участников", "Проверено баллов", "Скопление найдено на баллах"),
        *("q на пороге", "Наименьшее q среди прочих"),
    )
    caption = "Скопления баллов: каждый балл шкалы проверен как возможный порог"
    return block(Sheet(head, rows, caption, "regents-heaps"))


def refused_by_curve() -> Block:
    """Return what the test against a smooth curve says of the same data."""
    table = results()
    return block(
        f"Проверка по гладкой кривой отказалась дать ответ для {int(table.is_curve_refused.sum())} "
        f"из {len(table)} экзаменов: перевод первичных баллов в шкалу даёт «гребёнку» (одни баллы "
        "недостижимы, другие собирают сразу несколько первичных), и гладкая кривая приняла бы "
        "её за скопления. Отказ здесь – правильный ответ."
    )


def _small(value: float) -> str:
    return decimal(value, 4) if value >= 0.0001 else "менее 0,0001"

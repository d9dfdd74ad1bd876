"""Executed notebooks for tests, in the form that reports leave behind."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from msoko.catalog.registry import registry_words
from msoko.catalog.registry.wording import Wording
from msoko.core.project import HOME, Project
from msoko.site.attachments import KeyFigure
from msoko.site.page_composition import compose_page
from msoko.site.rendering.page_bodies import (
    MarkdownPage,
    PageBody,
    Renderer,
    render_markdown_page,
    render_notebooks,
)
from msoko.site.site_folder import write_site
from msoko.site.site_model import ReportPage, SiteContent, SiteMap, WrittenPage

SCHOOLS = ("Школа № 1", "Школа № 2 (село Дальнее)", "Гимназия «Росток»", "Лицей № 5")


@cache
def drawn_svg() -> str:
    """Return a small chart as a data URI, the same bytes each time."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": "test", "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(7, 3.6), layout="constrained")
        axes = figure.subplots()
        axes.barh(SCHOOLS[::-1], [81.5, 93.0, 74.2, 87.3], color="#1d6fb8", height=0.6)
        axes.set_xlabel("Доля участников, %")
        axes.spines[["top", "right"]].set_visible(False)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return f"data:image/svg+xml;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def figure_block(name: str = "schools", caption: str = "Доля «3» и выше по школам") -> str:
    """Return a figure in the contract's form, with the table behind it."""
    rows = "\n".join(f"| {school} | {87 - 4 * n},{n} |" for n, school in enumerate(SCHOOLS))
    return (
        f'![{caption}]({drawn_svg()}){{#fig-{name} fig-alt="Столбцы: доля по четырём школам."}}'
        '\n\n::: {.callout-note collapse="true" title="Данные рисунка"}\n\n'
        f"| Школа | Доля, % |\n|:---|---:|\n{rows}\n\n:::"
    )


def table_block(name: str = "subjects", columns: int = 4) -> str:
    """Return a numbered table of `columns` number columns."""
    heads = " | ".join(f"Показатель {n}, %" for n in range(1, columns + 1))
    rule = "|".join(["---:"] * columns)
    rows = "\n".join(
        f"| {school} | " + " | ".join(f"{70 + n + c},{c}" for c in range(columns)) + " |"
        for n, school in enumerate(SCHOOLS)
    )
    return f"| Организация | {heads} |\n|:---|{rule}|\n{rows}\n\n: Доли по школам {{#tbl-{name}}}"


def sentences() -> str:
    return (
        "Отметку «3» и выше получили [87,3 %](#e-so-basic) участников "
        "(95 %-й интервал: от [85,1](#e-so-basic) до [89,2 %](#e-so-basic)). "
        "По школам значения показаны на @fig-schools, по показателям – в @tbl-subjects."
    )


def provenance() -> str:
    return (
        '::: {.callout-note collapse="true" title="Откуда взялись числа"}\n\n'
        "| Число | Показатель | Числитель | Знаменатель | Источник |\n|:--|:--|--:|--:|:--|\n"
        "| []{#e-so-basic}87,3 % | so\\_vpr\\_basic | 1 234 | 1 413 | vpr\\_ma5.xlsx |\n\n:::"
    )


def code_cell(source: str, markdown: str = "", tags: tuple[str, ...] = ()) -> dict:
    outputs = []
    if markdown:
        data = {"text/markdown": markdown, "text/plain": "Block(…)"}
        outputs = [{"output_type": "display_data", "data": data, "metadata": {}}]
    return {
        "cell_type": "code",
        "id": f"c{abs(len(source)) % 97}",
        "execution_count": 1,
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
        "outputs": outputs,
    }


def markdown_cell(source: str) -> dict:
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": source}


def report_cells(columns: int = 4) -> list[dict]:
    """Return the cells of a whole report in the contract's form."""
    return [
        markdown_cell("# Система оценки качества подготовки обучающихся"),
        code_cell('school_year: str = "2024-25"', tags=("parameters",)),
        code_cell('school_year = "2024-25"', tags=("injected-parameters",)),
        markdown_cell("## Какие цели ставились?"),
        code_cell("report.goals()", "1. Объективность.\n2. Рост качества подготовки."),
        markdown_cell("## Каковы результаты ВПР?"),
        code_cell('report.reading("so_vpr_basic")', sentences()),
        code_cell("report.by_school()", figure_block()),
        code_cell("report.by_subject()", table_block(columns=columns)),
        markdown_cell("### Как считался интервал?"),
        code_cell(
            "report.method()", "Интервал Уилсона: $\\hat p = \\frac{k}{n}$.\n\n$$z = 1{,}96$$"
        ),
        code_cell(
            "report.objectivity()",
            '::: {.callout-important title="Как читать"}\nЭто признаки, а не вина.\n:::',
        ),
        markdown_cell("## Происхождение данных"),
        code_cell("report.provenance()", provenance()),
    ]


def write_notebook(path: Path, cells: list[dict] | None = None) -> Path:
    """Write an executed notebook of these cells, by default a whole report."""
    for number, cell in enumerate(cells := cells or report_cells()):
        cell["id"] = f"cell-{number}"
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    return path


def body_of(notebook: Path, renderer: Renderer = "embedded") -> PageBody:
    return render_notebooks([notebook], renderer)[0]


def page_of(notebook: Path, site: SiteMap | None = None, renderer: Renderer = "embedded") -> str:
    """Return the notebook's whole page, `a.html` of its site."""
    return compose_page(body_of(notebook, renderer), site or site_map(), "a.html")


@cache
def house_wording() -> Wording:
    return Wording(registry_words.load_house_wording(Project(HOME)))


def site_map(edition: str = "internal") -> SiteMap:
    return SiteMap(
        wording=house_wording(),
        municipality="Вереснинский муниципальный округ",
        region="Демонстрационный край",
        school_year="2024-25",
        edition=edition,
        is_synthetic=True,
        provenance=(("Версия", "0.1.0"),),
    )


DIRECTIONS = (
    ("student_outcomes", "results", "Система оценки качества подготовки обучающихся"),
    ("low_results", "results", "Система работы со школами с низкими результатами обучения"),
    ("objectivity", "system", "Объективность процедур оценки качества образования"),
)


def reports(folder: Path) -> list[ReportPage]:
    """Return three reports; the second holds a table too wide for a telephone."""
    return [
        ReportPage(
            direction=name,
            number=number,
            title=title,
            mechanism=mechanism,
            body=body_of(write_notebook(folder / f"{name}.ipynb", report_cells(4 * number))),
            purpose="Получение достоверных сведений о качестве подготовки.",
        )
        for number, (name, mechanism, title) in enumerate(DIRECTIONS, 1)
    ]


def build_site(pages: Sequence[ReportPage], out: Path, **changes: object) -> None:
    """Write the demo municipality's site of these reports; `changes` replace its other parts."""
    write_site(site_content(reports=tuple(pages), **changes), out)


def site_content(**changes: object) -> SiteContent:
    """Return the demo municipality's site without reports; `changes` replace fields."""
    facts: dict = {
        "wording": house_wording(),
        "municipality": "Вереснинский муниципальный округ",
        "municipality_genitive": "Вереснинского муниципального округа",
        "region": "Демонстрационный край",
        "school_year": "2024-25",
        "edition": "internal",
        "is_synthetic": True,
        "key_figures": KEY_FIGURES,
        "quality": render_markdown_page(QUALITY),
        "written": (
            WrittenPage("method.html", "Методика", "Как считается.", render_markdown_page(METHOD)),
        ),
        "provenance": (("Версия программы", "0.1.0"), ("Профиль", "demo")),
    }
    return SiteContent(**{**facts, **changes})


KEY_FIGURES = (
    KeyFigure(
        "Участники ВПР с отметкой «3» и выше",
        "87,3 %",
        "+2,1 п. п. к прошлому году",
        "better",
        "95 %-й интервал: 85,1–89,2 %; 1 413 участников",
        "student_outcomes.html",
    ),
    KeyFigure(
        "Средний тестовый балл ЕГЭ по русскому языку",
        "68,4",
        "−1,3 балла к прошлому году",
        "worse",
        "212 участников",
        "student_outcomes.html",
    ),
    KeyFigure("Школы с низкими результатами", "2", "без изменений", "same", "из 21 школы"),
    KeyFigure(
        "Признаки необъективности",
        "3 школы",
        "несопоставимо: изменён порядок проверки",
        "not_comparable",
    ),
)
QUALITY = MarkdownPage(
    "quality.html", "Качество данных", "## Что проверено?\n\nНи одна проверка не препятствует.\n"
)
METHOD = MarkdownPage(
    "method.html",
    "Методика расчёта показателей",
    "## Интервалы\n\nДля долей – интервал Уилсона: $\\hat p = \\frac{k}{n}$.\n",
)

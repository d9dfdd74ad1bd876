"""A project small enough to be built in a test: one file a year, one direction."""

from __future__ import annotations

import json
from pathlib import Path

PROFILE = """\
profile: tiny
name: {nominative: Верея, genitive: Вереи, prepositional: Верее}
region: {nominative: Край, genitive: Края, prepositional: Крае}
department: {nominative: Управление, genitive: Управления, prepositional: Управлении}
methodical_service: {nominative: Центр, genitive: Центра, prepositional: Центре}
is_synthetic: true
directions: [%s]
"""

DIRECTION = """\
direction: %(code)s
number: %(number)d
mechanism: results
title: Направление %(number)d
purpose: Проверить сборку
goals: [{code: g1, text: по проверке сборки}]
indicators:
  - code: mean_score
    title: Средний балл
    goal: g1
    table: school_results
    measure: mean
    numerator: mean_score
    by: [[], [school_id]]
    unit: score
    polarity: higher_is_better
    source: файл scores.csv
"""

YEAR = """\
school_year: %s
municipality: tiny
files:
  scores.csv:
    layout: columns
    table: school_results
    delimiter: ";"
    school: {id: school, name: school}
    rows:
      - columns: {mean_score: score, participant_count: pupils}
        constant: {procedure: oge, subject: mathematics, grade: "9", group_level: school}
"""

SCORES = "school;score;pupils\nA1;3.5;20\nB2;4.1;31\nC3;2.9;%s\n"

OPENING = "from msoko.core.store import Store\nfrom msoko.core.project import Project\nimport os"
COUNT = (
    'from IPython.display import Markdown\nrows = Store(Project.at(os.environ["MSOKO_PROJECT"]))'
    '.read("school_results")\nMarkdown(f"Школ: {rows.school_id.nunique()}, год {school_year}.")'
)
PARAMETERS = 'school_year: str = "2024-25"\nmunicipality: str = "tiny"\nedition: str = "internal"'

PARAMETERS_OF_SCHOOL = f'{PARAMETERS}\nschool_id: str = "A1"'
SCHOOL = (
    'from IPython.display import Markdown\nMarkdown(f"Паспорт {school_id}, [первое](first.html), '
    '[сосед](passports/B2.html), [методика](method.html#x).")'
)


def write_tiny(
    root: Path,
    years: tuple[str, ...] = ("2022-23", "2023-24"),
    codes: tuple[str, ...] = ("first", "second"),
) -> Path:
    """Write the project with a direction for each code, and return its root."""
    texts = {"profiles/tiny.yml": PROFILE % ", ".join(codes)}
    for number, code in enumerate(codes, start=1):
        texts[f"notebooks/{code}.yml"] = DIRECTION % {"code": code, "number": number}
        texts[f"notebooks/{code}.ipynb"] = json.dumps(notebook(OPENING, COUNT))
    for year in years:
        texts[f"data/raw/{year}/year.yml"] = YEAR % year
        texts[f"data/raw/{year}/scores.csv"] = SCORES % year[2:4]
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def write_passport(root: Path, *cells: str, parameters: str = PARAMETERS_OF_SCHOOL) -> None:
    """Write the notebook that is executed for each school."""
    made = notebook(*(cells or (SCHOOL,)), parameters=parameters)
    path = root / "notebooks" / "school_passport.ipynb"
    path.write_text(json.dumps(made), encoding="utf-8")
    declared = DIRECTION % {"code": "school_passport", "number": 93}
    path.with_suffix(".yml").write_text(
        declared.replace("mechanism: results", "mechanism: system"), encoding="utf-8"
    )


def notebook(*cells: str, parameters: str = PARAMETERS) -> dict:
    """Return a report's notebook: its title, its parameters, a question, the cells."""
    made = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Отчёт"},
        code("parameters", parameters, ["parameters"]),
        {"cell_type": "markdown", "id": "question", "metadata": {}, "source": "## Сколько школ?"},
    ]
    made += [code(f"cell-{place}", source, []) for place, source in enumerate(cells, start=1)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def code(identity: str, source: str, tags: list[str]) -> dict:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": identity,
        "metadata": {"tags": tags} if tags else {},
        "outputs": [],
        "source": source,
    }

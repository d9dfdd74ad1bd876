"""Every layout is declared once and complete; a new one is added as CONTRIBUTING.md says."""

from __future__ import annotations

import importlib
from collections.abc import Iterable

import pytest

from made_exports import checks, take
from msoko.catalog import load_profile
from msoko.catalog.registry.registry_words import load_wording
from msoko.core.project import HOME, Project
from msoko.ingest.layouts import known_layouts
from msoko.ingest.layouts.contract import Layout
from msoko.ingest.layouts.file_entry import COLUMNS

GUIDE = HOME / "docs" / "year_yml.md"


def titles_declared() -> dict[str, str]:
    house = Project(HOME)
    return load_wording(house, load_profile(house, "demo"))["layout"]


def lacking(layouts: Iterable[Layout]) -> list[str]:
    """Return, in plain words, what a declared layout still lacks."""
    titles = titles_declared()
    guide = GUIDE.read_text(encoding="utf-8")
    found = []
    for layout in layouts:
        if layout.name in known_layouts.REFUSED:
            continue
        if layout.name not in titles:
            found.append(f"registry/wording.yml: add «layout: {layout.name}: …», its Russian title")
        if f"| `{layout.name}` |" not in guide:
            found.append(f"docs/year_yml.md: add a line «| `{layout.name}` | … |»")
    return found


def test_every_layout_has_its_title_and_its_line_in_the_guide():
    assert lacking(known_layouts.LAYOUTS) == []


def test_no_title_is_left_of_a_layout_that_is_gone():
    titles = titles_declared()
    assert set(titles) == {*known_layouts.layout_names(), COLUMNS}


def test_names_and_titles_are_told_apart():
    for name in ("name", "title"):
        all_of_them = [getattr(layout, name) for layout in known_layouts.LAYOUTS]
        assert len(set(all_of_them)) == len(all_of_them)


ADDED = '''
"""A summary of a survey: a row per school."""

import pandas as pd

from msoko.ingest.layouts.contract import ParsedBlock
from msoko.ingest.layouts.header_layout import HeaderLayout
from msoko.ingest.sheets.cells import grid, letters, cell_numbers, cell_texts, whole
from msoko.ingest.sheets.sheet_blocks import find_blocks, body_rows, cells_of

NEEDED = ("логин школы", "вопрос", "ответили", "довольны")


def read(place, recognition, context):
    found = find_blocks(place.sheet, NEEDED, lambda row: False)
    return [read_block(place, block) for block in found]


LAYOUT = HeaderLayout(name="survey_summary", title="сводка опроса", needed=NEEDED, read=read)


def read_block(place, block):
    cells = grid(place.sheet.cells)
    body = body_rows(cells, block)
    parsed = ParsedBlock(block=block.number, rows_in=len(body))
    answers, is_bad = cell_numbers(cells[body, block.columns["ответили"]])
    content, _ = cell_numbers(cells[body, block.columns["довольны"]])
    wrong = cells_of(body[is_bad], block.columns["ответили"])
    parsed.findings += place.cell_findings(
        "unreadable", "blocking", "не число", "Исправьте.", wrong, table="surveys"
    )
    parsed.reject(body[is_bad], "не число")
    keep = body[~is_bad]
    parsed.tables["surveys"] = pd.DataFrame(
        {
            "school_code": cell_texts(cells[keep, block.columns["логин школы"]]),
            "survey": "parents",
            "question": cell_texts(cells[keep, block.columns["вопрос"]]),
            "answer_count": whole(answers[~is_bad]),
            "positive_count": whole(content[~is_bad]),
            "source_row": keep + 1,
        }
    )
    parsed.columns["surveys"] = {"answer_count": letters(block.columns["ответили"])}
    return parsed
'''
ROWS = [
    ["Логин школы", "Вопрос", "Ответили", "Довольны"],
    ["edu990101", "q1", 40, 30],
    ["edu990102", "q1", 25, 20],
    ["edu990102", "q2", "много", 20],
]


@pytest.fixture
def added(tmp_path, monkeypatch) -> Layout:
    """Return a layout written into a module of its own and registered by one line."""
    (tmp_path / "survey_summary.py").write_text(ADDED, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    layout = importlib.import_module("survey_summary").LAYOUT
    monkeypatch.setattr(known_layouts, "LAYOUTS", (*known_layouts.LAYOUTS, layout))
    return layout


def test_an_added_layout_reads_a_file(tmp_path, added):
    intake = take(tmp_path / "p", {"a.csv": ROWS})
    surveys = intake.tables["surveys"]
    assert surveys["answer_count"].tolist() == [40, 25]
    assert surveys["school_id"].nunique() == 2
    assert intake.tables["sources"]["layout"].tolist() == ["survey_summary"]
    assert intake.tables["set_aside"]["source_row"].tolist() == [4]
    assert checks(intake, "blocking") == {"unreadable"}


def test_an_added_layout_may_be_named_in_year_yml(tmp_path, added):
    year = "school_year: 2024-25\nfiles:\n  a.csv: {layout: %s}\n"
    named = take(tmp_path / "p", {"a.csv": ROWS}, year=year % "survey_summary")
    assert "declaration" not in checks(named)
    wrong = take(tmp_path / "q", {"a.csv": ROWS}, year=year % "survey_sumary")
    message = wrong.findings.set_index("check").loc["declaration", "message"]
    assert message == (
        "data/raw/2024-25/year.yml, строка 3: «layout»: значение «survey_sumary». "
        "Возможно, имелось в виду «survey_summary»."
    )


def test_what_an_added_layout_lacks_is_named(added):
    assert lacking([added]) == [
        "registry/wording.yml: add «layout: survey_summary: …», its Russian title",
        "docs/year_yml.md: add a line «| `survey_summary` | … |»",
    ]

"""What the open data must show, and how the validation notebooks are written."""

import ast
import json
import re

import numpy as np
import pandas as pd
import pytest

from msoko.core.errors import DataRefused
from msoko.core.project import HOME
from msoko.site.rendering.notebook_markdown import PageMarkdown
from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.estimators.trend import trend
from msoko.stats.objectivity.heaping import heaping_among_placebos
from research.validation import (
    multilevel_studies,
    new_mexico,
    open_data,
    poland,
    regents,
    validation_page,
)

NOTEBOOKS = sorted(validation_page.NOTEBOOKS.glob("*.ipynb"))
by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path, kind=None):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if kind is None or cell["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


# New York Regents


@pytest.mark.parametrize("exam", regents.EXAMS)
def test_the_heap_is_found_at_65_and_nowhere_else(exam):
    found = regents.scan(exam)
    assert len(found) == 98
    assert list(found.loc[found["is_found"], "score"]) == [65]


def test_without_the_lifted_pupils_nothing_is_found():
    """The pupils above the curve at 65 put back below it: the same test must fall silent."""
    counts = regents.histogram("living_environment")
    around = np.arange(60, 70)
    counts[around] = np.linspace(counts[59], counts[70], len(around) + 2)[1:-1]
    assert heaping_among_placebos(counts, 65).p > 0.2


def test_the_smooth_curve_is_refused_on_combed_scores():
    assert regents.results()["is_curve_refused"].all()


# New Mexico


def test_the_published_regression_is_reproduced():
    panels = new_mexico.agreement()
    exact = panels[panels["is_exact"]]
    assert (len(panels), len(exact)) == (40, 39)
    assert exact["z"].max() < 1e-8 and exact["t"].max() < 1e-8
    [left] = panels[~panels["is_exact"]].itertuples()
    assert (left.test_year, left.subject, left.grade) == (2011, "read", 8)


def test_every_published_flag_is_reproduced():
    rows = new_mexico.reproduced()
    assert rows["flagged_t95"].sum() == 447
    assert (rows["our_flag"] == rows["flagged_t95"]).all()
    whole = rows[~((rows["test_year"] == 2011) & (rows["subject"] == "read"))]
    assert whole["our_p"].to_numpy() == pytest.approx(whole["tprob"].to_numpy(), abs=1e-7)


def test_other_weights_do_not_reproduce_it():
    table = open_data.frozen("new_mexico")
    panel = table[(table["test_year"] == 2008) & (table["subject"] == "math")]
    panel = panel[panel["grade"] == 4]
    for weight in (panel["n2"], panel["n1"], panel["n1"] * 0 + 1):
        slope, intercept = np.polyfit(panel["ss1"], panel["ss2"], 1, w=np.sqrt(weight))
        gap = np.abs(intercept + slope * panel["ss1"] - panel["predicted"]).max()
        assert gap > 100 * new_mexico.ROUNDING


def test_false_discovery_control_leaves_few_of_the_flags():
    counts = new_mexico.flag_counts().set_index("rule")["flagged"]
    assert counts["published"] <= counts["chance"]
    assert counts["by_10"] <= counts["bh_05"] <= counts["bh_10"] < counts["published"] / 20


# High School & Beyond, London


def test_the_textbook_s_numbers_come_out():
    ours = multilevel_studies.hsb_numbers()
    for name, (value, _) in multilevel_studies.PUBLISHED.items():
        assert ours[name] == pytest.approx(value, abs=0.0051), name


def test_raw_leaders_are_mostly_not_told_from_the_average():
    known = multilevel_studies.facts()
    assert known["hsb"]["icc"] == pytest.approx(0.18, abs=0.005)
    for study in ("hsb", "london"):
        assert 0 < known[study]["leaders_above"] < known[study]["leaders"]
        assert known[study]["apart"] < known[study]["schools"] / 2


# Poland


def test_no_trend_is_claimed_out_of_three_or_four_years():
    series = poland.short_series()
    assert len(series) == 48
    assert series["is_monotone"].sum() > 0
    assert not series["is_trend_3"].any() and not series["is_trend_4"].any()
    refusal = trend([0.1, 0.2, 0.3], [2021, 2022, 2023])
    assert isinstance(refusal, NotEstimable) and refusal.reason is Reason.TOO_FEW_YEARS


def test_standing_has_the_country_at_zero_and_one_rule_of_closure():
    rows = poland.standing("math")
    assert rows["n"].min() == 10
    means = (rows["n"] * rows["z"]).groupby(rows["year"]).sum() / rows.groupby("year")["n"].sum()
    assert means.to_numpy() == pytest.approx(np.zeros(4), abs=1e-12)
    assert not rows.duplicated(["year", *poland.KEY]).any()


def test_change_is_judged_between_schools():
    found = poland.changes()
    assert len(found) == 48
    assert (found["low"] < found["value"]).all() and (found["value"] < found["high"]).all()
    assert 0 < (found["q"] <= poland.LEVEL).sum() < 12


# The data and the page


def test_the_frozen_data_are_what_they_were(tmp_path):
    names = json.loads((open_data.FOLDER / "SOURCE.json").read_text(encoding="utf-8"))
    assert set(names) == {"regents", "new_mexico", "hsb", "london"}
    assert all(len(open_data.frozen(name)) == entry["rows"] for name, entry in names.items())
    for name in ("SOURCE.json", "regents.csv"):
        (tmp_path / name).write_bytes((open_data.FOLDER / name).read_bytes())
    with (tmp_path / "regents.csv").open("a", encoding="utf-8") as file:
        file.write("101,1,1,1,1,1\n")
    with pytest.raises(DataRefused, match=r"regents\.csv: содержимое файла не совпадает"):
        open_data.frozen("regents", tmp_path)


def test_the_page_holds_each_notebook_without_code():
    chunks = ("## Вопрос\n\nЧто?", "::: {.code-cell}\n```python\nx()\n```\n:::", "![a](t.svg)")
    made = PageMarkdown("Заголовок", chunks, {"t.svg": "data:image/svg+xml;base64,AA=="}, 1)
    text = validation_page.page_markdown({"new_mexico": made})
    assert "## Заголовок {#new-mexico}" in text and "### Вопрос" in text
    assert "x()" not in text and "![a](data:image/svg+xml;base64,AA==)" in text


def test_the_kept_facts_are_those_of_the_data():
    kept = (HOME / "docs" / "method" / "validation.json").read_text(encoding="utf-8")
    assert json.loads(kept) == json.loads(json.dumps(validation_page.facts())), "run `make proof`"


def test_blocks_are_markdown_for_every_notebook():
    """Each answer cell, called here instead of in a kernel."""
    for path in NOTEBOOKS:
        names: dict[str, object] = {}
        for cell in cells(path, "code"):
            text = source(cell)
            if cell["id"].endswith("-answer"):
                assert "text/markdown" in eval(text, names)._repr_mimebundle_()
            else:
                exec(text, names)


# How the notebooks are written


def test_every_notebook_is_on_the_page():
    assert {path.stem for path in NOTEBOOKS} == set(validation_page.ORDER)


@by_name
def test_question_call_reading(path):
    found = cells(path)
    assert re.match(r"# \w", source(found[0]))
    for place, cell in enumerate(found):
        if cell["cell_type"] != "code" or cell["id"] in ("parameters", "open"):
            continue
        [line] = ast.parse(source(cell)).body
        assert isinstance(line, ast.Expr) and isinstance(line.value, ast.Call)
        assert source(found[place - 1]).rstrip().endswith("?")


@by_name
def test_no_output_no_number_in_prose_and_stable_ids(path):
    found = cells(path)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in found)
    assert len({cell["id"] for cell in found}) == len(found)
    for cell in cells(path, "markdown"):
        assert not re.search(r"\d", source(cell)), source(cell)


def test_polish_tables_are_all_four_years():
    assert isinstance(open_data.polish_schools(), pd.DataFrame)
    assert sorted(open_data.polish_schools()["year"].unique()) == [2021, 2022, 2023, 2024]


def test_the_facts_and_the_page_are_written_together(tmp_path, monkeypatch):
    made = {"regents": PageMarkdown("Заголовок", ("## Вопрос\n\nЧто?",), {}, 0)}
    monkeypatch.setattr(validation_page, "executed", lambda say: made)
    validation_page.write_validation(tmp_path)
    kept = json.loads((tmp_path / "validation.json").read_text(encoding="utf-8"))
    assert kept["regents"]["found"] == [65]
    validation_page.write_html(tmp_path / "validation.md", tmp_path / "out" / "index.html")
    html = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "<h1>Проверка на открытых данных</h1>" in html and 'id="regents"' in html
    assert "Синтетические данные" not in html


def test_a_failing_notebook_writes_nothing(tmp_path, monkeypatch):
    def failing(say):
        raise DataRefused("нет данных")

    monkeypatch.setattr(validation_page, "executed", failing)
    with pytest.raises(DataRefused):
        validation_page.write_validation(tmp_path)
    assert list(tmp_path.iterdir()) == []

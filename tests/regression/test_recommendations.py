"""Each recommendation of the built demo leads back to its numbers and on to a measure."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from lxml import html as lxml_html

from demo_site import YEAR
from msoko import catalog
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.core.tables import GROUP

SIGNS = ("flagged", "low_results")


def advised(demo: Path) -> pd.DataFrame:
    rows = Store(Project.at(demo)).read("recommendations", [SchoolYear.parse(YEAR)])
    assert len(rows) > 10
    return rows


def directions(demo: Path) -> dict[str, catalog.Direction]:
    return {one.direction: one for one in catalog.load_directions(Project.at(demo), "demo")}


def test_each_has_its_rule_its_indicator_its_addressee_and_its_words(demo: Path) -> None:
    declared = directions(demo)
    for row in advised(demo).itertuples():
        rules = {one.code: one for one in declared[row.direction].recommendations}
        rule = rules[row.rule]
        assert row.indicator == rule.indicator
        assert row.recipient in {one.recipient for one in rule.advice}
        for text in (row.finding, row.text, row.deadline, row.expected):
            assert text.strip() and "{{" not in text, row


def test_each_names_a_measure_of_the_own_roadmap(demo: Path) -> None:
    codes = {one.code for one in catalog.load_roadmap(Project.at(demo), "demo")}
    assert {row.measure for row in advised(demo).itertuples()} <= codes


def test_each_stands_on_a_value_with_its_n_and_interval(demo: Path) -> None:
    values = Store(Project.at(demo)).read("indicators", [SchoolYear.parse(YEAR)])
    declared = directions(demo)
    for row in advised(demo).itertuples():
        rule = {one.code: one for one in declared[row.direction].recommendations}[row.rule]
        unit = "school" if isinstance(row.school_id, str) else "municipality"
        own = values[
            (values["direction"] == row.direction)
            & (values["indicator"] == row.indicator)
            & (values["unit_of_analysis"] == unit)
        ]
        for key in GROUP:
            is_named = own[key].notna() if key == rule.merge else own[key].isna()
            value = getattr(row, key)
            own = own[is_named if pd.isna(value) else own[key] == value]
        own = own.dropna(subset=["value"])
        assert len(own), row
        assert (own["n"] > 0).any(), row
        indicator = declared[row.direction].indicator(row.indicator)
        if indicator.interval != "none" and rule.when not in SIGNS:
            assert own["low"].notna().any(), row


@pytest.mark.parametrize("edition", ["internal", "public"])
def test_each_on_the_page_links_to_evidence_that_is_there(demo: Path, edition: str) -> None:
    shown = 0
    for code in directions(demo):
        page = demo / "reports" / YEAR / edition / f"{code}.html"
        root = lxml_html.fromstring(page.read_bytes())
        anchors = set(root.xpath("//@id"))
        for table in root.xpath("//table[.//th[contains(., 'Что установлено')]]"):
            for line in table.xpath(".//tbody/tr"):
                links = [link[1:] for link in line.xpath(".//a/@href") if link.startswith("#e-")]
                assert links, (code, line.text_content()[:200])
                assert set(links) <= anchors, (code, links)
                shown += 1
    rows = advised(demo)
    if edition == "internal":
        assert shown == len(rows)
    else:
        assert 0 < shown <= rows["school_id"].isna().sum()


def test_the_annex_gives_value_interval_n_and_rule_of_each(demo: Path) -> None:
    rows = advised(demo)
    for code, declared in directions(demo).items():
        book = openpyxl.load_workbook(demo / "reports" / YEAR / "internal" / f"{code}.xlsx")
        own = rows[rows["direction"] == code]
        lines = [line for line in book["Рекомендации"].iter_rows(values_only=True) if any(line)]
        start = next(place for place, line in enumerate(lines) if "Правило" in line)
        head, body = lines[start], lines[start + 1 :]
        body = body if len(own) else []
        assert len(body) == len(own), code
        rules = {one.code: one for one in declared.recommendations}
        for line in body:
            said = dict(zip(head, line, strict=True))
            rule = rules[said["Правило"]]
            assert said["Код показателя"] == rule.indicator
            if rule.when not in SIGNS:
                assert isinstance(said["Значение"], int | float), said
                assert said["n"] >= 1, said
            assert re.fullmatch(r"\d+(\.\d+)+", said["Пункт дорожной карты"]), said

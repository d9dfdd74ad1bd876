"""The blocks that a municipality's own document asks of the annual summary."""

import dataclasses
import re

import pandas as pd
import pytest

from msoko import catalog
from msoko.catalog.municipality.region_best import RegionBest
from msoko.catalog.municipality.summary_blocks import SummaryBlock, SummaryItem
from msoko.catalog.yaml.declaration_lines import DeclarationLine
from msoko.report.sections.pages import own_summary


def text_of(block):
    return block._repr_mimebundle_()["text/markdown"]


def item(text, *indicators, **more):
    return SummaryItem(text=text, indicators=indicators, **more)


def with_blocks(report, *items, kind="figures"):
    page = catalog.load_direction(report.project, "annual_summary")
    blocks = (SummaryBlock(code="b", title="Показатели раздела", items=items, kind=kind),)
    profile = dataclasses.replace(report.profile, summary_blocks=blocks, document="Положение")
    made = dataclasses.replace(report, direction=page, profile=profile)
    if not report.is_public:
        made.__dict__["values"] = report.values
    return made


def with_whole(report):
    """Give the report an indicator of the whole: its values are those of Russian."""
    (direction,) = report.directions
    own = dataclasses.replace(
        direction.indicator("er_success"), code="whole", by=((), ("school_id",))
    )
    rows = report.values
    rows = rows[(rows["indicator"] == "er_success") & (rows["subject"] == "russian")]
    rows = rows.assign(indicator="whole", subject=None)
    changed = dataclasses.replace(direction, indicators=(*direction.indicators, own))
    made = dataclasses.replace(report, directions=(changed,), direction=changed)
    made.__dict__["values"] = pd.concat([report.values, rows], ignore_index=True)
    return made


@pytest.fixture
def best(monkeypatch):
    """Say what is known of the region's best values."""

    def give(**values):
        found = {
            code: RegionBest("2024-25", code, value, "Город", "письмо", DeclarationLine())
            for code, value in values.items()
        }
        monkeypatch.setattr(catalog, "load_region_best", lambda *_: found)

    give()
    return give


def test_a_profile_without_blocks_says_so_without_a_table(made):
    report = made(3, 2)
    page = catalog.load_direction(report.project, "annual_summary")
    text = text_of(own_summary.own_summary(dataclasses.replace(report, direction=page)))
    assert "не называет показателей" in text and "|" not in text


@pytest.mark.parametrize("edition", ["internal", "public"])
@pytest.mark.parametrize(("schools", "years"), [(1, 1), (2, 2), (5, 2), (30, 2)])
def test_lines_are_the_document_s_words_at_every_size(made, best, schools, years, edition):
    report = with_blocks(
        made(schools, years, edition=edition),
        item("Рост *доли* успешных", "er_success"),
        item("Доступность", needs="Акт проверки."),
    )
    text = text_of(own_summary.own_summary(report))
    assert "### Показатели раздела" in text and "Рост \\*доли\\* успешных" in text
    assert "Нет данных за год. Нужно: акт проверки" in text
    assert "nan" not in text and "<NA>" not in text
    assert set(re.findall(r"#e-([0-9a-f]{8})", text)) <= set(report.ledger.entries)


def test_an_indicator_without_data_names_what_it_needs(made, best):
    base = made(3, 2)
    (direction,) = base.directions
    absent = dataclasses.replace(
        direction.indicators[0], code="gone", title="Нет такого", source="Форма ОО-1",
        by=((),), target=None,
    )  # fmt: skip
    changed = dataclasses.replace(direction, indicators=(*direction.indicators, absent))
    report = with_blocks(
        dataclasses.replace(base, directions=(changed,)), item("Строка", "gone", "er_success")
    )
    text = text_of(own_summary.own_summary(report))
    assert "Нет такого: нет данных за год. Нужно: форма ОО\\-1" in text
    assert "за этот год вычислена 1" in text


def test_points_need_the_region_s_best(made, best):
    report = with_blocks(with_whole(made(6, 2)), item("1.1", "whole"), kind="motivating")
    text = text_of(own_summary.own_summary(report))
    assert "Баллы" not in text.split("Лучшее значение")[0]
    assert "не указано у\xa0" in text or "не указано у 1" in text
    assert "region_best.csv" in text


def test_points_are_the_ratio_to_the_best_with_its_interval(made, best):
    base = with_whole(made(6, 2))
    value = next(iter(base.rows("whole", year=base.year)))["value"]
    best(whole=value / 0.8)
    report = with_blocks(base, item("1.1", "whole"), kind="motivating")
    text = text_of(own_summary.own_summary(report))
    assert re.search(r"80,0 \(от\xa0\d+,\d до\xa0\d+,\d", text)
    assert "Город (письмо)" in text and "не указано" not in text


def test_better_than_the_best_is_no_point_over_a_hundred(made, best):
    best(whole=0.0001)
    report = with_blocks(with_whole(made(6, 2)), item("1.1", "whole"), kind="motivating")
    assert "более 100: значение лучше названного" in text_of(own_summary.own_summary(report))


def test_a_subject_s_line_has_no_points_of_the_whole_s_best(made, best):
    best(er_success=0.9)
    report = with_blocks(made(6, 2), item("1.1", "er_success"), kind="motivating")
    text = text_of(own_summary.own_summary(report))
    rows = [line for line in text.splitlines() if "русский язык" in line]
    assert rows and all(line.rstrip(" |").endswith("–") for line in rows)


def test_parts_make_tables_in_the_document_s_order(made, best):
    report = with_blocks(
        made(3, 2),
        item("а", "er_success", part="Вторая часть"),
        item("б", needs="Х.", part="Первая часть"),
        item("в", needs="У.", part="Вторая часть"),
    )
    text = text_of(own_summary.own_summary(report))
    assert re.findall(r": (.+ часть), ", text) == ["Вторая часть", "Первая часть"]
    assert re.findall(r"\{#tbl-(own-b-\d)\}", text) == ["own-b-1", "own-b-2"]

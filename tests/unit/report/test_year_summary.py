import dataclasses
import re

import pytest

from msoko import catalog
from msoko.report.data.indicator_line import IndicatorLine
from msoko.report.sections.pages import year_matters, year_summary
from msoko.stats.estimators.estimate import Estimate
from msoko.stats.estimators.judged_changes import JudgedChange
from msoko.stats.estimators.multiplicity import adjust

CALLS = ("key_figures", "year_changes", "risks", "year_decisions", "own_summary",
         "roadmap_calendar", "roadmap_undated", "roadmap_status", "roadmap_returns")  # fmt: skip


def of_year(report):
    page = catalog.load_direction(report.project, "annual_summary")
    return dataclasses.replace(report, direction=page)


def text_of(block):
    return block._repr_mimebundle_()["text/markdown"]


@pytest.mark.parametrize("edition", ["internal", "public"])
@pytest.mark.parametrize(("schools", "years"), [(1, 1), (3, 2), (6, 5)])
def test_every_block_says_something_at_every_size(made, schools, years, edition):
    report = of_year(made(schools, years, edition=edition))
    for name in CALLS:
        text = text_of(getattr(report, name)())
        assert text.strip() and "nan" not in text and "<NA>" not in text, name


def test_key_figures_are_the_directions_first_known_and_lead_to_evidence(made):
    report = of_year(made())
    text = text_of(report.key_figures())
    cited = re.findall(r"\(#e-([0-9a-f]{8})\)", text)
    assert len(cited) == 3 and set(cited) == set(report.ledger.entries)
    assert "(exam_results.html)" in text


def test_changes_are_those_told_over_all_directions(made):
    report = made(slope=3.0)
    found = [one for one in report.changes.values() if one.has_interval]
    told = [q for q in adjust([one.estimate.p for one in found]) if q <= report.change_level]
    text = text_of(of_year(report).year_changes())
    assert told and len(re.findall(r"\(exam_results\.html\)", text)) == len(told)
    assert "**Стало лучше**" in text and "**Стало хуже**" not in text and "↓" not in text


def test_chance_is_no_change(made):
    text = text_of(of_year(made(slope=0.0)).year_changes())
    assert "все неотличимы от случайного" in " ".join(text.split()) and "|" not in text


def test_one_year_has_no_changes(made):
    assert "оценить нельзя" in text_of(of_year(made(years=1)).year_changes())


def test_the_page_of_changes_holds_only_what_it_has_room_for(made, monkeypatch):
    report = of_year(made(slope=3.0))
    whole = text_of(report.year_changes())
    monkeypatch.setattr(year_summary, "MOST_CHANGES", 1)
    text = text_of(of_year(made(slope=3.0)).year_changes())
    rows = len(re.findall(r"\(exam_results\.html\)", text))
    assert rows == 1 < len(re.findall(r"\(exam_results\.html\)", whole))
    assert "в отчётах направлений" in text and "в отчётах направлений" not in whole


def test_what_became_worse_is_never_left_out_for_what_became_better(made, monkeypatch):
    monkeypatch.setattr(year_summary, "MOST_CHANGES", 1)
    found = [
        year_summary.YearChange(None, line, JudgedChange(1.0, 1.0 + move, estimate(move), q, True))
        for line, move, q in ((line_of("higher_is_better"), 1.0, 0.001),
                              (line_of("higher_is_better"), -1.0, 0.04))
    ]  # fmt: skip
    monkeypatch.setattr(year_summary, "is_comparable", lambda *_: True)
    assert [one.verdict for one in year_summary._shown(found)] == ["worse"]


def line_of(polarity):
    indicator = catalog.Indicator("c", "Показатель", "g", "results", "share", "mark >= 3",
                                  "percent", polarity, "…")  # fmt: skip
    return IndicatorLine(indicator)


def estimate(move):
    return Estimate(move, move - 0.1, move + 0.1, 9)


def test_figures_with_targets_come_first_then_the_key_ones(made):
    report = of_year(made())
    (direction,) = report.directions
    aimed = direction.indicators[-1]
    target = catalog.Target(0.5, "дорожная карта")
    indicators = (*direction.indicators[:-1], dataclasses.replace(aimed, target=target))
    keyed = dataclasses.replace(direction, indicators=indicators, key_figures=("er_participants",))
    text = text_of(dataclasses.replace(report, directions=(keyed,)).key_figures())
    titles = [line.split("|")[1].strip() for line in text.splitlines() if "#e-" in line]
    assert titles[0].startswith((aimed.short_title or aimed.title)[:10])
    participants = direction.indicator("er_participants")
    assert titles[2].startswith((participants.short_title or participants.title)[:10])
    assert "50,0\xa0%" in text and "Целевых значений" not in text


def test_a_complete_count_shows_its_difference_and_no_verdict(made):
    report = of_year(made(slope=3.0))
    (direction,) = report.directions
    keyed = dataclasses.replace(direction, key_figures=("er_participants",))
    text = text_of(dataclasses.replace(report, directions=(keyed,)).key_figures())
    (row,) = [line for line in text.splitlines() if "#e-" in line][:1]
    assert "0\xa0чел." in row and "улучшение" not in row


def test_a_long_text_is_cut_after_a_word_with_a_mark():
    text = "слово " * 40
    short = year_matters.brief(text)
    assert short.endswith("слово…") and len(short) <= year_matters.ROOM + 1
    assert year_matters.brief("короткий текст") == "короткий текст"


def test_figures_of_a_first_year_say_nothing_of_changes(made):
    first, second = (text_of(of_year(made(years=years)).key_figures()) for years in (1, 2))
    assert "Сравнить не с чем" in first and "неотличим" not in first
    assert "Сравнить не с чем" not in second

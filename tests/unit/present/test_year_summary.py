import dataclasses
import re

import pytest

from msoko import catalog
from msoko.present.change import LEVEL
from msoko.stats.multiplicity import adjust

CALLS = ("key_figures", "year_changes", "risks", "year_decisions", "roadmap_calendar",
         "roadmap_undated", "roadmap_status", "roadmap_returns")  # fmt: skip


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
    told = [q for q in adjust([one.estimate.p for one in found]) if q <= LEVEL]
    text = text_of(of_year(report).year_changes())
    assert told and len(re.findall(r"\(exam_results\.html\)", text)) == len(told)


def test_chance_is_no_change(made):
    text = text_of(of_year(made(slope=0.0)).year_changes())
    assert "не отличимо ни одно" in text and "|" not in text


def test_one_year_has_no_changes(made):
    assert "оценить нельзя" in text_of(of_year(made(years=1)).year_changes())

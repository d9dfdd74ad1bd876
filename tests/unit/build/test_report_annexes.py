"""The figures of the index are judged in one family with every change of the year."""

from __future__ import annotations

from functools import partial

from msoko.build.steps.report_annexes import Annex, IndexFigure, index_figures
from msoko.site.attachments import KeyFigure
from msoko.stats.estimators.judged_changes import judge


def annex(p: float | None, told: str, *others: float) -> Annex:
    change_is = "neutral" if p is None else "same"
    figure = IndexFigure(KeyFigure("…", "1", change_is=change_is), told, p)
    return Annex((), (figure,), [*([p] if p is not None else []), *others])


def senses(*annexes: Annex) -> list[str]:
    return [one.change_is for one in index_figures(annexes, partial(judge, level=0.05))]


def test_a_change_is_told_where_the_whole_years_family_tells_it():
    assert senses(annex(0.001, "better"), annex(0.9, "worse")) == ["better", "same"]


def test_a_change_that_its_own_direction_would_tell_is_lost_among_many():
    alone = annex(0.03, "worse")
    assert senses(alone) == ["worse"]
    assert senses(alone, annex(0.5, "better", *[0.6] * 20)) == ["same", "same"]


def test_a_figure_without_an_interval_is_never_told():
    assert senses(annex(None, "neutral", 0.0001)) == ["neutral"]


def test_no_report_has_changes():
    assert senses(annex(None, "neutral")) == ["neutral"]

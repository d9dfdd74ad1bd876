"""A direction that the profile makes part of another: its analysis within the other's report."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from msoko import catalog
from msoko.catalog.directions.notebook_outline import Analysis, NotebookQuestion, load_analysis
from msoko.report.block import Block, BlockPart, Prose, block, cell

if TYPE_CHECKING:
    from msoko.report.data.report_data import ReportData

OWN = frozenset({"folded", "summary"})
"""Questions that a part does not ask again."""


def folded(report: ReportData, code: str, ask: Callable[[NotebookQuestion], Block]) -> Block:
    """Answer what the notebook of `code` asks, where the profile folds it into this direction.

    Elsewhere say where its report is. The questions are read off that notebook, so they are
    kept in one place; one that this report's own notebook asks too is not answered twice.
    `ask` answers one of them for this report.
    """
    if report.profile.folds.get(code) != report.direction.direction:
        return block(_elsewhere(report, code))
    own = load_analysis(report.project, report.direction.direction)
    part = load_analysis(report.project, code)
    asked = {one.call for one in own.questions}
    kept = [one for one in part.questions if one.call not in asked and one.method not in OWN]
    answers = [answer for one in kept for answer in _answered(one, ask)]
    return block(report.say("folded.here"), Prose(_without_heading(part.opening)), *answers)


def _answered(
    question: NotebookQuestion, ask: Callable[[NotebookQuestion], Block]
) -> list[BlockPart]:
    parts: list[BlockPart] = [Prose(_lower(question.words)), *ask(question).parts]
    return parts + ([Prose(question.reading)] if question.reading else [])


def _lower(words: str) -> str:
    """Return a question with its heading one level down: it stands under the part's own."""
    return re.sub(r"(?m)^(#{2,5}) ", r"#\1 ", words)


def _without_heading(words: str) -> str:
    return re.sub(r"(?m)^#+ .*\n*", "", words).strip()


def _elsewhere(report: ReportData, code: str) -> str:
    into = report.profile.folds.get(code, code)
    for one in report.directions:
        if one.direction == into:
            return report.say("folded.apart", title=cell(one.title), page=f"{into}.html")
    title = catalog.load_direction(report.project, code).title
    return report.say("folded.nowhere", title=cell(title))


def summary_codes(report: ReportData) -> tuple[str, ...]:
    """Return the indicators that the notebooks of folded directions put into their summary."""
    found: list[str] = []
    for code, into in report.profile.folds.items():
        if into == report.direction.direction:
            part: Analysis = load_analysis(report.project, code)
            found += [one for one in part.summary if one not in found]
    return tuple(found)

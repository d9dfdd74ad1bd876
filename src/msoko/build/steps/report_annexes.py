"""What goes with a report's page: its tables in Excel, a calendar, its figure for the index."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from msoko.build.graph.report_list import ROADMAP
from msoko.catalog import Direction, load_direction
from msoko.catalog.municipality.profile import Profile
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.whole_files import write_whole
from msoko.site.attachments import Attachment, KeyFigure

if TYPE_CHECKING:
    from msoko.report.data.indicator_line import IndicatorLine
    from msoko.report.data.judged_data import JudgedData
    from msoko.stats.estimators.judged_changes import Judgement

FIGURES_PER_DIRECTION = 1
SENSED = ("better", "worse")
"""Changes that have a sense; others are shown without one."""
Judge = Callable[[Sequence[float]], Sequence["Judgement"]]
"""Judges p-values of one family (`msoko.stats.estimators.judged_changes.judge`)."""


@dataclass(frozen=True)
class IndexFigure:
    """A figure of the index, and what its change is called once it is told from chance."""

    shown: KeyFigure
    change_is: str
    p: float | None = None


@dataclass(frozen=True)
class Annex:
    """What goes with a report's page; `p_values`: of all changes that the report judges."""

    files: Sequence[Attachment]
    figures: Sequence[IndexFigure]
    p_values: Sequence[float]


def make_annex(
    project: Project,
    year: SchoolYear,
    profile: Profile,
    directions: tuple[Direction, ...],
    report: str,
    edition: str,
    out: Path,
) -> None:
    """Write the files that go beside a report's page, and its figures, into one file."""
    from msoko.report import Report  # the builder, which reads annexes, loads no tables

    own = next((one for one in directions if one.direction == report), None)
    direction = own or load_direction(project, report)
    reading = Report(project, year, profile, direction, directions, edition)
    is_roadmap = report == ROADMAP
    files = _roadmap_files(reading) if is_roadmap else _tables(reading)
    facts = {
        "files": [asdict(one) | {"content": b64encode(one.content).decode()} for one in files],
        "figures": [] if is_roadmap else [asdict(one) for one in _key_figures(reading)],
        "p_values": [] if is_roadmap else _p_values(reading),
    }
    write_whole(out, json.dumps(facts, ensure_ascii=False) + "\n")


def read_annex(path: Path) -> Annex:
    """Return what `make_annex` wrote."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    files = [Attachment(**one | {"content": b64decode(one["content"])}) for one in facts["files"]]
    figures = [
        IndexFigure(**one | {"shown": KeyFigure(**one["shown"])}) for one in facts["figures"]
    ]
    return Annex(files, figures, facts["p_values"])


def index_figures(annexes: Sequence[Annex], judge: Judge) -> tuple[KeyFigure, ...]:
    """Return the figures of the index, their changes judged in one family with all others.

    It is the family of the year's summary, so that both pages say the same of a change.
    """
    p_values = [p for one in annexes for p in one.p_values]
    known = dict(zip(p_values, judge(p_values), strict=True)) if p_values else {}
    return tuple(
        replace(figure.shown, change_is=figure.change_is)
        if figure.p is not None and known[figure.p].is_told
        else figure.shown
        for one in annexes
        for figure in one.figures
    )


def _tables(report: JudgedData) -> Iterator[Attachment]:
    from msoko.documents.excel_annex import annex

    title = report.say("site.report.tables")
    yield Attachment(f"{report.direction.direction}.xlsx", title, annex(report))


def _roadmap_files(report: JudgedData) -> Iterator[Attachment]:
    from msoko.documents import roadmap_files

    tables, calendar = report.say("site.report.tables"), report.say("site.report.calendar")
    yield Attachment(f"{ROADMAP}.xlsx", tables, roadmap_files.tables(report))
    yield Attachment(f"{ROADMAP}.ics", calendar, roadmap_files.calendar_file(report))


def _p_values(report: JudgedData) -> list[float]:
    return [one.p for one in report.changes.values() if one.has_interval]


def _key_figures(report: JudgedData) -> list[IndexFigure]:
    """Return the first figures that a direction has this year."""
    known = [line for line in report.all_lines if _is_known(report, line)]
    return [_figure(report, one) for one in known[:FIGURES_PER_DIRECTION]]


def _is_known(report: JudgedData, line: IndicatorLine) -> bool:
    row = report.line_row(line)
    return row is not None and row["value"] == row["value"]


def _figure(report: JudgedData, line: IndicatorLine) -> IndexFigure:
    from msoko.core import russian
    from msoko.report.data.line_changes import is_comparable

    row, unit = report.line_row(line), line.indicator.unit
    found = report.changes[line]
    told = replace(found, is_told=True).verdict(line.indicator.polarity)
    detail = ""
    if row["low"] == row["low"]:
        interval = russian.span(row["low"], row["high"], unit)
        detail = report.say("site.index.interval", interval=interval)
    is_known = found.difference is not None and is_comparable(report, line)
    is_judged = is_known and found.has_interval
    change = ""
    if is_known:
        difference = russian.change(found.difference, unit)
        change = report.say("site.index.change", change=difference)
    shown = KeyFigure(
        title=report.title(line),
        value=russian.amount(row["value"], unit),
        change=change,
        change_is="same" if is_judged else "neutral" if is_known else "not_comparable",
        detail=detail,
        href=f"{report.direction.direction}.html",
    )
    p = found.p if is_judged else None
    return IndexFigure(shown, told if told in SENSED else "neutral", p)

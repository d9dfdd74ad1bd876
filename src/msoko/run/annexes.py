"""What goes with a report's page: its tables in Excel, a calendar, its figure for the index."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msoko.catalog import Direction, load_direction
from msoko.catalog.municipality import Profile
from msoko.project import Project
from msoko.publish.model import Attachment, KeyFigure
from msoko.publish.writing import write_whole
from msoko.run.reports import ROADMAP
from msoko.school_year import SchoolYear

if TYPE_CHECKING:
    from msoko.present.reading import Line, Reading

FIGURES_PER_DIRECTION = 1
VERDICTS = {"better": "better", "worse": "worse", "within": "same"}


@dataclass(frozen=True)
class Declared:
    """A profile and its directions, loaded and checked once for a build."""

    profile: Profile
    directions: tuple[Direction, ...]


def make_annex(
    project: Project, year: SchoolYear, declared: Declared, report: str, edition: str, out: Path
) -> None:
    """Write the files that go beside a report's page, and its figures, into one file."""
    reading = _reading(project, year, declared, report, edition)
    files = _roadmap_files(reading) if report == ROADMAP else _tables(reading)
    figures = () if report == ROADMAP else _key_figures(reading)
    facts = {
        "files": [asdict(one) | {"content": b64encode(one.content).decode()} for one in files],
        "figures": [asdict(one) for one in figures],
    }
    write_whole(out, json.dumps(facts, ensure_ascii=False) + "\n")


def kept_annex(path: Path) -> tuple[list[Attachment], list[KeyFigure]]:
    """Return the files and the figures that `make_annex` wrote."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    files = [Attachment(**one | {"content": b64decode(one["content"])}) for one in facts["files"]]
    return files, [KeyFigure(**one) for one in facts["figures"]]


def _reading(
    project: Project, year: SchoolYear, declared: Declared, report: str, edition: str
) -> Reading:
    from msoko.present import Report

    everything = declared.directions
    own = next((one for one in everything if one.direction == report), None)
    direction = own or load_direction(project, report)
    return Report(project, year, declared.profile, direction, everything, edition)


def _tables(report: Reading) -> Iterator[Attachment]:
    from msoko.present.annex import annex

    content, text = annex(report)
    yield Attachment(f"{report.direction.direction}.xlsx", "Таблицы в Excel", content, text)


def _roadmap_files(report: Reading) -> Iterator[Attachment]:
    from msoko.present import roadmap_files

    content, text = roadmap_files.tables(report)
    yield Attachment(f"{ROADMAP}.xlsx", "Таблицы в Excel", content, text)
    made = roadmap_files.calendar(report)
    yield Attachment(f"{ROADMAP}.ics", "Календарь сроков (.ics)", made, made.decode())


def _key_figures(report: Reading) -> list[KeyFigure]:
    """Return the first figures that a direction has this year."""
    known = [line for line in report.all_lines if _is_known(report, line)]
    return [_figure(report, one) for one in known[:FIGURES_PER_DIRECTION]]


def _is_known(report: Reading, line: Line) -> bool:
    rows = report.rows_of(line, year=report.year)
    return bool(len(rows) and rows["value"].notna().iloc[0])


def _figure(report: Reading, line: Line) -> KeyFigure:
    from msoko.present import change, russian

    row, unit = report.rows_of(line, year=report.year).iloc[0], line.indicator.unit
    found = report.changes[line]
    verdict = found.verdict(line.indicator.polarity)
    detail = ""
    if row["low"] == row["low"]:
        detail = f"95 % интервал: {russian.span(row['low'], row['high'], unit)}"
    is_known = found.difference is not None and change.comparable(report, line)
    return KeyFigure(
        title=report.title(line),
        value=russian.amount(row["value"], unit),
        change=f"{russian.change(found.difference, unit)} за год" if is_known else "",
        change_is=VERDICTS.get(verdict, "neutral") if is_known else "not_comparable",
        detail=detail,
        href=f"{report.direction.direction}.html",
    )

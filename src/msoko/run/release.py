"""What the site says beyond its notebooks: key figures, data quality, provenance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msoko
from msoko.catalog import is_synthetic, load_direction, load_directions
from msoko.catalog.meetings import MEETINGS, load_meetings
from msoko.publish.model import (
    Attachment,
    ExecutedReport,
    KeyFigure,
    Passport,
    RefusedReport,
    SiteContext,
)
from msoko.run.method import method_page, validation_pages
from msoko.run.plan import EDITIONS, Plan
from msoko.run.reports import PAGES, QUALITY, ROADMAP, passport
from msoko.school_year import SchoolYear

if TYPE_CHECKING:
    from msoko.catalog import Direction
    from msoko.present import Report
    from msoko.present.reading import Line

FIGURES_PER_DIRECTION = 1
VERDICTS = {"better": "better", "worse": "worse", "within": "same"}


def publish(
    plan: Plan, year: SchoolYear, ready: Sequence[str], refused: Mapping[str, str], folder: Path
) -> None:
    """Write the year's site of one edition, in place of the one before, all at once."""
    from msoko.publish import rendering, site

    directions = {one.direction: one for one in load_directions(plan.project, plan.profile)}
    executed = [_executed(plan, year, directions[one]) for one in ready if one in directions]
    pages = [load_direction(plan.project, one) for one in PAGES[1:] if one in ready]
    context = replace(
        _context(plan, year, directions, refused),
        quality_notebook=plan.where.executed(year, QUALITY) if QUALITY in ready else None,
        overall=tuple(_executed(plan, year, page) for page in pages),
        attachments=tuple(_attachments(plan, year, directions, ready)),
        passports=tuple(_passports(plan, year, ready, refused)),
    )
    kept = {plan.where.executed(year, one): plan.where.page(year, one) for one in ready}
    rendered = {notebook: rendering.kept(page) for notebook, page in kept.items()}
    site.build(executed, folder, context, rendered)


def _executed(plan: Plan, year: SchoolYear, direction: Direction) -> ExecutedReport:
    return ExecutedReport(
        direction=direction.direction,
        number=direction.number,
        title=direction.short_title or direction.title,
        mechanism=direction.mechanism,
        notebook=plan.where.executed(year, direction.direction),
        purpose=direction.purpose,
        heading=direction.title,
    )


def _passports(
    plan: Plan, year: SchoolYear, ready: Sequence[str], refused: Mapping[str, str]
) -> Iterator[Passport]:
    """Return the year's schools, each with its passport or the reason why there is none."""
    for school in plan.schools(year):
        report = passport(school.school_id)
        if report in ready or report in refused:
            yield Passport(
                school_id=school.school_id,
                name=school.name,
                is_preschool=school.is_preschool,
                notebook=plan.where.executed(year, report) if report in ready else None,
                reason=refused.get(report, ""),
            )


def _context(
    plan: Plan, year: SchoolYear, directions: Mapping[str, Direction], refused: Mapping[str, str]
) -> SiteContext:
    profile = plan.profile
    return SiteContext(
        municipality=profile.name.nominative,
        municipality_genitive=profile.name.genitive,
        region=profile.region.nominative,
        school_year=str(year),
        edition=plan.edition,
        is_synthetic=is_synthetic(plan.project, profile, year),
        key_figures=_key_figures(plan, year, directions.values()),
        method=method_page(plan.project),
        extra_pages=validation_pages(plan.project),
        refused=tuple(
            RefusedReport(
                code,
                directions[code].number,
                directions[code].short_title or directions[code].title,
                directions[code].mechanism,
                reason,
            )
            for code, reason in sorted(refused.items())
            if code in directions
        ),
        provenance=_provenance(plan, year),
        forbidden=_forbidden(plan, year),
        renderer=plan.renderer,
    )


def _attachments(
    plan: Plan, year: SchoolYear, directions: Mapping[str, Direction], ready: Sequence[str]
) -> Iterator[Attachment]:
    """Return the files beside the pages: tables of each direction, the roadmap's calendar."""
    from msoko.present import Report, roadmap_files
    from msoko.present.annex import annex
    from msoko.present.neighbours import beside

    everything = tuple(directions.values())
    first = Report(plan.project, year, plan.profile, everything[0], everything, plan.edition)
    for direction in everything:
        if direction.direction in ready:
            content, text = annex(beside(first, direction))
            yield Attachment(f"{direction.direction}.xlsx", "Таблицы в Excel", content, text)
    if ROADMAP in ready:
        report = beside(first, load_direction(plan.project, ROADMAP))
        content, text = roadmap_files.tables(report)
        yield Attachment(f"{ROADMAP}.xlsx", "Таблицы в Excel", content, text)
        made = roadmap_files.calendar(report)
        yield Attachment(f"{ROADMAP}.ics", "Календарь сроков (.ics)", made, made.decode())


def _key_figures(
    plan: Plan, year: SchoolYear, directions: Iterable[Direction]
) -> tuple[KeyFigure, ...]:
    """Return the first figures that each direction has this year, in the directions' order."""
    from msoko.present import Report

    figures: list[KeyFigure] = []
    everything = tuple(directions)
    for direction in everything:
        report = Report(plan.project, year, plan.profile, direction, everything, plan.edition)
        known = [line for line in report.all_lines if _is_known(report, line)]
        figures += [_figure(report, one) for one in known[:FIGURES_PER_DIRECTION]]
    return tuple(figures)


def _is_known(report: Report, line: Line) -> bool:
    rows = report.rows_of(line, year=report.year)
    return bool(len(rows) and rows["value"].notna().iloc[0])


def _figure(report: Report, line: Line) -> KeyFigure:
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


def _provenance(plan: Plan, year: SchoolYear) -> tuple[tuple[str, str], ...]:
    from msoko.run.staleness import joined_digest

    raw = plan.prints.of_all(plan.project.raw(year))
    raw.pop(MEETINGS, None)
    return (
        ("Учебный год", str(year)),
        ("Редакция", EDITIONS[plan.edition]),
        ("Профиль", plan.municipality),
        ("Версия msoko", msoko.__version__),
        ("Исходные файлы, SHA-256", joined_digest(raw)[:16]),
    )


def _forbidden(plan: Plan, year: SchoolYear) -> tuple[str, ...]:
    """Return what the public edition may not hold: logins of schools, the group's names."""
    from msoko.store import Store

    schools = Store(plan.project).read("schools", [year])
    logins = {str(login) for login in schools["vpr_login"].dropna() if str(login).strip()}
    years = plan.project.raw_years()
    names = {one.name for each in years for one in load_meetings(plan.project, each).members}
    return tuple(sorted(logins | names))

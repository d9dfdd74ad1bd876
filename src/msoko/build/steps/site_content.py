"""What the site says beyond its pages: key figures, who is refused and why, provenance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msoko
from msoko.build.graph import report_list
from msoko.build.graph.build_plan import EDITIONS, BuildPlan
from msoko.build.graph.report_list import PAGES, school_of
from msoko.build.graph.step_records import joined_digest
from msoko.build.graph.written_pages import MENU, available_pages
from msoko.build.steps.report_annexes import Annex, Judge, index_figures, read_annex
from msoko.catalog import Direction, is_synthetic, load_direction
from msoko.catalog.meetings.meeting_file import load_meetings
from msoko.core.project import MEETINGS
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.site import page_bodies, site_folder
from msoko.site.page_bodies import Rendered
from msoko.site.site_model import (
    QUALITY,
    ExecutedReport,
    MarkdownPage,
    Passport,
    RefusedReport,
    SiteContext,
)


def publish(
    plan: BuildPlan,
    year: SchoolYear,
    ready: Sequence[str],
    refused: Mapping[str, str],
    folder: Path,
    judge: Judge,
) -> None:
    """Write the year's site of one edition, in place of the one before, all at once.

    `judge` judges the p-values of one family (`msoko.stats.estimators.judged_changes.judge`).
    """
    directions = {one.direction: one for one in plan.directions}
    overall = [load_direction(plan.project, one) for one in PAGES if one in {*ready, *refused}]
    shown = {*ready} - {report_list.QUALITY}
    quality = (
        plan.paths.executed(year, report_list.QUALITY) if report_list.QUALITY in ready else None
    )
    bodies = {_href(one): page_bodies.kept(plan.paths.page(year, one)) for one in ready}
    by_people = {
        one: page_bodies.kept(plan.paths.written_page(one)) for one in available_pages(plan.project)
    }
    bodies |= {f"{name}.html": body for name, body in by_people.items()}
    annexes = _annexes(plan, year, [*directions, *PAGES], ready)
    profile = plan.profile
    context = SiteContext(
        municipality=profile.name.nominative,
        municipality_genitive=profile.name.genitive,
        region=profile.region.nominative,
        school_year=str(year),
        edition=plan.edition,
        is_synthetic=is_synthetic(plan.project, profile, year),
        key_figures=index_figures(annexes, judge),
        quality_notebook=quality,
        overall=tuple(_executed(plan, year, one) for one in overall if one.direction in shown),
        attachments=tuple(file for one in annexes for file in one.files),
        passports=tuple(_passports(plan, year, ready, refused)),
        extra_pages=tuple(_written(name, body) for name, body in by_people.items()),
        refused=tuple(_refused(directions.values(), refused)),
        refused_pages=tuple(_refused(overall, refused)),
        provenance=_provenance(plan, year),
        forbidden=_forbidden(plan, year) if plan.edition == "public" else (),
        renderer=plan.renderer,
    )
    executed = [_executed(plan, year, directions[one]) for one in ready if one in directions]
    site_folder.build(executed, folder, context, bodies)


def _href(report: str) -> str:
    """Return the address of a report's page within the site."""
    school = school_of(report)
    if school:
        return f"passports/{school}.html"
    return QUALITY if report == report_list.QUALITY else f"{report}.html"


def _executed(plan: BuildPlan, year: SchoolYear, direction: Direction) -> ExecutedReport:
    return ExecutedReport(
        direction=direction.direction,
        number=direction.number,
        title=direction.short_title or direction.title,
        mechanism=direction.mechanism,
        notebook=plan.paths.executed(year, direction.direction),
        purpose=direction.purpose,
        heading=direction.title,
    )


def _written(name: str, body: Rendered) -> MarkdownPage:
    return MarkdownPage(f"{name}.html", body.title, "", MENU[name])


def _annexes(
    plan: BuildPlan, year: SchoolYear, listed: Sequence[str], ready: Sequence[str]
) -> list[Annex]:
    """Return what goes beside the pages, in the given order."""
    return [
        read_annex(plan.paths.annex(year, report))
        for report in listed
        if report in ready and plan.reports.has_annex(report)
    ]


def _passports(
    plan: BuildPlan, year: SchoolYear, ready: Sequence[str], refused: Mapping[str, str]
) -> Iterator[Passport]:
    """Return the year's schools, each with its passport or the reason why there is none."""
    for school in plan.schools(year):
        report = report_list.passport(school.school_id)
        if report in ready or report in refused:
            yield Passport(
                school_id=school.school_id,
                name=school.name,
                is_preschool=school.is_preschool,
                notebook=plan.paths.executed(year, report) if report in ready else None,
                reason=refused.get(report, ""),
            )


def _refused(declared: Iterable[Direction], refused: Mapping[str, str]) -> Iterator[RefusedReport]:
    """Return those of the declared reports that the site goes without."""
    for one in sorted(declared, key=lambda direction: direction.direction):
        code, title = one.direction, one.short_title or one.title
        if code in refused:
            page = Path(_href(code)).stem
            reason, purpose = refused[code], one.purpose
            yield RefusedReport(page, one.number, title, one.mechanism, reason, purpose=purpose)


def _provenance(plan: BuildPlan, year: SchoolYear) -> tuple[tuple[str, str], ...]:
    raw = plan.digests.of_all(plan.project.raw(year))
    raw.pop(MEETINGS, None)
    return (
        ("Учебный год", str(year)),
        ("Редакция", EDITIONS[plan.edition]),
        ("Профиль", plan.municipality),
        ("Версия msoko", msoko.__version__),
        ("Исходные файлы, SHA-256", joined_digest(raw)[:16]),
    )


def _forbidden(plan: BuildPlan, year: SchoolYear) -> tuple[str, ...]:
    """Return what the public edition may not hold: logins of schools, the group's names."""
    schools = Store(plan.project).read("schools", [year])
    logins = {str(login) for login in schools["vpr_login"].dropna() if str(login).strip()}
    years = plan.project.raw_years() if plan.edition == "public" else []
    names = {one.name for each in years for one in load_meetings(plan.project, each).members}
    return tuple(sorted(logins | names))

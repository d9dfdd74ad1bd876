"""What the site says beyond its pages: key figures, who is refused and why, provenance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import msoko
from msoko.build.graph import report_list
from msoko.build.graph.build_plan import BuildPlan
from msoko.build.graph.report_list import PAGES, school_of
from msoko.build.graph.step_records import joined_digest
from msoko.build.graph.written_pages import available_pages
from msoko.build.steps.report_annexes import Annex, Judge, index_figures, read_annex
from msoko.catalog import Direction, is_synthetic, load_direction
from msoko.catalog.registry import registry_words
from msoko.catalog.registry.wording import Wording
from msoko.core.project import MEETINGS
from msoko.core.school_year import SchoolYear
from msoko.disclosure.leaks import refuse_typed_counts
from msoko.site.edition_guard import public_guard, typed_prose, typed_texts
from msoko.site.rendering.page_bodies import PageBody, load_body
from msoko.site.site_folder import write_site
from msoko.site.site_model import (
    QUALITY,
    PassportPage,
    RefusedReport,
    ReportPage,
    SiteContent,
    WrittenPage,
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
    bodies = {one: load_body(plan.paths.page(year, one)) for one in ready}
    annexes = _annexes(plan, year, [*directions, *PAGES], ready)
    profile = plan.profile
    wording = Wording(registry_words.load_wording(plan.project, profile))
    content = SiteContent(
        wording=wording,
        municipality=profile.name.nominative,
        municipality_genitive=profile.name.genitive,
        region=profile.region.nominative,
        school_year=str(year),
        edition=plan.edition,
        is_synthetic=is_synthetic(plan.project, profile, year),
        reports=tuple(_report_pages(directions.values(), bodies)),
        overall=tuple(
            _report_pages((one for one in overall if one.direction != report_list.QUALITY), bodies)
        ),
        quality=bodies.get(report_list.QUALITY),
        passports=tuple(_passports(plan, year, bodies, refused)),
        written=tuple(_written_pages(plan, wording)),
        refused=tuple(_refused(directions.values(), refused)),
        refused_pages=tuple(_refused(overall, refused)),
        key_figures=index_figures(annexes, judge),
        attachments=tuple(file for one in annexes for file in one.files),
        provenance=_provenance(plan, year, wording),
    )
    if plan.edition == "public":
        notebooks = [plan.paths.notebook(report_list.notebook_of(one)) for one in ready]
        refuse_typed_counts(typed_prose(plan.project, notebooks))
        content = replace(
            content,
            guard=public_guard(plan.project, profile, year),
            typed=partial(typed_texts, plan.project, profile, notebooks),
        )
    write_site(content, folder)


def _href(report: str) -> str:
    """Return the address of a report's page within the site."""
    school = school_of(report)
    if school:
        return f"passports/{school}.html"
    return QUALITY if report == report_list.QUALITY else f"{report}.html"


def _report_pages(
    directions: Iterable[Direction], bodies: Mapping[str, PageBody]
) -> Iterator[ReportPage]:
    """Return the pages of those of the directions whose report is ready."""
    for one in directions:
        if one.direction in bodies:
            yield ReportPage(
                direction=one.direction,
                number=one.number,
                title=one.short_title or one.title,
                mechanism=one.mechanism,
                body=bodies[one.direction],
                purpose=one.purpose,
                heading=one.title,
            )


def _written_pages(plan: BuildPlan, wording: Wording) -> Iterator[WrittenPage]:
    """Return the pages that people wrote; one of which nothing is said bears its title twice."""
    for name in available_pages(plan.project):
        body = load_body(plan.paths.written_page(name))
        text = f"site.written.{name}.text"
        yield WrittenPage(
            f"{name}.html",
            wording.say(f"site.written.{name}.title"),
            wording.say(text) if wording.has(text) else body.title,
            body,
        )


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
    plan: BuildPlan, year: SchoolYear, bodies: Mapping[str, PageBody], refused: Mapping[str, str]
) -> Iterator[PassportPage]:
    """Return the year's schools, each with its passport or the reason why there is none."""
    for school in plan.schools(year):
        report = report_list.passport(school.school_id)
        if report in bodies or report in refused:
            yield PassportPage(
                school_id=school.school_id,
                name=school.name,
                is_preschool=school.is_preschool,
                body=bodies.get(report),
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


def _provenance(plan: BuildPlan, year: SchoolYear, wording: Wording) -> tuple[tuple[str, str], ...]:
    raw = plan.digests.of_all(plan.project.raw(year))
    raw.pop(MEETINGS, None)
    facts = {
        "year": str(year),
        "edition": wording.say(f"site.provenance.{plan.edition}"),
        "profile": plan.municipality,
        "version": msoko.__version__,
        "sources": joined_digest(raw)[:16],
    }
    return tuple((wording.say(f"site.provenance.{key}"), value) for key, value in facts.items())

"""The filled forms of a year, as their files arrive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msoko.catalog.registry.form_declarations import Form, load_forms
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.demo.forms.olympiads import participants, write_olympiads
from msoko.demo.forms.roadmap_return_files import write_returns
from msoko.demo.forms.school_returns import Figures, counts, exam_figures, facts_of, returned
from msoko.demo.forms.slips import TYPO, correction, slipped
from msoko.demo.forms.surveys import write_surveys
from msoko.demo.forms.trials import write_trials
from msoko.demo.papers.exam_results import ExamOutcome
from msoko.demo.papers.sittings import World
from msoko.demo.population.roster import DemoSchool
from msoko.ingest.layouts.forms.form_workbook import write_form

OLD_VERSIONS = {("oo1", 2020), ("context", 2020), ("context", 2021), ("heads", 2020)}
"""Forms that were still filled in an earlier version in a year (by its first year)."""
FILLED = (
    "oo1", "context", "student_outcomes", "low_results", "talents", "career_guidance", "heads",
    "teachers", "upbringing", "preschool", "objectivity", "noko",
)  # fmt: skip
"""The forms with a row per organisation that the demo's schools fill in."""


def write_forms(folder: Path, world: World, year: int, outcomes: Sequence[ExamOutcome]) -> None:
    """Write the year's filled forms, one workbook per form for the whole municipality."""
    forms = load_forms(Project(HOME))
    known = counts(world, year)
    exams = exam_figures(outcomes)
    entries = write_olympiads(folder, world, forms["olympiad"], year)
    for school_id, count in participants(entries).items():
        exams.setdefault(school_id, {})["olympiad_school"] = float(count)
    write_trials(folder, world, forms["trial_exam"], year)
    write_surveys(folder, world, forms, year, known)
    write_returns(folder, world, forms["roadmap_returns"], year)
    write_corrections(folder, world, forms[TYPO.form], year, known)
    for code in FILLED:
        form = forms[code]
        old = min(form.known_versions) if (code, year) in OLD_VERSIONS else None
        records = list(_records(world, form, year, known, exams))
        path = folder / f"{form.short}.xlsx"
        write_form(path, form, str(SchoolYear(year)), (), records, version=old)


def _records(
    world: World,
    form: Form,
    year: int,
    known: Mapping[str, Figures],
    exams: Mapping[str, Figures],
) -> Iterator[dict[str, object]]:
    for school in _asked(world, form, year):
        figures = known[school.school_id]
        facts = facts_of(form.code, school, year, figures, exams)
        row = slipped(form.code, school, year, returned(world, form, school, year, figures, facts))
        yield {"school_code": school.oo1_code, "school_name": school.named(year), **row}


def _asked(world: World, form: Form, year: int) -> list[DemoSchool]:
    schools = world.open_schools(year) if form.audience in ("school", "any") else []
    preschools = list(world.preschools) if form.audience in ("preschool", "any") else []
    return [*schools, *preschools]


def write_corrections(
    folder: Path, world: World, form: Form, year: int, known: Mapping[str, Figures]
) -> None:
    """Write the year's register of corrections beside its files."""
    meant = int(known.get(TYPO.school_id, {}).get("staff", 0))
    header = form.by_code[TYPO.item].header.rstrip(".")
    schools = world.open_schools(year)
    text = correction(schools, year, meant, header, form.short)
    (folder / "corrections.yml").write_text(text, encoding="utf-8", newline="\n")

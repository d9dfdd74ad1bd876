"""The whole demo municipality: every file of every year, from one seed."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from msoko.catalog import load_profile, load_roadmap
from msoko.core.errors import DataRefused
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.core.whole_files import replacing
from msoko.demo.files.code_register_file import write_links
from msoko.demo.files.exam_files import write_exams
from msoko.demo.files.vpr_files import write_vpr
from msoko.demo.files.workbook_writer import MOMENT
from msoko.demo.forms.form_files import write_forms
from msoko.demo.papers.paper_list import papers_of
from msoko.demo.papers.planted_anomalies import PLANTED
from msoko.demo.papers.sittings import World, sit
from msoko.demo.planted_truth import read_truth, write_truth
from msoko.demo.population.pupils import PlannedDecision, enrol
from msoko.demo.population.roster import (
    MERGED,
    OLD_NAME,
    RENAMED,
    RENAMED_FROM,
    DemoSchool,
    draw_schools,
    preschools_of,
)

MARK = "is_synthetic: true"
"""By this line of `year.yml` the demo knows a year of its own making."""
LAST_YEAR = 2024
ZIPPED_YEAR = 2023
"""In this year the forms Ф3 came as one archive."""
"""The demo's last school year is 2024-25."""
DECISIONS = (
    PlannedDecision("s007", 2023, 0.30),
    PlannedDecision("s007", 2024, 0.10),
    PlannedDecision("s010", 2024, 0.10),
    PlannedDecision("s015", 2024, 0.00),
    PlannedDecision("s017", 2024, 0.35),
)
"""Decisions of two Augusts; the one for s015 truly changed nothing."""
REGISTER = (
    "school_id", "name", "kind", "school_type", "location", "vpr_login", "exam_code", "oo1_code",
    "from_year", "to_year", "successor_id", "note",
)  # fmt: skip


def build_world(
    seed: int,
    years: int,
    schools: int,
    preschools: int,
    municipality: str = "demo",
    project: Project | None = None,
) -> World:
    """Return everything that the demo's files will be written from.

    Of the profile only the roadmap and the rule of its returns are taken; schools and pupils
    are the same under every profile. `project` is where the profile is looked for first.
    """
    profile = load_profile(project or Project(HOME), municipality)
    span = tuple(range(LAST_YEAR - years + 1, LAST_YEAR + 1))
    known = draw_schools(schools, seed)
    ids = {school.school_id for school in known}
    return World(
        seed=seed,
        years=span,
        schools=known,
        preschools=preschools_of(preschools),
        pupils=enrol(known, span, seed),
        decisions=[decision for decision in DECISIONS if decision.school_id in ids],
        planted=[anomaly for anomaly in PLANTED if anomaly.school_id in ids],
        municipality=municipality,
        roadmap=load_roadmap(project or Project(HOME), profile),
        returns=profile.returns,
    )


def generate(
    raw: Path,
    seed: int = 2025,
    years: int = 5,
    schools: int = 21,
    preschools: int = 9,
    progress: Callable[[str], None] = lambda text: None,
    municipality: str = "demo",
    project: Project | None = None,
) -> World:
    """Write the demo into `raw` (a project's data/raw) and return what it was drawn from.

    The folders of the demo's years are written anew; other folders stay. The returns on the
    roadmap are those of `municipality`, a profile of `project` or of the house.
    """
    world = build_world(seed, years, schools, preschools, municipality, project)
    refuse_foreign(raw, [str(SchoolYear(year)) for year in world.years])
    raw.mkdir(parents=True, exist_ok=True)
    for year in world.years:
        progress(f"Учебный год {SchoolYear(year)}")
        with replacing(raw / str(SchoolYear(year)), "folder") as folder:
            write_year(folder, world, year)
    drop_earlier(raw, [str(SchoolYear(year)) for year in world.years])
    write_register(raw / "schools.csv", world)
    write_truth(raw / "truth.json", world)
    return world


def drop_earlier(raw: Path, names: Sequence[str]) -> None:
    """Remove the years of an earlier demo that this one does not have.

    Their schools are not in the new register. Only years that the sealed truth names
    go: a year that somebody added to the demo stays.
    """
    path = raw / "truth.json"
    if not path.exists():
        return
    for name in read_truth(path)["school_years"]:
        if name not in names:
            shutil.rmtree(raw / name, ignore_errors=True)


def refuse_foreign(raw: Path, names: Sequence[str]) -> None:
    """Refuse to write over a year, or a register, that the demo did not make."""
    for name in names:
        folder = raw / name
        declared = folder / "year.yml"
        if not folder.is_dir() or not any(folder.iterdir()):
            continue
        text = declared.read_text(encoding="utf-8") if declared.exists() else ""
        if MARK not in text.splitlines():
            raise DataRefused(
                f"data/raw/{name}: в папке лежат файлы не демонстрационного муниципалитета. "
                "Они не тронуты. Создайте демонстрацию в другой папке: msoko demo --project ПАПКА."
            )
    register = raw / "schools.csv"
    if register.exists() and not any((raw / name / "year.yml").exists() for name in names):
        raise DataRefused(
            "data/raw/schools.csv: реестр школ заведён не для демонстрационного муниципалитета. "
            "Он не тронут. Создайте демонстрацию в другой папке: msoko demo --project ПАПКА."
        )


def write_year(folder: Path, world: World, year: int) -> None:
    """Write one school year's files and its declaration."""
    sittings = [sit(world, paper) for paper in papers_of(year)]
    for sat in sittings:
        write_vpr(folder, world, sat)
    if year == ZIPPED_YEAR:
        zip_marks(folder, year)
    outcomes = write_exams(folder, world, year)
    write_forms(folder, world, year, outcomes)
    write_links(folder, world, year, sittings, outcomes)
    declared = f"school_year: {SchoolYear(year)}\nmunicipality: {world.municipality}\n{MARK}\n"
    (folder / "year.yml").write_text(declared, encoding="utf-8", newline="\n")


def zip_marks(folder: Path, year: int) -> None:
    """Put the year's forms Ф3 into one archive, as portals give them."""
    paths = sorted(folder.glob("Ф3_*.xlsx"))
    with zipfile.ZipFile(folder / f"Ф3_Статистика по отметкам {year + 1}.zip", "w") as archive:
        for path in paths:
            archive.writestr(zipfile.ZipInfo(path.name, MOMENT), path.read_bytes())
            path.unlink()


def write_register(path: Path, world: World) -> None:
    """Write the register of schools: one line per school and name, with its years."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(REGISTER)
    for school in world.schools:
        writer.writerows(_lines(school))
    for school in world.preschools:
        writer.writerow(_line(school, "preschool", school.name, "", "", ""))
    path.write_text(out.getvalue(), encoding="utf-8", newline="\n")


def _lines(school: DemoSchool) -> Sequence[Sequence[str]]:
    if school.school_id == RENAMED:
        last = str(SchoolYear(RENAMED_FROM - 1))
        note = "имя присвоено постановлением администрации"
        return [
            _line(school, "school", OLD_NAME, "", last, "прежнее название"),
            _line(school, "school", school.name, str(SchoolYear(RENAMED_FROM)), "", note),
        ]
    if school.school_id == MERGED:
        last = str(SchoolYear(school.last_year))
        note = "реорганизована в форме присоединения"
        return [_line(school, "school", school.name, "", last, note)]
    return [_line(school, "school", school.name, "", "", "")]


def _line(
    school: DemoSchool, kind: str, name: str, since: str, until: str, note: str
) -> Sequence[str]:
    return (
        school.school_id, name, kind, school.school_type, school.location, school.login,
        school.exam_code, school.oo1_code, since, until, school.successor_id, note,
    )  # fmt: skip

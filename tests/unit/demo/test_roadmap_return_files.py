"""The demo's returns on a roadmap follow the profile's own measures and rule."""

from __future__ import annotations

import openpyxl
import pytest

from msoko import catalog
from msoko.catalog.registry.form_declarations import load_forms
from msoko.core.project import HOME, Project
from msoko.demo.demo_municipality import build_world
from msoko.demo.forms.roadmap_return_files import write_returns
from msoko.demo.papers.sittings import World

HOUSE = Project(HOME)
SEED = 7
PROFILES = ("demo", "kerch", "aniva", "bolshoy_kamen", "spirovo", "kamensk_uralsky")


def returned(tmp_path, world: World, year: int) -> list[tuple]:
    """Return (measure, period, responsible, status, returned on) of the year's workbooks."""
    write_returns(tmp_path, world, load_forms(HOUSE)["roadmap_returns"], year)
    rows = []
    for path in sorted(tmp_path.glob("Дорожная карта отчёт *.xlsx")):
        sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
        rows += [row[:5] for row in sheet.iter_rows(values_only=True) if row[4] and row[3]]
    return [row for row in rows if row[3] in ("выполнено", "в работе", "не выполнено")]


def world_of(name: str) -> World:
    return build_world(SEED, years=1, schools=1, preschools=0, municipality=name)


@pytest.mark.parametrize("name", PROFILES)
def test_returns_name_measures_of_the_profile(tmp_path, name: str) -> None:
    own = {measure.code for measure in catalog.load_roadmap(HOUSE, name)}
    rows = returned(tmp_path, world_of(name), 2024)
    assert rows
    assert {row[0] for row in rows} <= own


@pytest.mark.parametrize(
    ("name", "periods"),
    [
        ("kerch", {"2024-09", "2024-10", "2024-12", "2025-06"}),
        ("spirovo", {"2024-Q4", "2025-Q1", "2025-Q2"}),
        ("aniva", {"2024-Q4", "2025-Q1", "2025-Q2"}),
    ],
)
def test_the_rule_says_month_or_quarter(tmp_path, name: str, periods: set[str]) -> None:
    found = {row[1] for row in returned(tmp_path, world_of(name), 2024)}
    assert periods <= found
    assert all(("Q" in period) == (name != "kerch") for period in found)


def test_days_of_kerch_stand_about_the_25th_and_of_spirovo_about_the_end(tmp_path) -> None:
    for name, first, last in (("kerch", 20, 25), ("spirovo", 26, 31)):
        folder = tmp_path / name
        folder.mkdir()
        days = [row[4].day for row in returned(folder, world_of(name), 2024)]
        in_time = [day for day in days if first <= day <= last]
        assert len(in_time) / len(days) == pytest.approx(0.92, abs=0.06)  # the rest are late


def test_nobody_reports_on_a_measure_of_another_year(tmp_path) -> None:
    this, that = tmp_path / "2022", tmp_path / "2024"
    for folder in (this, that):
        folder.mkdir()
    world = world_of("spirovo")
    in_time = {row[0] for row in returned(this, world, 2022)}
    later = {row[0] for row in returned(that, world, 2024)}
    assert "1.1-2" in in_time  # «сентябрь 2022г.»
    assert "1.1-2" not in later
    assert "1.1-5" in later  # «в течение года»


def test_the_same_schools_under_every_profile() -> None:
    demo, kerch = world_of("demo"), world_of("kerch")
    assert (demo.schools, demo.pupils.equals(kerch.pupils)) == (kerch.schools, True)

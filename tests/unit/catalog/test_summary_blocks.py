"""Blocks of the annual summary and the region's best values: what names nothing is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from msoko import catalog
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

YEAR = SchoolYear.parse("2024-25")
PROFILE = """\
profile: own
name: {nominative: Округ, genitive: Округа, prepositional: Округе}
region: {nominative: Край, genitive: Края, prepositional: Крае}
department: {nominative: Отдел, genitive: Отдела, prepositional: Отделе}
methodical_service: {nominative: Центр, genitive: Центра, prepositional: Центре}
directions: [student_outcomes, objectivity]
"""
BLOCKS = """\
summary_blocks:
  - code: first
    title: Показатели положения
    items:
      - text: Подготовка
        indicators:
          - so_vpr_basic
          - ob_flagged
      - text: Доступность
        needs: Акт проверки.
"""
HEAD = "school_year,indicator,value,municipality,source\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "profiles" / "own").mkdir(parents=True)
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return Project.at(tmp_path)


def declare(project: Project, text: str) -> catalog.Profile:
    (project.root / "profiles" / "own.yml").write_text(PROFILE + text, encoding="utf-8")
    profile = catalog.load_profile(project, "own")
    catalog.load_directions(project, profile)
    return profile


def best_of(project: Project, rows: str) -> dict[str, catalog.RegionBest]:
    profile = declare(project, BLOCKS)
    path = project.root / "profiles" / "own" / "region_best.csv"
    path.write_text(rows, encoding="utf-8")
    directions = catalog.load_directions(project, profile)
    return catalog.load_region_best(project, profile, directions, YEAR)


def test_a_block_may_take_indicators_of_several_directions(project: Project) -> None:
    (block,) = declare(project, BLOCKS).summary_blocks
    assert [item.indicators for item in block.items] == [("so_vpr_basic", "ob_flagged"), ()]
    assert block.kind == "figures"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("- ob_flagged", "- ob_flaged", r"own\.yml, строка 14: .*Возможно.*«ob_flagged»"),
        ("needs: Акт проверки.", "part: Раздел", r"строка 15: .*не называет ни показателей"),
        ("needs: Акт", "need: Акт", r"строка 16: неизвестный ключ «need».*«needs»"),
        ("title: Пок", "kind: motivation\n    title: Пок", r"«kind».*«motivating»"),
    ],
)
def test_what_a_block_may_not_say(project: Project, old: str, new: str, said: str) -> None:
    assert old in BLOCKS
    with pytest.raises(UsageError, match=said):
        declare(project, BLOCKS.replace(old, new))


def test_two_blocks_of_one_code_and_a_block_without_lines(project: Project) -> None:
    again = BLOCKS + BLOCKS.removeprefix("summary_blocks:\n")
    with pytest.raises(UsageError, match="блок сводки с кодом «first» – код уже занят"):
        declare(project, again)
    with pytest.raises(UsageError, match="нет строк"):
        declare(project, "summary_blocks: [{code: a, title: А, items: []}]\n")


def test_a_key_figure_that_the_direction_does_not_have_is_refused(project: Project) -> None:
    changes = "changes:\n  student_outcomes:\n    key_figures: [so_vpr_basic, so_oge_basics]\n"
    with pytest.raises(UsageError, match=r"own\.yml, строка 9: «key_figures: so_oge_basics»"):
        declare(project, changes)


def test_a_dropped_indicator_is_no_key_figure_any_more(project: Project) -> None:
    profile = declare(project, "changes:\n  objectivity:\n    drop: [ob_flagged]\n")
    objectivity = catalog.load_directions(project, profile)[1]
    assert objectivity.key_figures == ("ob_journal_confirmed", "ob_observed")


def test_best_values_are_those_of_the_year(project: Project) -> None:
    found = best_of(
        project,
        HEAD
        + '2024-25,so_vpr_basic,"0,98",Город,письмо министерства\n'
        + "2023-24,so_vpr_basic,0.95,Город,письмо министерства\n",
    )
    assert {code: (one.value, one.municipality) for code, one in found.items()} == {
        "so_vpr_basic": (0.98, "Город")
    }


def test_best_values_saved_by_excel_in_cp1251_are_read(project: Project) -> None:
    path = project.root / "profiles" / "own" / "region_best.csv"
    path.write_bytes((HEAD + "2024-25,so_vpr_basic,0.98,Город,письмо\n").encode("cp1251"))
    profile = declare(project, "")
    directions = catalog.load_directions(project, profile)
    found = catalog.load_region_best(project, profile, directions, YEAR)
    assert found["so_vpr_basic"].municipality == "Город"


def test_without_the_file_there_are_no_best_values(project: Project) -> None:
    profile = declare(project, "")
    directions = catalog.load_directions(project, profile)
    assert catalog.load_region_best(project, profile, directions, YEAR) == {}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (HEAD.replace("value", "values"), "неизвестный столбец «values».*«value»"),
        (HEAD.replace("municipality,", ""), "строка 1: нет столбцов municipality"),
        (HEAD + "2024-25,so_vpr_basik,0.9,Г,и\n", "строка 2: .*«so_vpr_basic»"),
        (HEAD + "2024,so_vpr_basic,0.9,Г,и\n", "строка 2: учебный год пишется"),
        (HEAD + "2024-25,so_vpr_basic,98,Г,и\n", "доля пишется числом от 0 до 1"),
        (HEAD + "2024-25,so_vpr_basic,много,Г,и\n", "строка 2: .* не число"),
        (HEAD + "2024-25,so_vpr_basic,nan,Г,и\n", "строка 2: .* не число"),
        (HEAD + "2024-25,so_vpr_basic,0.9,Г,\n", "столбец «source» пуст"),
        (HEAD + "2024-25,so_vpr_basic,0.9,Г,и\n" * 2, "строка 3: .*уже названо .*строка 2"),
    ],
)  # fmt: skip
def test_what_best_values_may_not_say(project: Project, rows: str, said: str) -> None:
    with pytest.raises(UsageError, match=f"region_best.csv.*{said}"):
        best_of(project, rows)

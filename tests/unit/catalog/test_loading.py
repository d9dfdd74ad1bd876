"""A project's declarations: what contradicts itself or names nothing is refused."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest

from msoko import catalog
from msoko.catalog.directions import direction_faults
from msoko.catalog.directions.direction import Direction, indicators_in_role
from msoko.catalog.yaml.yaml_schema import parse
from msoko.core.errors import UsageError
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear

HOUSE = Project(HOME)
DIRECTIONS = sorted(path.stem for path in (HOME / "notebooks").glob("*.yml"))
DIRECTION = """
direction: d
number: 1
mechanism: results
title: Направление
purpose: Цель
goals: [{code: g, text: Цель}]
groups: [{code: k, text: Группа}]
indicators:
  - code: i
    title: Доля
    goal: g
    group: k
    table: results
    measure: share
    where: "procedure = 'vpr'"
    numerator: "mark >= 3"
    denominator: "mark is not null"
    by: [[], [school_id]]
    unit: percent
    polarity: higher_is_better
    interval: wilson
    source: Ф1
recommendations:
  - code: r
    indicator: i
    unit_of_analysis: school
    by: [school_id]
    when: below_funnel
    finding: "В {{ school }} – {{ value }}."
    advice: [{recipient: school, text: Исправить., deadline: май, expected: рост}]
"""
FORMS = {"staff": {"all": "int", "trained": "int"}}


def checked(*changes: tuple[str, str]) -> Direction:
    text = DIRECTION
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    direction = parse(text, Direction, "notebooks/d.yml")
    direction_faults.check_direction(direction, FORMS)
    return direction


def test_a_sound_direction_passes() -> None:
    assert checked().indicator("i").by == ((), ("school_id",))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("table: results", "table: result", "неизвестная таблица «result». Возможно"),
        ("mark >= 3", "marks >= 3", "нет столбца «marks» в таблице «results». Возможно"),
        ("mark >= 3", "mark >== 3", "выражение «mark >== 3» не разобрано"),
        ("mark >= 3", "mark >= 3, 1", "ожидалось одно выражение"),
        ("mark >= 3", "mark in (select mark from schools)", "обращение к другой таблице"),
        ("mark >= 3", "staff.all > 3", "нет столбца «staff.all»"),
        ("[[], [school_id]]", "[[shcool_id]]", "«by: shcool_id» не объявлено. Возможно"),
        ("[[], [school_id]]", "[[pupil_id]]", "«by: pupil_id» не объявлено"),
        ("goal: g", "goal: gg", "«goal: gg» не объявлено"),
        ("group: k", "group: kk", "«group: kk» не объявлено"),
        ('    denominator: "mark is not null"\n', "", "нет ключа «denominator»"),
        ("indicator: i", "indicator: j", "«indicator: j» не объявлено"),
        ("when: below_funnel", "when: above_threshold", "нет ключа «threshold»"),
        ("interval: wilson", "interval: t", "вне воронки"),
        ("by: [school_id]", "by: [subject]", "которых нет в «by»"),
        ("{{ school }}", "{{ scool }}", "«{{ … }}: scool» не объявлено. Возможно"),
        ("number: 1", "number: 1\nroles: {papers: [j]}", "«papers: j» не объявлено"),
        ("number: 1", "number: 1\nroles: {paper: [i]}", "ключ «paper». Возможно"),
        (
            "groups: [",
            "groups: [{code: k, text: Другая}, ",
            "группа показателей с кодом «k» – код уже занят",
        ),
    ],
)
def test_contradictions_are_refused_with_file_and_line(old: str, new: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked((old, new))
    assert re.match(r"notebooks/d\.yml, строка \d+: ", str(caught.value))
    assert said in str(caught.value)


def test_items_of_forms_are_checked_against_the_forms() -> None:
    as_form = (("table: results", "table: forms"), ("procedure = 'vpr'", "staff.all > 0"),
               ("mark is not null", "staff.all > 1"))  # fmt: skip
    assert checked(*as_form, ("mark >= 3", "staff.trained > 3"))
    with pytest.raises(UsageError, match="в форме «staff» нет показателя «traned». Возможно"):
        checked(*as_form, ("mark >= 3", "staff.traned > 3"))
    with pytest.raises(UsageError, match="«form: stuff» не объявлено"):
        checked(*as_form, ("mark >= 3", "stuff.trained > 3"))


def test_roles_follow_what_a_profile_folds_and_drops() -> None:
    first = checked(("number: 1", "number: 1\nroles: {papers: [i]}"))
    changes = (("direction: d", "direction: e"), ("code: i", "code: j"),
               ("indicator: i", "indicator: j"))  # fmt: skip
    roles = "number: 1\nroles: {papers: [j], low_results: [j]}"
    second = checked(*changes, ("number: 1", roles))
    both = first.roles.followed_by(second.roles)
    assert (both.papers, both.low_results) == (("i", "j"), ("j",))
    assert both.without({"j"}) == first.roles
    assert indicators_in_role([first, second], "papers") == [
        (first, first.indicator("i")), (second, second.indicator("j"))
    ]  # fmt: skip


@pytest.mark.parametrize("code", DIRECTIONS)
def test_each_direction_of_the_house_is_sound(code: str) -> None:
    direction = catalog.load_direction(HOUSE, code)
    direction_faults.check_direction(direction, catalog.load_form_items(HOUSE))
    direction_faults.check_thresholds(direction, catalog.load_thresholds(HOUSE))
    measures = {measure.code for measure in catalog.load_roadmap(HOUSE, "demo")}
    named = {advice.measure for rule in direction.recommendations for advice in rule.advice}
    assert named - {""} <= measures


@pytest.mark.parametrize("code", DIRECTIONS)
def test_each_group_is_computed_or_says_what_it_needs(code: str) -> None:
    direction = catalog.load_direction(HOUSE, code)
    computed = {indicator.group for indicator in direction.indicators}
    assert [
        group.code for group in direction.groups if group.code not in computed and not group.needs
    ] == []


def test_codes_of_indicators_are_unique_in_the_house() -> None:
    codes = [
        indicator.code
        for code in DIRECTIONS
        for indicator in catalog.load_direction(HOUSE, code).indicators
    ]
    assert len(codes) == len(set(codes))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with its own notebooks and profiles, and the house's registry."""
    for folder in ("data/raw", "notebooks", "profiles"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "notebooks/d.yml").write_text(DIRECTION, encoding="utf-8")
    (tmp_path / "notebooks/d.ipynb").write_text("{}", encoding="utf-8")
    (tmp_path / "notebooks/e.yml").write_text(
        DIRECTION.replace("direction: d", "direction: e").replace("code: i", "code: i2")
        .replace("indicator: i", "indicator: i2"),
        encoding="utf-8",
    )  # fmt: skip
    return Project(tmp_path)


def profile(project: Project, tail: str, directions: str = "[d]") -> None:
    cases = "{nominative: Округ, genitive: Округа, prepositional: Округе}"
    text = f"profile: own\nname: {cases}\nregion: {cases}\ndepartment: {cases}\n"
    text += f"methodical_service: {cases}\ndirections: {directions}\n{tail}"
    (project.root / "profiles/own.yml").write_text(text, encoding="utf-8")


def test_a_profile_changes_titles_targets_and_goals(project: Project) -> None:
    profile(
        project,
        "changes:\n  d:\n    title: Своё\n    goals: [{code: g, text: Своя цель}]\n"
        "    indicators: {i: {target: {value: 0.7, source: приказ}}}\n",
    )
    (direction,) = catalog.load_directions(project, "own")
    assert (direction.title, direction.goals[0].text) == ("Своё", "Своя цель")
    assert direction.indicator("i").target.value == 0.7
    assert direction.indicator("i").title == "Доля"


def test_a_dropped_indicator_takes_its_rules_along(project: Project) -> None:
    profile(project, "changes:\n  d:\n    drop: [i]\n")
    (direction,) = catalog.load_directions(project, "own")
    assert direction.indicators == direction.recommendations == ()


def test_a_folded_direction_becomes_part_of_another(project: Project) -> None:
    profile(project, "folds: {e: d}\n")
    (direction,) = catalog.load_directions(project, "own")
    assert [indicator.code for indicator in direction.indicators] == ["i", "i2"]
    assert [goal.code for goal in direction.goals] == ["g"]


def test_a_profile_collects_in_its_own_way(project: Project) -> None:
    profile(
        project,
        "changes:\n  d:\n    object: школы\n"
        "    collection: [{code: c, title: Опрос, source: анкеты}]\n",
    )
    (direction,) = catalog.load_directions(project, "own")
    assert (direction.object, direction.collection[0].title) == ("школы", "Опрос")


def roadmap(project: Project, *codes: str, text: str = "Текст") -> None:
    folder = project.root / "profiles/own"
    folder.mkdir(exist_ok=True)
    rows = [f'{code},{code},Раздел,d,"{text}",май,Приказ,УО,' for code in codes]
    header = "code,number,section,direction,text,deadline,result,responsible,note"
    (folder / "roadmap.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def advising(project: Project, measure: str) -> None:
    """Let the rule of direction `d` name a measure."""
    (project.root / "notebooks/d.yml").write_text(
        DIRECTION.replace("expected: рост}]", f'expected: рост, measure: "{measure}"}}]'),
        encoding="utf-8",
    )


def led(project: Project, tail: str = "") -> str:
    """Return the measure that the advice leads to under a profile."""
    profile(project, tail)
    (direction,) = catalog.load_directions(project, "own")
    return direction.recommendations[0].advice[0].measure


def test_advice_is_led_to_the_measures_that_the_profile_names(project: Project) -> None:
    advising(project, "1.1.6")
    roadmap(project, "2.8")
    assert led(project, 'measures: {"1.1.6": "2.8"}\n') == "2.8"
    assert led(project, 'measures: {"1.1.7": "2.8"}\n') == ""


def test_without_a_roadmap_no_measure_is_cited(project: Project) -> None:
    advising(project, "1.1.6")
    assert led(project) == ""


def test_the_same_number_is_the_same_measure_only_where_it_says_the_same(project: Project) -> None:
    advising(project, "1.1.6")
    roadmap(project, "1.1.6", text="Ремонт кровли")
    assert led(project) == ""
    house = {one.code: one.text for one in catalog.load_roadmap(HOUSE, "demo")}["1.1.6"]
    roadmap(project, "1.1.6", text=house.replace("подготовка", "составление"))
    assert led(project) == "1.1.6"


def test_a_number_of_the_own_roadmap_alone_is_kept(project: Project) -> None:
    advising(project, "5.1-3")
    roadmap(project, "5.1-3")
    assert led(project) == "5.1-3"
    assert led(project, 'measures: {"1.1.6": "5.1-3"}\n') == "5.1-3"


def test_a_number_of_no_roadmap_is_refused(project: Project) -> None:
    advising(project, "1.1.66")
    roadmap(project, "2.8")
    with pytest.raises(UsageError, match=r"notebooks/d\.yml, строка \d+: «measure: 1\.1\.66»"):
        led(project)


def test_goals_keep_only_the_sections_of_the_own_document(project: Project) -> None:
    yml = project.root / "notebooks/d.yml"
    text = yml.read_text(encoding="utf-8")
    seed = 'goals: [{code: g, text: Цель, seed: {file: "001", section: "2.1"}}]'
    yml.write_text(text.replace("goals: [{code: g, text: Цель}]", seed), encoding="utf-8")
    for own, kept in (("", "2.1"), ('seed: "001"\n', "2.1"), ('seed: "004"\n', "")):
        profile(project, own)
        (direction,) = catalog.load_directions(project, "own")
        (goal,) = direction.goals
        assert (goal.text, goal.seed and goal.seed.section) == ("Цель", kept)


def test_returns_may_have_no_day(project: Project) -> None:
    profile(project, "returns: {period: quarter}\n")
    assert catalog.load_profile(project, "own").returns.day is None


@pytest.mark.parametrize(
    ("tail", "said"),
    [
        ("changes: {dd: {title: x}}\n", "направление «dd» не объявлено"),
        ("changes: {d: {drop: [ii]}}\n", "нет показателя «ii». Возможно"),
        ("changes: {d: {indicators: {i: {target: {value: 0.7}}}}}\n", "«source»"),
        ("folds: {e: x}\n", "которого нет в списке «directions»"),
        ("nmae: x\n", "неизвестный ключ «nmae». Возможно, имелось в виду «name»"),
    ],
)
def test_profiles_that_lead_nowhere_are_refused(project: Project, tail: str, said: str) -> None:
    profile(project, tail)
    with pytest.raises(UsageError, match=re.escape(said)):
        catalog.load_directions(project, "own")


def test_a_direction_without_yaml_or_notebook_is_refused(project: Project) -> None:
    profile(project, "", "[dd]")
    with pytest.raises(UsageError, match=r"строка \d+: направление «dd» не объявлено: нет файла"):
        catalog.load_directions(project, "own")
    profile(project, "", "[e]")
    with pytest.raises(UsageError, match=r"нет блокнота notebooks/e\.ipynb"):
        catalog.load_directions(project, "own")


def test_an_unknown_profile_is_refused_with_the_nearest(project: Project) -> None:
    with pytest.raises(UsageError, match=r"profiles/dem\.yml: такого профиля нет. .*«demo»"):
        catalog.load_profile(project, "dem")


def test_the_name_of_the_file_is_the_name_of_the_profile(project: Project) -> None:
    profile(project, "")
    (project.root / "profiles/own.yml").rename(project.root / "profiles/other.yml")
    with pytest.raises(UsageError, match="должны совпадать"):
        catalog.load_profile(project, "other")


def test_roadmap_columns_and_codes_are_checked(project: Project) -> None:
    folder = project.root / "profiles/own"
    folder.mkdir()
    header = ",".join(
        item.name for item in dataclasses.fields(catalog.Measure) if item.name != "place"
    )
    path = folder / "roadmap.csv"
    path.write_text(f"{header}\n1.1,1.1,Раздел,d,Текст,май,Приказ,УО,\n", encoding="utf-8")
    (measure,) = catalog.load_roadmap(project, "own")
    assert (measure.code, measure.deadline, measure.place.line) == ("1.1", "май", 2)
    path.write_text(f"{header}\n{'1.1,,,,а,,,,' + chr(10)}{'1.1,,,,б,,,,'}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="строка 3: мероприятие с кодом «1.1» – код уже занят"):
        catalog.load_roadmap(project, "own")
    path.write_text("cod\n1.1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="неизвестный столбец «cod». Возможно.*«code»"):
        catalog.load_roadmap(project, "own")


DECISION = """
decisions:
  - {code: a, school_year: 2023-24, direction: d, text: Решено, date: 2024-08-23,
     addressee: Школы, indicator: i, expected: {value: 0.05}, deadline: до 1 октября}
"""


def test_decisions_aim_at_indicators_of_the_profile(project: Project) -> None:
    profile(project, "")
    folder = project.root / "profiles/own"
    folder.mkdir()
    (folder / "decisions.yml").write_text(DECISION, encoding="utf-8")
    (decision,) = catalog.load_decisions(project, "own", SchoolYear.parse("2023-24"))
    assert decision.expected.value == 0.05
    assert catalog.load_decisions(project, "own", SchoolYear.parse("2024-25")) == ()
    for old, new in (("indicator: i", "indicator: j"), ("direction: d", "direction: e"),
                     ("2023-24", "2023-25")):  # fmt: skip
        (folder / "decisions.yml").write_text(DECISION.replace(old, new), encoding="utf-8")
        with pytest.raises(UsageError):
            catalog.load_decisions(project, "own")


def test_a_decision_names_a_measure_of_the_roadmap_or_none(project: Project) -> None:
    profile(project, "")
    roadmap(project, "2.8")
    path = project.root / "profiles/own/decisions.yml"
    named = DECISION.replace("indicator: i,", 'indicator: i, measure: "2.8",')
    path.write_text(named, encoding="utf-8")
    assert catalog.load_decisions(project, "own")[0].measure == "2.8"
    path.write_text(named.replace("2.8", "2.9"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"decisions\.yml, строка 3: «measure: 2\.9»"):
        catalog.load_decisions(project, "own")


def test_catalog_is_light_to_import() -> None:
    code = (
        "import sys, msoko.catalog; "
        "print([name for name in ('pandas', 'sqlglot', 'ibis', 'numpy') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_no_code_of_an_indicator_stands_in_python() -> None:
    named = (catalog.load_direction(HOUSE, code) for code in DIRECTIONS)
    codes = {indicator.code for direction in named for indicator in direction.indicators}
    written = {
        f"{path.stem}: {word}"
        for path in (HOME / "src").rglob("*.py")
        for word in re.findall(r"[\"'`](\w+)[\"'`]", path.read_text(encoding="utf-8"))
        if word in codes
    }
    assert written == set()

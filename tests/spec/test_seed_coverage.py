"""Every goal and group of the founding documents is computed, or says what it would need."""

from __future__ import annotations

from pathlib import Path

import pytest

from msoko import catalog
from msoko.catalog.directions.condition_facts import condition_columns
from msoko.catalog.directions.direction_faults import FORMS
from msoko.catalog.directions.notebook_outline import load_analysis
from msoko.core.project import HOME, Project

HOUSE = Project(HOME)
SEEDS = Path(__file__).parents[1] / "data" / "seeds"
PROFILES = {
    "aniva": ("000", 8),
    "kerch": ("001", 8),
    "bolshoy_kamen": ("002", 9),
    "spirovo": ("003", 9),
    "kamensk_uralsky": ("004", 9),
}
WALKED = {
    "aniva": ("000.tsv", 47),
    "kerch": ("001.tsv", 102),
    "bolshoy_kamen": ("002.tsv", 116),
    "spirovo": ("003.tsv", 26),
    "kamensk_uralsky": ("004.tsv", 23),
}
TITLES = {
    "aniva": (
        "Система оценки качества подготовки обучающихся",
        "Система работы со школами с низкими образовательными результатами/или школами, "
        "функционирующими в неблагоприятных социальных условиях",
        "Система выявления, поддержки и развития способностей и талантов детей и молодежи",
        "Система работы по самоопределению и профессиональной ориентации обучающихся",
        "Система мониторинга эффективности руководителей ОО Анивского городского округа",
        "Система обеспечения профессионального развития педагогических работников",
        "Система организации воспитания и социализации обучающихся",
        "Система мониторинга качества дошкольного образования",
    ),
    "kerch": (
        "Система оценки качества подготовки обучающихся",
        "Система работы со школами с низкими результатами обучения и/или школами, "
        "функционирующими в неблагоприятных социальных условиях",
        "Система выявления, поддержки и развития способностей и талантов у детей и молодёжи",
        "Система работы по самоопределению и профессиональной ориентации обучающихся",
        "Система мониторинга эффективности руководителей образовательных организаций",
        "Система обеспечения профессионального развития педагогических работников",
        "Система организации воспитания обучающихся",
        "Система мониторинга качества дошкольного образования",
    ),
    "bolshoy_kamen": (
        "Система оценки качества подготовки обучающихся по образовательным программам начального "
        "общего, основного общего и среднего общего образования",
        "Система работы со школами с низкими результатами обучения и/или школами, "
        "функционирующими в неблагоприятных социальных условиях",
        "Система выявления, поддержки и развития способностей и талантов у детей и молодежи",
        "Система работы по самоопределению и профессиональной ориентации",
        "Система объективности процедур оценки качества образования и олимпиад школьников",
        "Система мониторинга эффективности руководителей всех образовательных организаций "
        "городского округа Большой Камень",
        "Система мониторинга обеспечения профессионального развития педагогических работников",
        "Система организации воспитания обучающихся",
        "Система мониторинга качества дошкольного образования",
    ),
}
"""Titles of the directions as the documents that list them print them, in their order."""
TARGETS = {"td_literacy": 0.7, "ta_growth_point": 0.3, "cg_informatics": 0.5}
"""Spirovo's roadmap: not less than 70 %, 30 % and 50 %."""
OWN = {
    *("he_noko_count", "so_bank", "so_participations", "so_data_bank", "so_requests"),
    "td_measurement_specialists",
}
"""The indicators that only the concept of Bolshoy Kamen asks for, in its section 6."""

TAKEN = {
    "мероприятия по формированию позитивного отношения к объективной оценке "
    "образовательных результатов"
}
"""Bolshoy Kamen has no section of objectivity: a measure of its 3.1.1 stands for a goal."""


def listed(file: str) -> list[tuple[str, str, str]]:
    lines = (SEEDS / file).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if not line.startswith("#")]


def declared(name: str) -> dict[tuple[str, str, str], tuple[bool, str]]:
    """Return by (section, kind, words) whether an indicator serves it, and what it needs."""
    found: dict[tuple[str, str, str], tuple[bool, str]] = {}
    for direction in catalog.load_directions(HOUSE, name):
        goals = {indicator.goal for indicator in direction.indicators}
        groups = {indicator.group for indicator in direction.indicators}
        for kind, items, used in (
            ("goal", direction.goals, goals),
            ("group", direction.groups, groups),
        ):
            for item in items:
                section = item.seed.section if item.seed else ""
                said = (item.code in used, item.needs)
                for words in {item.text, item.seed.sentence if item.seed else ""} - {""}:
                    found[section, kind, words] = said
    return found


@pytest.mark.parametrize("name", WALKED)
def test_each_line_of_the_document_is_served_or_says_what_it_needs(name: str) -> None:
    file, count = WALKED[name]
    asked, found = listed(file), declared(name)
    assert len(asked) == len(set(asked)) == count
    assert [line for line in asked if line not in found] == []
    assert [line for line in asked if not any(found[line])] == []


@pytest.mark.parametrize("name", TITLES)
def test_directions_bear_the_titles_of_their_document_in_its_order(name: str) -> None:
    assert tuple(one.title for one in catalog.load_directions(HOUSE, name)) == TITLES[name]


@pytest.mark.parametrize("name", WALKED)
def test_each_goal_said_to_be_of_the_document_is_on_its_list(name: str) -> None:
    """The other way round: no goal is put into the document's mouth."""
    words = {text for _, kind, text in listed(WALKED[name][0]) if kind == "goal"}
    claimed = [
        (goal.seed.sentence, goal.text)
        for direction in catalog.load_directions(HOUSE, name)
        for goal in direction.goals
        if goal.seed and goal.seed.file
    ]
    assert [said for said in claimed if (words | TAKEN).isdisjoint(said)] == []


@pytest.mark.parametrize("name", PROFILES)
def test_nothing_is_both_served_and_called_without_data(name: str) -> None:
    stale = [line for line, (is_served, needs) in declared(name).items() if is_served and needs]
    bare = [line for line, said in declared(name).items() if not any(said)]
    assert (stale, bare) == ([], [])


def test_what_has_no_data_is_known() -> None:
    without = {
        name: sum(1 for is_served, _ in declared(name).values() if not is_served)
        for name in PROFILES
    }
    assert without == {
        "aniva": 3,  # 2.4 individual teaching (its words and their sentence), 1.4 talents
        "kerch": 0,
        "bolshoy_kamen": 4,  # one of section 6, three goals of 3.1.4 and 3.2.4
        "spirovo": 0,
        "kamensk_uralsky": 0,
    }


@pytest.mark.parametrize("name", PROFILES)
def test_profiles_load_with_the_directions_of_their_document(name: str) -> None:
    file, count = PROFILES[name]
    profile = catalog.load_profile(HOUSE, name)
    directions = catalog.load_directions(HOUSE, profile)
    assert len(directions) == len(profile.directions) == count
    assert profile.seed == file
    assert profile.folds == ({"objectivity": "student_outcomes"} if count == 8 else {})
    assert [one.number for one in directions] == list(range(1, count + 1))


@pytest.mark.parametrize("name", PROFILES)
def test_no_goal_is_attributed_to_another_municipality(name: str) -> None:
    for direction in catalog.load_directions(HOUSE, name):
        for item in (*direction.goals, *direction.groups):
            assert item.seed is None or item.seed.file in ("", PROFILES[name][0]), item


@pytest.mark.parametrize("name", PROFILES)
def test_no_indicator_of_the_house_is_lost(name: str) -> None:
    profile = catalog.load_profile(HOUSE, name)
    own = {
        indicator.code
        for code in (*profile.directions, *profile.folds)
        for indicator in catalog.load_direction(HOUSE, code).indicators
    }
    told = {one.code for each in catalog.load_directions(HOUSE, profile) for one in each.indicators}
    assert told - own == (OWN if name == "bolshoy_kamen" else set())
    assert own - told == set()


@pytest.mark.parametrize("name", PROFILES)
def test_advice_leads_to_measures_of_the_own_roadmap(name: str) -> None:
    codes = {measure.code for measure in catalog.load_roadmap(HOUSE, name)}
    led = [
        one.measure
        for direction in catalog.load_directions(HOUSE, name)
        for rule in direction.recommendations
        for one in rule.advice
    ]
    assert {code for code in led if code} <= codes
    assert any(led)


def test_targets_of_spirovo() -> None:
    targets = {
        indicator.code: indicator.target
        for direction in catalog.load_directions(HOUSE, "spirovo")
        for indicator in direction.indicators
        if indicator.target
    }
    assert {code: target.value for code, target in targets.items()} == TARGETS
    for code, target in targets.items():
        assert f"{TARGETS[code]:.0%}" in target.seed.sentence


@pytest.mark.parametrize("name", sorted(set(PROFILES) - {"spirovo"}))
def test_no_other_document_sets_a_target(name: str) -> None:
    for direction in catalog.load_directions(HOUSE, name):
        assert [one.code for one in direction.indicators if one.target] == []


def test_rules_of_returns_and_of_the_working_group() -> None:
    loaded = {name: catalog.load_profile(HOUSE, name) for name in PROFILES}
    returns = {
        name: (profile.returns.period, profile.returns.day)
        for name, profile in loaded.items()
        if profile.returns
    }
    assert returns == {"kerch": ("month", 25), "spirovo": ("quarter", None)}
    group = loaded["kerch"].working_group
    assert group is not None
    assert (group.members, group.quorum, group.majority) == (11, "2/3", "simple")
    assert group.chair_has_casting_vote
    assert (group.minutes_days, group.extracts_working_days, group.meetings_a_year) == (4, 5, 2)
    assert [name for name, profile in loaded.items() if profile.working_group] == ["kerch"]


def test_methods_of_collection_of_bolshoy_kamen_are_its_own() -> None:
    collected = {
        one.direction: [method.code for method in one.collection]
        for one in catalog.load_directions(HOUSE, "bolshoy_kamen")
        if all(method.seed and method.seed.file == "002" for method in one.collection)
    }
    assert len(collected["student_outcomes"]) == 7
    assert len(collected["heads_effectiveness"]) == 5
    assert "preschool_quality" in collected


def test_the_indicator_of_the_concept_reads_a_form_that_exists() -> None:
    directions = {one.direction: one for one in catalog.load_directions(HOUSE, "bolshoy_kamen")}
    indicator = directions["heads_effectiveness"].indicator("he_noko_count")
    forms = catalog.load_form_items(HOUSE)
    assert indicator.table == FORMS
    for form, item in condition_columns(indicator.numerator):
        assert item in forms[form]


def test_the_summary_says_section_6_of_the_concept_word_for_word() -> None:
    (block,) = catalog.load_profile(HOUSE, "bolshoy_kamen").summary_blocks
    asked = [words for section, _, words in listed("002.tsv") if section == "6"]
    assert [item.text for item in block.items] == asked
    assert [item.text for item in block.items if not item.indicators] == [
        "Доступность ресурсов МСОКО для внешних пользователей"
    ]


@pytest.mark.parametrize(
    ("name", "kind", "parts"),
    [("spirovo", "motivating", 3), ("kamensk_uralsky", "figures", 4)],
)
def test_blocks_of_the_summary_are_those_of_the_document(name: str, kind: str, parts: int) -> None:
    (block,) = catalog.load_profile(HOUSE, name).summary_blocks
    assert block.kind == kind
    assert len({item.part for item in block.items}) == parts
    seeds = [item.seed or block.seed for item in block.items]
    assert {seed.file for seed in seeds} == {PROFILES[name][0]}


@pytest.mark.parametrize("name", PROFILES)
def test_the_report_that_takes_a_direction_in_asks_for_its_analysis(name: str) -> None:
    for source, target in catalog.load_profile(HOUSE, name).folds.items():
        asked = [one.call for one in load_analysis(HOUSE, target).questions]
        assert ("folded", (source,)) in asked

"""What makes which step stale, asked of the plan itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from msoko.build.graph.build_plan import BuildPlan
from msoko.build.graph.file_digests import digest_of
from msoko.build.graph.step_records import Step
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

YEAR = SchoolYear.parse("2024-25")


@pytest.fixture
def plan(tmp_path: Path) -> BuildPlan:
    (tmp_path / "data" / "raw" / str(YEAR)).mkdir(parents=True)
    return BuildPlan(Project(tmp_path), "demo", "internal")


def names(step: Step, kind: str) -> set[str]:
    return {name.rpartition("/")[2] for part, name in step.parts if part == kind}


def test_words_of_reports_make_no_table_stale(plan: BuildPlan):
    assert "scales.csv" in names(plan.intake(YEAR), "registry")
    assert not any(name.startswith("wording") for name in names(plan.intake(YEAR), "registry"))
    words = {one for one in names(plan.validation(YEAR), "registry") if one.startswith("wording")}
    assert words == {"wording_checks.yml"}
    assert "wording.yml" in names(plan.report(YEAR, "talents"), "registry")


def test_how_reports_are_worded_and_drawn_makes_no_table_stale(plan: BuildPlan):
    modules = [name for step in (plan.intake(YEAR), plan.validation(YEAR), plan.numbers(YEAR))
               for part, name in step.parts if part == "module"]  # fmt: skip
    assert any("/indicators/" in one for one in modules)
    assert [one for one in modules if "/present/" in one or "/publish/" in one] == []


@pytest.mark.parametrize("name", ["page", "annex"])
def test_the_shell_makes_neither_bodies_nor_annexes_stale(plan: BuildPlan, name: str):
    step = getattr(plan, name)(YEAR, "talents")
    assert not any(one.endswith((".css", ".js", ".j2")) for one in names(step, "asset"))
    assert "style.css.j2" in names(plan.site(YEAR, ["talents"], {}), "asset")


def test_the_index_depends_on_what_its_pages_of_no_direction_declare(plan: BuildPlan):
    declared = names(plan.site(YEAR, ["talents", "annual_summary"], {"roadmap": ""}), "declaration")
    assert {"talents.yml", "annual_summary.yml", "roadmap.yml"} <= declared


def test_the_index_remembers_why_it_goes_without_a_report_and_depends_on_it(plan: BuildPlan):
    refused = {"roadmap": "Данные не приняты. Лист 1."}
    step = plan.site(YEAR, ["talents"], refused)
    assert plan.refusals(YEAR) == {}
    plan.records.remember(step, 0)
    assert plan.refusals(YEAR) == refused
    assert plan.published_reports(YEAR)[1]["roadmap"] == "Данные не приняты. Лист 1."
    assert plan.published_reports(YEAR)[1]["talents"] == "В этой сборке не строился."
    other = plan.site(YEAR, ["talents"], {"roadmap": "Данные не приняты. Лист 2."})
    told = [reason.text for reason in plan.records.reasons(other)]
    assert "изменилось: причина отказа roadmap" in told


def test_a_page_depends_on_the_labels(plan: BuildPlan):
    assert "_quarto.yml" in names(plan.page(YEAR, "talents"), "asset")


def record(plan: BuildPlan, step_id: str, **facts: object) -> None:
    plan.records.remember(Step(step_id, step_id, {}), 0, **facts)


def changed(before: Step, after: Step) -> bool:
    return before.parts != after.parts


def test_a_passport_depends_on_the_recommendations_of_its_school_only(plan: BuildPlan):
    record(plan, f"numbers:{YEAR}", advice={"s01": "a", "s02": "b"})
    first, second = (plan.report(YEAR, f"school_passport:{one}") for one in ("s01", "s02"))
    record(plan, f"numbers:{YEAR}", advice={"s01": "a", "s02": "changed"})
    assert not changed(first, plan.report(YEAR, "school_passport:s01"))
    assert changed(second, plan.report(YEAR, "school_passport:s02"))


def test_a_passport_depends_on_what_is_declared_besides_rules(plan: BuildPlan):
    before = plan.report(YEAR, "school_passport:s01")
    assert "talents.yml" not in names(before, "declaration")
    assert "talents.yml" in names(plan.report(YEAR, "annual_summary"), "declaration")
    record(plan, "declared:demo", digest="other")
    assert changed(before, plan.report(YEAR, "school_passport:s01"))


def test_only_a_rule_of_recommendation_leaves_the_digest_as_it_is():
    import dataclasses

    from msoko.build.graph.passport_digests import declared_digest
    from msoko.catalog import load_directions

    directions = load_directions(Project.at(None), "demo")
    first = next(one for one in directions if one.recommendations)
    without = dataclasses.replace(first, recommendations=first.recommendations[1:])
    retitled = dataclasses.replace(first, title="Иначе")
    assert declared_digest([without]) == declared_digest([first])
    assert declared_digest([retitled]) != declared_digest([first])


def test_what_is_settled_is_asked_once(plan: BuildPlan, tmp_path: Path):
    declared = tmp_path / "registry" / "scales.csv"
    before = plan.report(YEAR, "talents")
    plan.inputs.settle()
    assert not changed(before, plan.report(YEAR, "talents"))
    declared.parent.mkdir()
    declared.write_text("year\n")
    assert not changed(before, plan.report(YEAR, "talents"))
    assert changed(before, BuildPlan(plan.project, "demo", "internal").report(YEAR, "talents"))


def test_schools_come_from_the_record_of_the_reading(plan: BuildPlan):
    assert plan.schools(YEAR) == ()
    assert not any(one.startswith("school_passport") for one in plan.reports.of(YEAR))
    record(plan, f"intake:{YEAR}", schools=[["s01", "Школа", "school"], ["d01", "", "preschool"]])
    assert [(one.name, one.is_preschool) for one in plan.schools(YEAR)] == [
        ("Школа", False),
        ("d01", True),
    ]
    assert plan.reports.of(YEAR)[-2:] == ["school_passport:s01", "school_passport:d01"]


def test_an_own_registry_is_told_apart_from_the_houses(plan: BuildPlan, tmp_path: Path):
    own = tmp_path / "registry" / "scales.csv"
    own.parent.mkdir()
    house = plan.report(YEAR, "talents").parts["registry", "registry/scales.csv"]
    for text in ("year\n", "year,procedure\n"):
        own.write_text(text)
        parts = BuildPlan(plan.project, "demo", "internal").report(YEAR, "talents").parts
        assert parts["registry", "registry/scales.csv"] == house
        assert parts["registry", "проекта: registry/scales.csv"] == digest_of(text)


def test_an_own_declaration_is_read_in_place_of_the_houses(plan: BuildPlan, tmp_path: Path):
    own = tmp_path / "notebooks" / "talents.yml"
    own.parent.mkdir()
    own.write_text("direction: talents\n")
    found = plan.paths.all_declarations()
    assert own in found
    assert [path.name for path in found].count("talents.yml") == 1


def test_numbers_depend_on_the_tables_of_every_earlier_year(plan: BuildPlan):
    early = plan.paths.table(YEAR.shifted(-3), "results")
    early.parent.mkdir(parents=True)
    early.write_bytes(b"")
    (plan.project.raw(YEAR.shifted(-3))).mkdir(parents=True, exist_ok=True)
    before = plan.numbers(YEAR)
    early.write_bytes(b"other")
    now = BuildPlan(plan.project, "demo", "internal").numbers(YEAR)
    assert changed(before, now)
    assert f"intake:{YEAR.shifted(-3)}" in now.after

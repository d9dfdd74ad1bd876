"""What a decision of the register changed: measured in the year its change is expected by."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from msoko import catalog
from msoko.core import russian
from msoko.core.errors import UsageError
from msoko.report.block import block as block_of
from msoko.report.sections.cycle import advice, decision_effects
from msoko.report.sections.cycle.decision_effects import effect_of, foreseen, measured_decisions
from msoko.stats.estimators.estimate import Estimate

DECISION = """\
decisions:
  - code: "1"
    school_year: {year}
    direction: {direction}
    text: Решить
    date: 2023-08-23
    addressee: Школы
    indicator: er_success
    group: {{subject: mathematics}}
    expected: {{value: {value}, by: {by}}}
    deadline: до 1 октября
    schools: [{schools}]
"""
SINCE_LAST = {"year": "2023-24", "by": "2024-25"}


def decide(report, year="2022-23", by="2024-25", value=0.001, direction="exam_results", schools=()):
    folder = report.project.root / "profiles" / "small"
    folder.mkdir(exist_ok=True)
    said = DECISION.format(
        year=year, by=by, value=value, direction=direction, schools=", ".join(schools)
    )
    (folder / "decisions.yml").write_text(said, encoding="utf-8")


def text_of(block):
    return block._repr_mimebundle_()["text/markdown"]


def share(report, year):
    rows = report.store.read("school_results")
    own = rows[(rows["school_year"] == year) & (rows["subject"] == "mathematics")]
    return own["success_count"].sum() / own["participant_count"].sum()


def outcomes(report):
    return [effect_of(report, one).outcome for one in measured_decisions(report)]


def values_of(report):
    """Return the municipality's shares by year, as the published counts give them."""
    years = ("2020-21", "2021-22", "2022-23", "2023-24", "2024-25")
    return [share(report, year) for year in years]


def test_a_year_is_set_beside_the_mean_of_those_before_the_decision(made):
    report = made(slope=0.0)
    decide(report, **SINCE_LAST)
    (decision,) = measured_decisions(report)
    told = effect_of(report, decision)
    *earlier, after = values_of(report)
    assert told.estimate.value == pytest.approx(after - sum(earlier) / 4, abs=1e-12)
    assert told.change == pytest.approx(after - earlier[-1], abs=1e-12)
    assert (told.way, told.estimate.n, told.outcome) == ("course", 4, "untold")
    said = text_of(report.effect())
    assert "Достигли уровня\\: математика" in said
    assert russian.change(after - sum(earlier) / 4, "percent") in said
    assert "Сказать об эффекте нельзя. Различимо отличие от" in said
    assert "год сравнивается со средним прежних лет" in said
    assert "школы с такими же прежними результатами" not in said  # a rule that was not used


def test_an_expected_change_beyond_the_interval_is_said_to_be_absent(made):
    report = made(slope=0.0)
    decide(report, **SINCE_LAST, value=0.2)
    assert outcomes(report) == ["absent"]
    assert "Эффекта ожидавшейся величины нет." in text_of(report.effect())


def test_an_indicator_that_went_that_way_before_tells_nothing(made):
    report = made(slope=3.0)
    decide(report, **SINCE_LAST)
    assert outcomes(report) == ["moving"]
    said = text_of(report.effect())
    assert "показатель шёл в эту сторону и до решения" in said


def test_a_change_to_the_other_side_is_said_to_be_one(made, monkeypatch):
    report = made(slope=0.0)
    decide(report, **SINCE_LAST, value=-0.01)
    told = Estimate(0.05, 0.02, 0.08, 4, se=0.01, df=3)
    monkeypatch.setattr(decision_effects, "course_effect", lambda *_: told)
    assert outcomes(report) == ["absent"]
    said = text_of(report.effect())
    assert "Эффекта ожидавшейся величины нет. Показатель изменился в обратную сторону." in said


def test_two_years_before_a_decision_are_too_few(made):
    report = made(years=3)
    decide(report, **SINCE_LAST)
    assert outcomes(report) == ["short"]
    assert "меньше 3\u00a0сопоставимых лет" in text_of(report.effect())


def test_chosen_schools_are_set_beside_the_others(made):
    report = made(16, slope=0.0)
    chosen = ("s0", "s1", "s2", "s3", "s4")
    decide(report, **SINCE_LAST, schools=chosen)
    (decision,) = measured_decisions(report)
    told = effect_of(report, decision)
    assert (told.way, told.estimate.n, told.others) == ("compared", 5, 11)
    said = text_of(report.effect())
    assert "по сравнению с остальными школами таких же прежних результатов" in said
    assert "на следующий год улучшают их и без вмешательства" in said
    assert "год сравнивается со средним прежних лет" not in said


def test_a_decision_on_a_few_schools_is_followed_school_by_school(made):
    report = made(6)
    decide(report, **SINCE_LAST, schools=("s0", "s4"))
    said = text_of(report.effect())
    assert outcomes(report) == ["followed"]
    rows = report.store.read("school_results")
    own = rows[(rows["school_id"] == "s4") & (rows["subject"] == "mathematics")]
    before, after = (
        float((one["success_count"] / one["participant_count"]).iloc[0])
        for one in (own[own["school_year"] == year] for year in ("2023-24", "2024-25"))
    )
    row = next(line for line in said.splitlines() if "СОШ № 4" in line)
    assert russian.change(after - before, "percent") in row
    assert "Отчёта об исполнении нет; исполнитель – Школы." in said
    public = dataclasses.replace(report, edition="public")
    assert "СОШ № 4" not in text_of(public.effect())


def test_what_was_reported_done_is_said_with_who_and_when(made):
    report = made(6)
    folder = report.project.root / "profiles" / "small"
    folder.mkdir(exist_ok=True)
    head = "code,number,section,direction,text,deadline,result,responsible,note"
    row = "m1,1,Раздел,exam_results,Помочь,2024,Справка,Центр,"
    (folder / "roadmap.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    decide(report, **SINCE_LAST, schools=("s0", "s4"))
    path = folder / "decisions.yml"
    path.write_text(path.read_text("utf-8") + "    measure: m1\n", encoding="utf-8")
    returned = [("2024-10", "in_progress", "2024-10-28"), ("2025-01", "done", "2025-01-30")]
    frame = pd.DataFrame(returned, columns=["period", "status", "returned_on"]).assign(
        school_year="2024-25", measure="1", responsible="Центр", result="Справка",
        source_id="a", source_row=[2, 3],
    )  # fmt: skip
    frame["returned_on"] = pd.to_datetime(frame["returned_on"])
    report.store.add(report.year, "roadmap_returns", frame)
    said = text_of(report.effect())
    assert "По последнему отчёту (30.01.2025; Центр): выполнено; Справка." in said


def test_what_will_be_seen_is_said_when_a_decision_is_entered(made):
    report = made(slope=0.0)
    decide(report, year="2024-25", by="2025-26", value=0.3)
    (decision,) = report.decisions
    told = foreseen(report, decision)
    assert told.kind == "seen" and 0 < told.detectable < 0.3
    said = block_of(advice.foreseen_text(report, decision)).markdown()
    assert said == f"да: различимо отличие от {russian.change(told.detectable, 'percent')[1:]}"
    decide(report, year="2024-25", by="2025-26", value=0.001)
    again = dataclasses.replace(report)
    assert foreseen(again, again.decisions[0]).kind == "unseen"


def test_chosen_schools_are_foreseen_by_the_panel_and_a_few_are_not(made):
    report = made(16, slope=0.0)
    chosen = ("s0", "s1", "s2", "s3", "s4")
    decide(report, year="2024-25", by="2025-26", schools=chosen)
    told = foreseen(report, report.decisions[0])
    assert told.kind == "unseen" and told.detectable > 0.001
    decide(report, year="2024-25", by="2025-26", schools=chosen[:4])
    again = dataclasses.replace(report)
    assert foreseen(again, again.decisions[0]).kind == "followed"
    assert "по школам, без вывода об эффекте" in text_of(again.decisions_proposed())


def test_change_that_is_expected_later_is_not_judged_yet(made):
    report = made()
    decide(report, year="2023-24", by="2025-26")
    assert outcomes(report) == ["later"]
    assert "изменение ожидается к 2025-26 учебному году" in text_of(report.effect())


def test_decision_whose_time_has_passed_is_not_measured_again(made):
    report = made()
    decide(report, year="2021-22", by="2023-24")
    assert measured_decisions(report) == []


def test_decision_on_a_folded_direction_is_the_whole_ones(made):
    report = made()
    profile = dataclasses.replace(report.profile, folds={"exam_results": "other"})
    decide(report)
    into = dataclasses.replace(report.direction, direction="other")
    reading = dataclasses.replace(report, profile=profile, direction=into)
    found = catalog.load_decisions(report.project, report.profile)
    assert found and reading.decisions == found


@pytest.mark.parametrize(
    ("year", "by", "message"),
    [
        ("2023-24", "2023-24", "строка 2: изменение ожидается к 2023-24, а решение принято"),
        ("2023-24", "2022-23", "строка 2: изменение ожидается к 2022-23, а решение принято"),
        ("2023-24", "2026", "строка 2: учебный год пишется как 2024-25, получено '2026'"),
        ("2023/24", "2024-25", "строка 2: учебный год пишется как 2024-25, получено '2023/24'"),
    ],
)
def test_years_of_a_decision_are_checked(made, year, by, message):
    report = made(years=1)
    decide(report, year=year, by=by)
    with pytest.raises(UsageError) as refusal:
        catalog.load_decisions(report.project, "small")
    assert str(refusal.value).startswith(f"profiles/small/decisions.yml, {message}")


def test_part_that_no_effect_is_measured_for_is_refused(made):
    report = made(years=1)
    decide(report)
    path = report.project.root / "profiles" / "small" / "decisions.yml"
    path.write_text(path.read_text("utf-8").replace("{subject:", "{grade:"), "utf-8")
    with pytest.raises(UsageError, match="строка 2: «group: grade» не объявлено"):
        catalog.load_decisions(report.project, "small")


def test_decision_without_a_deadline_is_refused(made):
    report = made(years=1)
    decide(report)
    path = report.project.root / "profiles" / "small" / "decisions.yml"
    path.write_text(path.read_text("utf-8").replace("    deadline: до 1 октября\n", ""), "utf-8")
    with pytest.raises(UsageError, match="нет обязательных ключей.*«deadline»"):
        catalog.load_decisions(report.project, "small")

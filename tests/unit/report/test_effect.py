"""What a decision of the register changed: measured in the year its change is expected by."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest

from msoko import catalog
from msoko.core import russian
from msoko.core.errors import UsageError
from msoko.report.sections.cycle import advice

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
"""


def decide(report, year="2022-23", by="2024-25", value=0.001, direction="exam_results"):
    folder = report.project.root / "profiles" / "small"
    folder.mkdir(exist_ok=True)
    said = DECISION.format(year=year, by=by, value=value, direction=direction)
    (folder / "decisions.yml").write_text(said, encoding="utf-8")


def text_of(block):
    return block._repr_mimebundle_()["text/markdown"]


def share(report, year):
    rows = report.store.read("school_results")
    own = rows[(rows["school_year"] == year) & (rows["subject"] == "mathematics")]
    return own["success_count"].sum() / own["participant_count"].sum()


def test_change_is_measured_from_the_year_of_the_decision(made):
    report = made(slope=3.0)
    decide(report)
    (decision,) = advice.measured_decisions(report)
    outcome, told = advice.effect_of(report, decision)
    expected = share(report, "2024-25") - share(report, "2022-23")
    assert told.value == pytest.approx(expected, abs=1e-12)
    assert told.value != pytest.approx(
        share(report, "2024-25") - share(report, "2023-24"), abs=1e-4
    )
    assert (outcome, told.n) == ("reached", 6)
    said = text_of(report.effect())
    assert "Достигли уровня\\: математика" in said
    assert russian.change(expected, "percent") in said
    assert "Решений прежних лет, результат которых ожидался к этому году, – 1." in said


def test_change_that_is_expected_later_is_not_judged_yet(made):
    report = made()
    decide(report, year="2023-24", by="2025-26")
    assert [advice.effect_of(report, one) for one in advice.measured_decisions(report)] == [
        ("later", None)
    ]
    assert "изменение ожидается к 2025-26 учебному году" in text_of(report.effect())


def test_decision_whose_time_has_passed_is_not_measured_again(made):
    report = made()
    decide(report, year="2021-22", by="2023-24")
    assert advice.measured_decisions(report) == []


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


@pytest.mark.parametrize(
    ("low", "high", "expected", "outcome"),
    [
        (0.049, 0.142, 0.10, "reached"),  # the expected change lies in the interval
        (0.110, 0.142, 0.10, "reached"),
        (0.020, 0.080, 0.10, "partly"),
        (-0.01, 0.142, 0.10, "untold"),
        (-0.08, -0.02, 0.10, "worse"),
        (-0.142, -0.049, -0.10, "reached"),
        (-0.080, -0.020, -0.10, "partly"),
        (0.020, 0.080, -0.10, "worse"),
    ],
)
def test_less_than_expected_is_said_only_where_the_whole_interval_is(low, high, expected, outcome):
    told = SimpleNamespace(low=low, high=high, value=(low + high) / 2)
    decision = SimpleNamespace(expected=SimpleNamespace(value=expected))
    assert advice._outcome(decision, told) == outcome

"""Risks and decisions of the annual summary."""

import dataclasses

import pandas as pd
import pytest

from msoko import catalog
from msoko.core.tables import GROUP
from msoko.report.sections.cycle import advice
from msoko.report.sections.cycle.decision_effects import DecisionEffect
from msoko.report.sections.pages import year_matters

DECISION = """\
  - code: "{code}"
    school_year: {year}
    direction: exam_results
    text: {text}
    date: 2024-08-23
    addressee: Руководители школ
    indicator: er_success
    expected: {{value: {value}{by}}}
    deadline: до 1 октября
"""


def of_year(report):
    page = catalog.load_direction(report.project, "annual_summary")
    return dataclasses.replace(report, direction=page)


def text_of(block):
    return block._repr_mimebundle_()["text/markdown"]


def decide(report, *decisions):
    folder = report.project.root / "profiles" / "small"
    folder.mkdir(exist_ok=True)
    said = "decisions:\n" + "".join(
        DECISION.format(
            code=f"{number}",
            **({"year": "2023-24", "by": "", "value": 0.01, "text": "Решить"} | one),
        )
        for number, one in enumerate(decisions)
    )
    (folder / "decisions.yml").write_text(said, encoding="utf-8")
    return of_year(report)


def rows_of(text, name):
    body = text.split(f"tbl-{name}}}")[0]
    return [line for line in body.splitlines() if line.startswith("| Решить")]


@pytest.fixture
def told(monkeypatch):
    """Say what each decision changed, by its expected value."""

    def give(**outcomes):
        monkeypatch.setattr(
            year_matters,
            "effect_of",
            lambda _, one: DecisionEffect(outcomes[f"v{one.expected.value:.0f}"]),
        )

    return give


def test_outcomes_of_past_decisions_are_counted_and_worded(made, told):
    told(v1="reached", v2="partly", v3="absent", v4="untold", v5="followed", v6="not_comparable")
    report = decide(made(3, 2), *({"value": float(value)} for value in range(1, 7)))
    text = text_of(year_matters.decisions(report))
    said = (
        "эффект достигнут у 1, меньший – у 1, эффекта ожидавшейся величины нет у 1; без вывода 3."
    )
    assert said in text
    ends = [row.rstrip(" |").rsplit("| ", 1)[1] for row in rows_of(text, "year-effects")]
    assert ends == ["ожидавшийся эффект достигнут", "эффект меньше ожидавшегося",
                    "эффекта ожидавшейся величины нет", "сказать нельзя",
                    "прослежено по школам",
                    "сказать нельзя: годы не сравниваются"]  # fmt: skip


def test_more_decisions_than_the_page_holds_are_counted(made, told):
    told(v1="untold")
    report = decide(made(3, 2), *[{"value": 1.0}] * (year_matters.MOST_EFFECTS + 2))
    text = text_of(year_matters.decisions(report))
    assert len(rows_of(text, "year-effects")) == year_matters.MOST_EFFECTS
    assert "Ещё 2 – в отчётах" in text


def test_what_no_data_can_tell_is_not_told(made):
    """The indicator has values by subject only: there is no whole to measure a decision by."""
    report = decide(made(6, 2, slope=3.0), {})
    (row,) = rows_of(text_of(year_matters.decisions(report)), "year-effects")
    assert row.endswith(
        "| +1,0\xa0п.\xa0п. | – | – | – | сказать нельзя: значения за один из годов нет |"
    )


def test_this_year_s_decisions_stand_apart_and_a_register_may_be_empty(made):
    text = text_of(year_matters.decisions(decide(made(3, 2), {"year": "2024-25"})))
    assert "результат которых можно было бы оценить, в реестре нет" in text
    assert len(rows_of(text, "year-decisions")) == 1


def test_an_empty_register_says_so(made):
    empty = text_of(year_matters.decisions(of_year(made(3, 2))))
    assert "Решений 2024-25 учебного года в реестре нет" in empty


def findings(*schools, rule="r"):
    return pd.DataFrame({
        "school_id": list(schools), "finding": [f"Находка {one}" for one in schools],
        "recipient": "school", "rule": rule, "measure": None, "indicator": "i",
        **dict.fromkeys(key for key in GROUP if key != "school_id"),
    }, dtype=object)  # fmt: skip


def with_directions(report, count):
    """Give the report the same direction under several codes."""
    (own,) = report.directions
    many = tuple(
        dataclasses.replace(own, direction=f"d{number}", title=f"Направление {number}")
        for number in range(count)
    )
    return dataclasses.replace(of_year(report), directions=many)


def test_organisations_of_several_directions_are_named_in_the_alphabet_s_order(made, monkeypatch):
    shown = {"d0": findings("s2", "s0", None), "d1": findings("s0", "s2"), "d2": findings("s1")}
    monkeypatch.setattr(advice, "shown_recommendations", lambda one: shown[one.direction.direction])
    text = text_of(year_matters.risks(with_directions(made(3, 2), 3)))
    line = next(line for line in text.splitlines() if "не рейтинг" in line)
    assert line.index("СОШ № 0") < line.index("СОШ № 2") and "СОШ № 1" not in line
    assert "Находка None" in text  # the municipality's own finding is worded


def test_the_public_edition_names_no_organisation(made, monkeypatch):
    monkeypatch.setattr(advice, "shown_recommendations", lambda _: findings("s0"))
    text = text_of(year_matters.risks(with_directions(made(3, 2, edition="public"), 2)))
    assert "СОШ" not in text and "Организаций" not in text


def test_findings_beyond_the_page_are_counted(made, monkeypatch):
    own = findings(None, None, None)
    own["finding"] = ["а", "б", "в"]
    monkeypatch.setattr(advice, "shown_recommendations", lambda _: own)
    text = text_of(year_matters.risks(with_directions(made(3, 2), 6)))
    worded = [line for line in text.splitlines() if line.startswith("- **")]
    assert len(worded) == year_matters.MOST_WORDED
    # Six directions word two findings each; twelve less what the page holds.
    assert f"(ещё {12 - year_matters.MOST_WORDED} – в отчётах" in text.replace("\n", " ")


def test_measures_are_those_of_the_roadmap_with_most_findings_first(made, monkeypatch):
    report = with_directions(made(3, 2), 1)
    folder = report.project.root / "profiles" / "small"
    folder.mkdir()
    head = "code,number,section,direction,text,deadline,result,responsible,note\n"
    rows = "".join(f"1.{n},1.{n}.,Раздел,,Мероприятие {n},май,,Отдел,\n" for n in (1, 2))
    (folder / "roadmap.csv").write_text(head + rows, encoding="utf-8")
    found = findings("s0", "s1", "s2").assign(measure=["1.2", "1.2", "1.1"])
    unknown = findings("s0").assign(measure="9.9")
    monkeypatch.setattr(advice, "shown_recommendations", lambda _: pd.concat([found, unknown]))
    text = text_of(year_matters.decisions(report))
    listed = [line for line in text.splitlines() if "Мероприятие" in line and "| 1" in line]
    assert [line.split("|")[-2].strip() for line in listed] == ["2", "1"]
    assert "Мероприятие 2" in listed[0] and "9.9" not in text

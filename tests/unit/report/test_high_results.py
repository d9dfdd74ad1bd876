"""Medals and high scores, satisfaction, and marks of schools beside exams."""

import dataclasses
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from msoko import catalog
from msoko.core.project import HOME, Project
from msoko.report.sections.results import high_results, satisfaction, school_marks


def text_of(block):
    return block._repr_mimebundle_()["text/markdown"]


def exams(scores, subject="russian", school="s0", first=0):
    return pd.DataFrame({
        "procedure": "ege", "subject": subject, "grade": 11, "school_id": school,
        "pupil_id": [f"p{first + number}" for number in range(len(scores))],
        "test_score": [float(score) for score in scores], "mark": None, "journal_mark": None,
        "primary_score": np.nan, "max_score": np.nan, "is_absent": False,
    })  # fmt: skip


def returned(school="s0", **items):
    return pd.DataFrame([
        {"school_id": school, "form": "student_outcomes", "item": item, "value": float(value)}
        for item, value in items.items()
    ])  # fmt: skip


NO_EXAMS = exams([])
NO_FORMS = pd.DataFrame(columns=["school_id", "form", "item", "value"])


@pytest.fixture
def given(made, monkeypatch):
    """Give a report whose tables are these, in every year."""

    def give(edition="internal", **tables):
        report = made(2, 1, edition=edition)
        read = report.store.read
        monkeypatch.setattr(
            report.store, "read", lambda name, years: tables.get(name)
            if name in tables else read(name, years),
        )  # fmt: skip
        return report

    return give


def test_without_exams_and_forms_nothing_is_told(given):
    report = given(results=NO_EXAMS, monitoring=NO_FORMS)
    assert "Недостаточно данных" in text_of(high_results.high_results(report))


def test_a_graduate_with_two_high_results_is_one_graduate(given):
    papers = pd.concat([exams([85, 79, 100]), exams([90, 40, 100], "physics")])
    text = text_of(high_results.high_results(given(results=papers, monitoring=NO_FORMS)))
    rows = {row.split("|")[1].strip(): row for row in text.splitlines() if row.startswith("| ")}
    assert "[4](" in rows["Результатов от 80 баллов"]
    assert "[2](" in rows["Выпускников с результатом от 80 баллов"]
    assert "[2](" in rows["Результатов в 100 баллов"]
    assert "[1](" in rows["Выпускников со 100 баллами"]
    assert rows["Выпускников со 100 баллами"].endswith("| 3 |")
    assert "Сведений о медалях школы за год не представили" in text


def test_medals_are_added_over_schools_and_divided_where_both_are_known(given):
    forms = pd.concat([
        returned("s0", medal_candidates=6, medals=4, medals_confirmed=3),
        returned("s1", medals=5, medals_confirmed=5),
    ])  # fmt: skip
    text = text_of(high_results.high_results(given(results=NO_EXAMS, monitoring=forms)))
    rows = {row.split("|")[1].strip(): row for row in text.splitlines() if row.startswith("| ")}
    # Nine medals in all; the share is of the one school that also returned its candidates.
    assert re.search(r"\[9\].*66,7\xa0% \(от.* \| 6 \|$", rows["Получили медаль"])
    confirmed = rows["Подтвердили медаль результатами ЕГЭ"]
    assert re.search(r"\[8\].*88,9\xa0% \(от.* \| 9 \|$", confirmed)
    assert "Результатов ЕГЭ по 100-балльной шкале за год нет" in text


def test_what_nobody_returned_is_not_none(given, monkeypatch):
    """No form about medals received, and no papers last year: a dash, never 0."""
    forms = returned("s0", medal_candidates=6)
    report = given(results=NO_EXAMS, monitoring=forms)
    monkeypatch.setattr(
        report.store, "read",
        lambda name, years: (forms if years[0] == report.year else NO_FORMS)
        if name == "monitoring" else (exams([85, 30]) if years[0] == report.year else NO_EXAMS),
    )  # fmt: skip
    report.__dict__["years"] = [report.year.shifted(-1), report.year]
    text = text_of(high_results.high_results(report))
    rows = {row.split("|")[1].strip(): row for row in text.splitlines() if row.startswith("| ")}
    assert re.search(r"\| – \| \[6\]", rows["Претендентов на медаль"])
    assert rows["Получили медаль"].split("|")[2:6] == [" – "] * 4
    assert re.search(r"\| – \| \[1\]", rows["Результатов от 80 баллов"])


def test_a_form_unlike_the_protocols_names_the_school(given):
    forms = pd.concat([returned("s0", ege_80_plus=3), returned("s1", ege_80_plus=1)])
    papers = pd.concat([exams([85, 81, 20]), exams([99, 50], school="s1", first=10)])
    text = text_of(high_results.high_results(given(results=papers, monitoring=forms)))
    assert "от 80 баллов – 4, по протоколам тех же школ – 3" in text
    assert "расходятся у 1" in text.replace("\xa0", " ") and "СОШ № 0" in text


@pytest.mark.parametrize("count", [1, 2, 5, 30])
def test_the_public_edition_never_prints_few(given, count):
    papers = exams([85] * 2 + [50] * count)
    forms = returned("s0", medal_candidates=3, medals=2, medals_confirmed=1)
    report = given("public", results=papers, monitoring=forms)
    text = text_of(high_results.high_results(report))
    assert not re.search(r"\[[1-4]\]\(", text) and "по протоколам тех же школ" not in text


def test_the_public_edition_hides_last_year_s_few_and_their_rest(given, monkeypatch):
    forms = returned("s0", medal_candidates=40, medals=30, medals_confirmed=20)
    report = given("public", results=NO_EXAMS, monitoring=forms)
    last = returned("s0", medal_candidates=40, medals=30, medals_confirmed=28)
    monkeypatch.setattr(
        report.store, "read",
        lambda name, years: (forms if years[0] == report.year else last)
        if name == "monitoring" else NO_EXAMS,
    )  # fmt: skip
    report.__dict__["years"] = [report.year.shifted(-1), report.year]
    text = text_of(high_results.high_results(report))
    (row,) = [row for row in text.splitlines() if row.startswith("| Подтвердили")]
    assert "| скрыто, участников мало | [20](" in row and "28" not in row


def answers(school, positive, total, survey="parents", question="overall"):
    return {"school_id": school, "survey": survey, "question": question,
            "positive_count": positive, "answer_count": total}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "Недостаточно данных"),
        ([answers("s0", 4, 5)], "мало ответов"),
        ([answers("s0", 8, 10)], "80,0\xa0%"),
        ([answers("s0", 15, 20), answers("s1", 5, 20), answers("s2", 10, 10)], "60,0\xa0%"),
    ],
)
def test_satisfaction_of_few_and_of_many(given, rows, said):
    columns = ["school_id", "survey", "question", "positive_count", "answer_count"]
    report = given(surveys=pd.DataFrame(rows, columns=columns))
    assert said in text_of(satisfaction.satisfaction(report))


def test_an_interval_of_satisfaction_lets_schools_differ(given):
    alike = [answers(f"s{n}", 8, 10) for n in range(6)]
    unlike = [answers(f"s{n}", 10 if n % 2 else 6, 10) for n in range(6)]
    widths = []
    for rows in (alike, unlike):
        text = text_of(satisfaction.satisfaction(given(surveys=pd.DataFrame(rows))))
        low, high = re.search(r"\(от\xa0([\d,]+) до\xa0([\d,]+)", text).groups()
        widths.append(float(high.replace(",", ".")) - float(low.replace(",", ".")))
    assert widths[1] > widths[0]


def test_who_was_not_asked_is_said(given):
    text = text_of(satisfaction.satisfaction(given(surveys=pd.DataFrame([answers("s0", 8, 10)]))))
    assert "Не опрошены: обучающиеся и педагоги" in text


def test_the_public_edition_hides_few_dissatisfied(given):
    report = given("public", surveys=pd.DataFrame([answers("s0", 18, 20)]))
    text = text_of(satisfaction.satisfaction(report))
    assert "мало ответов" in text and "90,0" not in text


@pytest.fixture
def marked(made, monkeypatch):
    """Give a report with so many schools whose forms and exams agree in order, or only forms."""

    def give(schools, *, exams=True, edition="internal"):
        declared = catalog.load_direction(Project(HOME), "student_outcomes")
        report = dataclasses.replace(made(1, 1, edition=edition), directions=(declared,))
        codes = declared.roles.school_marks + (declared.roles.exam_marks if exams else ())
        rows = pd.DataFrame([
            {"code": code, "school_id": f"s{n}", "value": (n + 1) / 40, "numerator": n + 1.0,
             "denominator": 40.0}
            for code in codes for n in range(schools)
        ], columns=["code", "school_id", "value", "numerator", "denominator"])  # fmt: skip

        def picked(_: object, code: str, *__: object, **___: object) -> SimpleNamespace:
            return SimpleNamespace(frame=rows[rows["code"] == code])

        monkeypatch.setattr(type(report), "rows", picked)
        return report

    return give


def test_without_forms_of_schools_there_is_nothing_to_set_beside(marked):
    assert "Недостаточно данных" in text_of(school_marks.school_marks(marked(0)))


@pytest.mark.parametrize("schools", [1, 2, 4])
def test_few_schools_have_no_order(marked, schools):
    text = text_of(school_marks.school_marks(marked(schools)))
    assert "сказать нельзя" in text and "1,00" not in text


@pytest.mark.parametrize("schools", [5, 30])
def test_schools_in_one_order_have_a_correlation_of_one(marked, schools):
    text = text_of(school_marks.school_marks(marked(schools)))
    assert f"| {schools} | 1,00 |" in text
    assert "сопоставлены школы, а не обучающиеся" in text.replace("\n", " ")


def test_without_exams_the_forms_stand_alone(marked):
    text = text_of(school_marks.school_marks(marked(6, exams=False)))
    assert "Первое полугодие (форма)" in text and "progress-order" not in text


def test_the_public_edition_names_no_school(marked):
    text = text_of(school_marks.school_marks(marked(6, edition="public")))
    assert "progress-schools" not in text


def test_a_part_beyond_its_whole_has_no_share(given):
    forms = returned("s0", medal_candidates=2, medals=3, medals_confirmed=1)
    text = text_of(high_results.high_results(given(results=NO_EXAMS, monitoring=forms)))
    (row,) = [row for row in text.splitlines() if row.startswith("| Получили")]
    assert "[3](" in row and row.endswith("| – | – |")

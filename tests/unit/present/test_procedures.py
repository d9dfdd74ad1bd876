import numpy as np
import pandas as pd
import pytest

from msoko.present.blocks import procedures


def text_of(block):
    return block._repr_mimebundle_()["text/markdown"]


def papers(procedure, marks, scores, journal=None) -> pd.DataFrame:
    count = len(marks)
    return pd.DataFrame({
        "procedure": procedure, "subject": "russian", "grade": 9, "school_id": "s0",
        "pupil_id": [f"p{number}" for number in range(count)], "mark": marks,
        "journal_mark": journal if journal is not None else [None] * count,
        "primary_score": scores, "max_score": [20.0] * count, "test_score": [np.nan] * count,
        "is_absent": False,
    })  # fmt: skip


@pytest.fixture
def joined(made, monkeypatch):
    def give(*frames, edition="internal"):
        report = made(1, 1, edition=edition)
        rows = pd.concat(frames, ignore_index=True)
        read = report.store.read
        monkeypatch.setattr(
            report.store,
            "read",
            lambda name, years: rows if name == "results" else read(name, years),
        )
        return report

    return give


def test_without_codes_of_pupils_nothing_is_compared(joined):
    rows = papers("oge", [3] * 12, range(12)).assign(pupil_id=None)
    assert "Недостаточно данных" in text_of(procedures.procedures(joined(rows)))


def test_marks_of_the_same_pupils_are_compared(joined):
    exam = papers("oge", [3] * 6 + [4] * 4 + [5] * 2, range(12))
    rehearsal = papers("rehearsal", [4] * 6 + [4] * 6, range(12), [3] * 12)
    text = text_of(procedures.procedures(joined(exam, rehearsal)))
    assert "ОГЭ и репетиционное тестирование: отметка за экзамен ниже у [50,0" in text
    assert (
        "| ОГЭ | репетиционное тестирование | Русский язык | 12 | 50,0 | 33,3 | 16,7 | 1,00 |"
        in text
    )
    assert (
        "| ОГЭ | отметка школы за полугодие или год | Русский язык | 12 | 0,0 | 50,0 | 50,0 |"
        in text
    )


def test_a_pair_of_few_pupils_makes_no_row(joined):
    exam, rehearsal = (papers(one, [3] * 9, range(9)) for one in ("oge", "rehearsal"))
    assert "Недостаточно данных" in text_of(procedures.procedures(joined(exam, rehearsal)))


def test_another_pupil_s_paper_is_no_pair(joined):
    exam = papers("oge", [3] * 12, range(12))
    rehearsal = papers("rehearsal", [3] * 12, range(12))
    rehearsal["pupil_id"] = rehearsal["pupil_id"] + "x"
    assert "Недостаточно данных" in text_of(procedures.procedures(joined(exam, rehearsal)))


def test_the_public_edition_hides_counts_of_few(joined):
    exam = papers("oge", [3] * 2 + [4] * 18, range(20))
    rehearsal = papers("rehearsal", [4] * 20, range(20))
    text = text_of(procedures.procedures(joined(exam, rehearsal, edition="public")))
    assert "10,0" not in text and "Недостаточно данных" in text

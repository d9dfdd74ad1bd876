import re

import numpy as np
import pandas as pd
import pytest

from msoko.report.sections.results import procedure_comparison


def text_of(block):
    return block._repr_mimebundle_()["text/markdown"]


def under(pair, text):
    """Return the row of the first subject under the row that names the pair."""
    lines = text.splitlines()
    (place,) = [n for n, line in enumerate(lines) if line.startswith(f"| **{pair}")]
    return lines[place + 1]


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
    assert "Недостаточно данных" in text_of(procedure_comparison.procedures(joined(rows)))


def test_marks_of_the_same_pupils_are_compared(joined):
    exam = papers("oge", [3] * 6 + [4] * 4 + [5] * 2, range(12))
    rehearsal = papers("rehearsal", [4] * 6 + [4] * 6, range(12), [3] * 12)
    text = text_of(procedure_comparison.procedures(joined(exam, rehearsal)))
    (overview,) = [row for row in text.splitlines() if row.startswith("| ОГЭ и репетиционное")][:1]
    shares = re.findall(r"\[([\d,]+)\xa0%\]\(#e-\w{8}\) \(от", overview)
    assert "| 12 |" in overview and shares == ["50,0", "33,3", "16,7"]
    assert "| Русский язык | 12 | 50,0 | 33,3 | 16,7 |" in under("ОГЭ и репетиционное", text)
    assert "| Русский язык | 12 | 0,0 | 50,0 | 50,0 |" in under("ОГЭ и отметка школы", text)


def test_a_pair_of_few_pupils_makes_no_row(joined):
    exam, rehearsal = (papers(one, [3] * 9, range(9)) for one in ("oge", "rehearsal"))
    assert "Недостаточно данных" in text_of(
        procedure_comparison.procedures(joined(exam, rehearsal))
    )


def test_another_pupil_s_paper_is_no_pair(joined):
    exam = papers("oge", [3] * 12, range(12))
    rehearsal = papers("rehearsal", [3] * 12, range(12))
    rehearsal["pupil_id"] = rehearsal["pupil_id"] + "x"
    assert "Недостаточно данных" in text_of(
        procedure_comparison.procedures(joined(exam, rehearsal))
    )


def test_the_public_edition_hides_counts_of_few(joined):
    exam = papers("oge", [3] * 2 + [4] * 18, range(20))
    rehearsal = papers("rehearsal", [4] * 20, range(20))
    text = text_of(procedure_comparison.procedures(joined(exam, rehearsal, edition="public")))
    assert "10,0" not in text and "Недостаточно данных" in text


def test_agreement_and_marks_are_those_counted_by_hand(joined):
    """Twelve pupils: 3→3 six times, 4→3 twice, 4→4 four times."""
    exam = papers("oge", [3] * 8 + [4] * 4, range(12))
    rehearsal = papers("rehearsal", [3] * 6 + [4] * 6, range(12))
    text = text_of(procedure_comparison.procedures(joined(exam, rehearsal)))
    # Two categories are used: Po = 10/12, Pe = (6·8 + 6·4)/144 = 1/2, kappa = 2/3 at any weights.
    assert re.search(r"Русский язык \| 12 \| 16,7 \| 83,3 \| 0,0 \| 0,67 \|", text)
    assert "| «3» | 0 | 6 (100,0\xa0%) | 0 | 0 | 6 |" in text
    assert "| «4» | 0 | 2 (33,3\xa0%) | 4 (66,7\xa0%) | 0 | 6 |" in text


def test_the_share_joined_counts_all_papers_of_the_same_subject(joined):
    exam = papers("oge", [3] * 10 + [5] * 10, range(20))
    other = papers("oge", [4] * 5, range(5)).assign(subject="physics")
    rehearsal = papers("rehearsal", [3] * 10, range(10))
    uncoded = papers("oge", [5] * 5, range(5)).assign(pupil_id=None)
    text = text_of(procedure_comparison.procedures(joined(exam, other, uncoded, rehearsal)))
    (row,) = [row for row in text.splitlines() if row.startswith("| ОГЭ и репет") and "40,0" in row]
    # 25 papers in Russian, of which 10 are joined; the joined had 3, all others 5.
    assert "| 25 | 10 | 40,0\xa0% | 0,0\xa0% (от" in row and "| 100,0\xa0% (от" in row


def test_exams_without_marks_are_compared_by_order_only(joined):
    nothing = [None] * 12
    exam = papers("ege", nothing, range(12)).assign(test_score=[40.0 + 5 * n for n in range(12)])
    rehearsal = papers("rehearsal", nothing, range(12))
    text = text_of(procedure_comparison.procedures(joined(exam, rehearsal)))
    row = under("ЕГЭ и репетиционное", text)
    assert "| 12 | – | – | – | – | 1,00 |" in row
    assert "procedures-overview" not in text and "Как переходили" not in text


@pytest.mark.parametrize("count", [0, 1, 2, 5, 9])
def test_too_few_are_named_with_how_many_they_are(joined, count):
    exam = papers("oge", [3] * 12, range(12))
    rehearsal = papers("rehearsal", [3] * 12, range(12))
    diagnostic = papers("diagnostic", [3] * count, range(count))
    text = text_of(procedure_comparison.procedures(joined(exam, rehearsal, diagnostic)))
    assert f"ОГЭ и диагностическая работа – {count}" in text
    assert "ЕГЭ и ВПР прошлого года – 0" in text


def test_a_repeated_rehearsal_joins_a_pupil_once(joined):
    exam = papers("oge", [3] * 12, range(12))
    rehearsal = papers("rehearsal", [3] * 12, range(12))
    text = text_of(procedure_comparison.procedures(joined(exam, rehearsal, rehearsal)))
    assert "| Русский язык | 12 |" in under("ОГЭ и репетиционное", text)


def test_marks_of_the_journal_stand_beside_the_same_protocol_s(joined):
    vpr = papers("vpr", [3] * 6 + [4] * 6, range(12), [3] * 3 + [4] * 9)
    text = text_of(procedure_comparison.procedures(joined(vpr)))
    assert "| Русский язык | 12 | 25,0 | 75,0 | 0,0 |" in under("ВПР и отметка в журнале", text)


def test_the_public_edition_shows_no_tables_of_marks_and_no_rest(joined):
    exam = papers("oge", [3] * 20 + [4] * 20, range(40))
    rehearsal = papers("rehearsal", [4] * 30 + [3] * 10, range(40))
    internal = text_of(procedure_comparison.procedures(joined(exam, rehearsal)))
    text = text_of(procedure_comparison.procedures(joined(exam, rehearsal, edition="public")))
    assert "procedures-marks" in internal and "procedures-linkage" in internal
    assert "procedures-marks" not in text and "procedures-linkage" not in text

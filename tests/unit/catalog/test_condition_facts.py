"""What a condition reads and what it holds a column to, told from its tree and not its text."""

from __future__ import annotations

import pytest

from msoko.catalog.directions.condition_facts import (
    condition_columns,
    condition_procedures,
    condition_values,
    parse_condition,
)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", ()),
        ("mark >= 3 and not is_absent", (("", "is_absent"), ("", "mark"))),
        ("school_context.pupils + oo1.pupils", (("oo1", "pupils"), ("school_context", "pupils"))),
        ("text_value = 'oo1.pupils'", (("", "text_value"),)),
    ],
)
def test_columns_are_told_from_words_in_quotes(text: str, columns: tuple) -> None:
    assert condition_columns(text) == columns


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("procedure = 'vpr'", {"vpr"}),
        ("'vpr' = procedure", {"vpr"}),
        ("procedure in ('vpr', 'oge') and grade = 9", {"vpr", "oge"}),
        ("(procedure = 'vpr' or procedure = 'oge') and mark > 2", {"vpr", "oge"}),
        ("procedure in ('vpr', 'oge') and procedure in ('oge', 'ege')", {"oge"}),
        ("procedure = 'vpr' or grade = 9", set()),  # a pupil of grade 9 may have any procedure
        ("(procedure = 'vpr' and procedure = 'oge') or procedure = 'ege'", {"ege"}),
        ("procedure <> 'vpr'", set()),
        ("not procedure = 'vpr'", set()),
        ("procedure not in ('vpr')", set()),
        ("procedure is null", set()),
        ("earlier = 'vpr'", set()),
        ("vpr.procedure = 'vpr'", set()),
        ("procedure = earlier", set()),
        ("procedure between 'oge' and 'vpr'", set()),
        ("", set()),
    ],
)
def test_a_column_is_held_to_what_every_row_must_have(text: str, values: set) -> None:
    assert condition_values(text, "procedure") == values


def test_numbers_and_columns_of_forms_are_asked_as_they_are_written() -> None:
    assert condition_values("grade in (4, 5)", "grade") == {"4", "5"}
    assert condition_values("context.kind = 'village'", "context.kind") == {"village"}


def test_an_exam_set_beside_an_earlier_paper_is_made_of_both_procedures() -> None:
    assert condition_procedures("procedure = 'oge' and earlier = 'vpr'") == {"oge", "vpr"}
    assert condition_procedures("procedure <> 'vpr'") == frozenset()


@pytest.mark.parametrize("text", ["mark >", "mark, grade", "mark from results", "(select 1)"])
def test_what_is_no_single_expression_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_condition(text)

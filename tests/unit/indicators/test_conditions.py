"""The conditions of declarations mean the same on every engine."""

from __future__ import annotations

import ibis
import pytest

from msoko.indicators.sums.conditions import expression

ROWS = ibis.memtable(
    {
        "mark": [2, 3, 5, None],
        "journal_mark": [4, 3, 3, 3],
        "subject": ["russian", "physics", "russian", None],
        "is_absent": [False, False, True, None],
        "score": [1.5, 0.0, 4.0, None],
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mark >= 3", [False, True, True, None]),
        ("mark = 2 or mark = 5", [True, False, True, None]),
        ("mark <> 3 and score > 1", [True, False, True, None]),
        ("not is_absent", [True, True, False, None]),
        ("mark is null", [False, False, False, True]),
        ("mark is not null", [True, True, True, False]),
        ("subject in ('russian', 'physics')", [True, True, True, None]),
        ("subject not in ('physics')", [True, False, True, None]),
        ("mark between 3 and 4", [False, True, False, None]),
        ("abs(mark - journal_mark) >= 2", [True, False, True, None]),
        ("coalesce(score, 0) * 2 + 1", [4.0, 1.0, 9.0, 1.0]),
        ("score / 2", [0.75, 0.0, 2.0, None]),
        ("-score", [-1.5, -0.0, -4.0, None]),
        ("case when subject = 'russian' then 24 when mark = 3 then 36 end", [24, 36, 24, None]),
        ("case when mark = 2 then 1 else 0 end", [1, 0, 0, 0]),
        ("if(mark = 5, 1, 0)", [0, 0, 1, 0]),
        ("(mark = 2 or true) and 1.5 > 1", [True, True, True, True]),
    ],
)
def test_an_expression_gives_its_value_for_each_row(text: str, expected: list) -> None:
    made = expression(ROWS, text)
    found = ROWS.select(made.name("found")).to_pyarrow().column("found").to_pylist()
    assert found == expected


@pytest.mark.parametrize("dialect", ["postgres", "trino", "clickhouse"])
def test_the_same_expression_compiles_for_other_engines(dialect: str) -> None:
    rows = ROWS.select(found=expression(ROWS, "case when mark >= 3 then score / 2 else 0 end"))
    assert "CASE" in ibis.to_sql(rows, dialect=dialect)


@pytest.mark.parametrize("text", ["mark like '%a'", "random() > 1", "mark is true", "max(mark)"])
def test_what_is_outside_the_language_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a construct|only IS NULL"):
        expression(ROWS, text)

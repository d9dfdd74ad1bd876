import subprocess

import pypandoc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msoko.core import russian

N = russian.NBSP


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (0, 1, "0,0"),
        (-0.04, 1, "0,0"),
        (-0.05001, 1, "−0,1"),
        (1234567.5, 0, f"1{N}234{N}568"),
        (12.345, 2, "12,35"),
        (-7, 0, "−7"),
    ],
)
def test_a_number_has_a_comma_grouped_thousands_and_a_true_minus(value, digits, shown):
    assert russian.decimal(value, digits) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.034, f"+3,4{N}п.{N}п."), (-0.034, f"−3,4{N}п.{N}п."), (0, f"0,0{N}п.{N}п.")],
)
def test_a_change_of_percents_is_in_percentage_points(value, shown):
    assert russian.change(value, "percent") == shown


def test_a_share_is_kept_as_a_fraction_and_shown_in_percent():
    assert russian.amount(0.873, "percent") == f"87,3{N}%"
    assert russian.span(0.841, 0.902, "percent") == f"от{N}84,1 до{N}90,2{N}%"


def test_nothing_is_a_dash():
    assert russian.amount(float("nan"), "percent") == "–"
    assert russian.amount(None, "persons") == "–"
    assert russian.span(float("nan"), 1, "percent") == "–"
    assert russian.escaped(None) == russian.escaped(float("nan")) == russian.escaped("  ") == "–"


@pytest.mark.parametrize(
    ("number", "noun"),
    [(0, "школ"), (1, "школа"), (2, "школы"), (4, "школы"), (5, "школ"), (11, "школ"),
     (12, "школ"), (14, "школ"), (21, "школа"), (22, "школы"), (111, "школ"), (1001, "школа")],
)  # fmt: skip
def test_a_noun_agrees_with_its_number(number, noun):
    assert russian.noun(number, "школа", "школы", "школ") == noun


def test_lists_read_as_sentences():
    assert russian.listed([]) == ""
    assert russian.listed(["а"]) == "а"
    assert russian.listed(["а", "б", "в"]) == "а, б и в"
    assert russian.shortened(list("абвгде"), most=2) == "а, б и ещё 4"


HOSTILE = [
    "<script>alert(1)</script>", "=HYPERLINK(«x»)", "a | b", "**жирно** _курсив_ `код`",
    "[ссылка](https://x)", "школа № 1 @fig-x", "1. список", "# заголовок", "$x^2$", "{#id .class}",
    "\\", "~зачёркнуто~", "--- тире", 'кавычки "прямые" и \'одиночные\'', "&amp; &copy;", "::: div",
]  # fmt: skip


def read_by_pandoc(lines: list[str]) -> list[str]:
    """Return how pandoc reads each line, as plain text; each is a cell of one table."""
    rows = "\n".join(f"| x | {line} |" for line in lines)
    text = f"| k | v |\n|---|---|\n{rows}\n"
    made = subprocess.run(
        [pypandoc.get_pandoc_path(), "-f", "markdown-smart", "-t", "json"],
        input=text.encode(), capture_output=True, check=True,
    )  # fmt: skip
    import json

    body = json.loads(made.stdout)["blocks"][0]["c"][4][0][3]
    assert len(body) == len(lines)
    return ["".join(_plain(row[1][1][4][0]["c"])) if row[1][1][4] else "" for row in body]


def _plain(inlines: list[dict]) -> list[str]:
    allowed = {"Str": lambda one: one["c"], "Space": lambda _: " ", "SoftBreak": lambda _: " "}
    return [allowed[one["t"]](one) for one in inlines]  # any other kind is markup: KeyError


def test_hostile_names_are_read_as_the_text_they_are():
    assert read_by_pandoc([russian.escaped(name) for name in HOSTILE]) == HOSTILE


@given(st.lists(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")),
                        min_size=1, max_size=40), min_size=1, max_size=20))  # fmt: skip
def test_any_text_is_read_as_itself(names):
    shown = [russian.escaped(name) for name in names]
    read = [text.replace("\u00a0", " ").split() for text in read_by_pandoc(shown)]
    expected = [name.replace("\u00a0", " ").split() or ["–"] for name in names]
    assert read == expected


def test_control_and_direction_marks_are_dropped():
    assert russian.escaped("шко\u202eла\u0000\n№ 1") == "школа № 1"

"""Answer strings: what each sign is worth, and what is not known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msoko.ingest.layouts.rcoi.answers import read_long, read_short, task_frame


def test_short_answers_are_pluses_minuses_and_digits():
    answers = read_short("++-2")
    assert answers.points == (1, 1, 0, 2)
    assert answers.maxima == (1, 1, 1, None)
    assert answers.is_readable


def test_long_answers_are_earned_of_a_maximum():
    answers = read_long("1(2)0(3)")
    assert answers.points == (1, 0)
    assert answers.maxima == (2, 3)
    assert answers.total == 1


@pytest.mark.parametrize("text", ["3(2)", "1(2)x", "1(2", "12", "1(2)-1(3)"])
def test_long_answers_that_cannot_be(text):
    assert not read_long(text).is_readable


def test_a_task_that_ever_shows_a_digit_has_no_known_maximum():
    frame = task_frame("short", [read_short("+-"), read_short("+2")], [7, 8])
    assert list(frame["task"]) == ["1", "2", "1", "2"]
    assert list(frame["max_score"].isna()) == [False, True, False, True]
    assert list(frame["row"]) == [7, 7, 8, 8]


@given(st.text(max_size=30))
def test_no_string_breaks_the_reader(text):
    short, long = read_short(text), read_long(text)
    assert len(short.points) == len(short.maxima)
    assert short.is_readable == (None not in short.points)
    assert long.total >= 0


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_long_answers_are_read_back(pairs):
    pairs = [(min(pair), max(pair)) for pair in pairs]
    answers = read_long("".join(f"{won}({most})" for won, most in pairs))
    assert answers.is_readable
    assert answers.points == tuple(won for won, _ in pairs)

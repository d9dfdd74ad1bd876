"""Whom a fault concerns, read off the declarations."""

from __future__ import annotations

import pytest

from msoko.core.project import Project
from msoko.validate.concerned_directions import EVERY, NOBODY, concerned, named_directions, readers
from msoko.validate.suites.suite_files import Check, Suite

BY_TABLE = {"results": ("a", "b"), "monitoring": ("c", "d"), "monitoring/talents": ("c",)}


def check(*directions: str) -> Check:
    return Check("x", "t", {}, "note", "–", "–", "–", directions, (), {})


@pytest.mark.parametrize(
    ("table", "form", "named", "expected"),
    [
        ("results", None, ("*",), ("a", "b")),
        ("results", None, ("z",), ("z",)),  # a suite may name directions itself
        ("monitoring", "talents", ("*",), ("c",)),
        ("monitoring", "noko", ("*",), ("c", "d")),  # nobody declares it: all who read forms
        ("schools", None, ("*",), ()),  # the register: every direction
        ("appeals", None, ("*",), (NOBODY,)),
    ],
)
def test_a_fault_concerns_who_reads_the_table(table, form, named, expected):
    assert concerned(check(*named), Suite(table, table, (), {}), BY_TABLE, form) == expected


def test_the_house_s_directions_are_found_by_table():
    found = readers(Project.at(None))
    assert "student_outcomes" in found["results"]
    assert "talents" in found["monitoring/talents"]
    assert "talents" not in found["monitoring/upbringing"]


def test_a_finding_without_directions_means_all():
    assert list(named_directions(None)) == [EVERY]
    assert list(named_directions("a b")) == ["a", "b"]
    assert list(named_directions(NOBODY)) == []

"""Parameters are strict: what is misspelt or of another type runs nothing."""

from __future__ import annotations

import pytest

from msoko.build.kernels.notebook_parameters import (
    check_parameters,
    declared_parameters,
    injected_source,
    read_parameters,
)
from msoko.core.errors import UsageError

CELL = 'school_year: str = "2024-25"\nshare: float = 0.5\ncount: int = 3\nis_open: bool = False'


def notebook(*sources: str) -> dict:
    """Return a notebook whose cells are all tagged `parameters`."""
    return {
        "cells": [
            {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": source}
            for source in sources
        ]
    }


def declared(source: str = CELL) -> dict:
    return declared_parameters(notebook(source), "n.ipynb")


def test_every_declared_parameter_is_found_with_its_type_and_default():
    assert [(one.name, one.type, one.default) for one in declared().values()] == [
        ("school_year", "str", "2024-25"),
        ("share", "float", 0.5),
        ("count", "int", 3),
        ("is_open", "bool", False),
    ]


def test_a_docstring_and_comments_are_no_parameters():
    assert list(declared('"""Год."""\n# чей\nyear: str = "2024-25"')) == ["year"]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ('year = "2024-25"', "строка 1: пишется «имя: тип = значение»"),
        ("year: list = []", "«year»: пишется"),
        ("year: str", "«year»: пишется"),
        ("year: str = 2024", "объявлен как str, получено 2024"),
        ("count: int = len('x')", "значение должно быть записано"),
        ("import os", "строка 1"),
        ("year: str =", "строка 1"),
    ],
)
def test_a_cell_that_declares_anything_else_is_refused(source: str, told: str):
    with pytest.raises(UsageError, match=told):
        declared(source)


@pytest.mark.parametrize("sources", [(), ("a: int = 1", "b: int = 2")])
def test_a_notebook_has_exactly_one_such_cell(sources: tuple[str, ...]):
    with pytest.raises(UsageError, match=f"ровно одна, найдено {len(sources)}"):
        declared_parameters(notebook(*sources), "n.ipynb")


def test_a_misspelt_name_is_refused_with_the_nearest_known():
    with pytest.raises(UsageError, match="нет параметра «schol_year». Похоже на «school_year»"):
        check_parameters(declared(), {"schol_year": "2023-24"}, "n.ipynb")


def test_a_name_like_none_is_refused_with_all_that_there_are():
    with pytest.raises(UsageError, match="Есть: school_year, share, count, is_open"):
        check_parameters(declared(), {"zzz": 1}, "n.ipynb")


@pytest.mark.parametrize(
    ("name", "value"), [("school_year", 202425), ("count", "3"), ("count", True), ("share", "0,5")]
)
def test_a_value_of_another_type_is_refused(name: str, value: object):
    with pytest.raises(UsageError, match=f"параметр {name} объявлен как"):
        check_parameters(declared(), {name: value}, "n.ipynb")


def test_a_whole_number_may_stand_for_a_float_and_becomes_one():
    assert check_parameters(declared(), {"share": 1}, "n.ipynb") == {"share": 1.0}


def test_a_typed_year_stays_a_text_whatever_it_looks_like():
    assert read_parameters(declared(), {"school_year": "2024_25"}, "n") == {
        "school_year": "2024_25"
    }


@pytest.mark.parametrize("text", ["2024_25", "1e3", " 3", "три", "3.0"])
def test_a_typed_number_is_digits_only(text: str):
    with pytest.raises(UsageError, match="параметр count объявлен как int"):
        read_parameters(declared(), {"count": text}, "n")


def test_typed_values_are_read_by_their_types():
    texts = {"share": "0.25", "count": "-4", "is_open": "да"}
    assert read_parameters(declared(), texts, "n") == {"share": 0.25, "count": -4, "is_open": True}


def test_injected_code_keeps_types_and_readable_cyrillic():
    values = {"school_year": "Верея «1»"}
    assert injected_source(values, declared()) == "school_year: str = 'Верея «1»'"

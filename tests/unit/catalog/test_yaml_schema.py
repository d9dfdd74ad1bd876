"""Declarations are read by their dataclasses, and nothing else gets through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from msoko.catalog.yaml.declaration_lines import DeclarationLine, suggestion
from msoko.catalog.yaml.yaml_schema import load, parse
from msoko.core.errors import UsageError


@dataclass(frozen=True)
class Fruit:
    name: str
    colour: Literal["red", "green"]
    weight: float = 0.0
    count: int = 0
    is_ripe: bool = False
    picked: dt.date | None = None
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class Basket:
    fruits: tuple[Fruit, ...]
    prices: Mapping[str, float] = field(default_factory=dict)


APPLE = "fruits:\n  - {name: яблоко, colour: red}\n"


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse(text, Basket, "basket.yml")
    return str(caught.value)


def test_values_take_the_types_of_fields() -> None:
    text = """
fruits:
  - name: яблоко
    colour: green
    weight: 2
    count: 3
    is_ripe: yes
    picked: 2024-09-01
prices: {яблоко: 1.5}
"""
    basket = parse(text, Basket, "basket.yml")
    apple = Fruit("яблоко", "green", 2.0, 3, True, dt.date(2024, 9, 1))
    assert basket == Basket((apple,), {"яблоко": 1.5})
    assert isinstance(basket.fruits[0].weight, float)


def test_a_declaration_knows_its_line() -> None:
    basket = parse(
        "fruits:\n  - {name: a, colour: red}\n  - {name: b, colour: red}\n", Basket, "f.yml"
    )
    assert [str(fruit.place) for fruit in basket.fruits] == ["f.yml, строка 2", "f.yml, строка 3"]


def test_unquoted_numbers_keep_their_spelling_as_text() -> None:
    assert parse("fruits: [{name: 1.10, colour: red}]", Basket, "f.yml").fruits[0].name == "1.10"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fruits:\n  - name: a\n    color: red\n", "строка 3: неизвестный ключ «color»."),
        ("fruits:\n  - name: a\n    color: red\n", "имелось в виду «colour»"),
        ("fruits:\n  - name: a\n", "строка 2: нет обязательных ключей в «fruits»: «colour»"),
        ("fruits:\n  - {name: a, colour: rad}\n", "«colour»: значение «rad». Возможно"),
        (APPLE + "fruits: []\n", "строка 3: ключ «fruits» повторён"),
        ("fruits: {name: a}\n", "в «fruits» ожидался список"),
        ("fruits: [a]\n", "в «fruits» ожидались пары «ключ: значение»"),
        ("fruits: [{name: a, colour: red, count: 1.5}]\n", "в «count» ожидалось: целое число"),
        ("fruits: [{name: a, colour: red, is_ripe: 1}]\n", "true или false"),
        ("fruits: [{name: a, colour: red, picked: вчера}]\n", "дата вида 2024-08-25"),
        ("fruits: [{name: a, colour: red, picked: 2024-02-31}]\n", "дата вида 2024-08-25"),
        ("fruits: [{name: , colour: red}]\n", "в «name» ожидался текст"),
        ("fruits: [{name: [a], colour: red}]\n", "в «name» ожидался текст"),
        (APPLE + "prices: {a: дорого}\n", "в «a» ожидалось: число"),
        (APPLE + "prices: {a: 1.0e+400}\n", "в «a» число так велико"),
        (APPLE + "prices: {a: .inf}\n", "в «a» ожидалось: число"),
        (APPLE + "<<: {prices: {a: 1}}\n", "неизвестный ключ «<<»"),
        (APPLE + "? [a]\n: 1\n", "ключ должен быть словом"),
        (APPLE + "place: {file: x, line: 1}\n", "неизвестный ключ «place»"),
        ("fruits: [\n", "это не YAML"),
        ("fruits: !!python/object:os.system {}\n", "в «fruits» ожидался список"),
        ("", "файл пуст"),
    ],
)  # fmt: skip
def test_refusals_say_where_and_what(text: str, said: str) -> None:
    message = refusal(text)
    assert message.startswith("basket.yml")
    assert said in message


def test_missing_files_and_those_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"f\.yml: файла нет"):
        load(tmp_path / "f.yml", Basket, "f.yml")
    (tmp_path / "f.yml").write_bytes(b"fruits: \x98\xff\x98")
    with pytest.raises(UsageError, match="кодировка не распознана"):
        load(tmp_path / "f.yml", Basket, "f.yml")


def test_what_has_no_schema_is_read_as_yaml_has_it_but_for_repeated_keys() -> None:
    text = "intro: {size: 2, is_on: yes, list: [а, 1.5]}\nдата: null\n"
    tree = parse(text, Mapping[str, object], "words.yml")
    assert tree == {"intro": {"size": 2, "is_on": True, "list": ["а", 1.5]}, "дата": None}
    with pytest.raises(UsageError, match=r"words.yml, строка 2: ключ «a» повторён"):
        parse("top:\n  {a: 1, a: 2}\n", Mapping[str, object], "words.yml")
    with pytest.raises(UsageError, match="words.yml, строка 1: в «day» значение не прочитано"):
        parse("day: 2024-02-31\n", Mapping[str, object], "words.yml")


def test_suggestion_is_the_nearest_word_or_all() -> None:
    assert suggestion("goalz", ["goals", "groups"]) == "Возможно, имелось в виду «goals»."
    assert suggestion("зззз", ["goals", "groups"]) == "Известны: goals, groups."

"""YAML → frozen dataclasses, with nothing let through in silence.

The fields and type hints of a dataclass are the whole schema: one loader serves
every file. A refusal names the file, the line and, for a misspelling, the nearest
known word. Where a file has no schema (sentences, another program's settings) the
hint is `object`: what is written is taken as it is, but a key may not be repeated.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import re
import types
import typing
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from msoko.catalog.yaml.declaration_lines import DeclarationLine, suggestion
from msoko.core.errors import UsageError
from msoko.core.written_text import read_written_text

T = TypeVar("T")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 100
"""Levels of nesting that no declaration comes near."""
DEEP_DASHES = re.compile(rf"^[ \-?\t]{{{DEEPEST},}}", re.MULTILINE)
SCALARS = {
    int: ("целое число", {"int"}),
    float: ("число", {"int", "float"}),
    bool: ("true или false", {"bool"}),
    dt.date: ("дата вида 2024-08-25", {"timestamp"}),
}


def load(path: Path, kind: type[T], shown: str) -> T:
    """Return the file's declaration as a `kind`.

    `shown` is the path as messages print it. Raises `UsageError` where the file is
    missing, is not YAML, or says anything that `kind` does not.
    """
    try:
        text = read_written_text(path, shown)
    except FileNotFoundError:
        raise UsageError(f"{shown}: файла нет. Создайте его или исправьте имя.") from None
    return parse(text, kind, shown)


@lru_cache(maxsize=256)
def parse(text: str, kind: type[T], shown: str) -> T:
    """Return the declaration written in `text` as a `kind`; see `load`.

    The same text is read once in a process, and once for all that are forked from it: what
    comes of it is frozen (of an `object` a tree, to be read only), and the text is the key.
    """
    try:
        _refuse_deep(text, shown)
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", строка {mark.line + 1}" if mark else ""
        raise UsageError(
            f"{shown}{where}: это не YAML ({getattr(error, 'problem', None) or error}). "
            "Проверьте отступы, двоеточия и кавычки."
        ) from None
    if node is None:
        raise UsageError(f"{shown}: файл пуст.")
    try:
        return _Reader(shown).build(node, kind, "")
    except RecursionError:
        raise UsageError(f"{shown}: запись ссылается сама на себя (*). Уберите ссылку.") from None


def _refuse_deep(text: str, shown: str) -> None:
    """Refuse nesting so deep that to compose it would end the process, before that is tried."""
    if text.count("[") + text.count("{") < DEEPEST and not DEEP_DASHES.search(text):
        return
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise UsageError(
                f"{shown}, строка {event.start_mark.line + 1}: вложенность больше {DEEPEST} "
                "уровней. Таких записей не бывает: проверьте скобки и отступы."
            )


@lru_cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


class _Reader:
    def __init__(self, shown: str) -> None:
        self.shown = shown

    def refuse(self, node: yaml.Node, message: str) -> UsageError:
        return UsageError(f"{self.shown}, строка {node.start_mark.line + 1}: {message}")

    def build(self, node: yaml.Node, hint: Any, key: str) -> Any:
        origin, inside = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            if self._is_null(node):
                return None
            return self.build(node, _kind_of(node, inside), key)
        if origin is typing.Literal:
            return self._choice(node, inside, key)
        if origin is tuple:
            return tuple(self.build(item, inside[0], key) for item in self._items(node, key))
        if origin in (Mapping, dict):
            pairs = self._pairs(node, key)
            return {
                self._named(name_node, inside[0], key): self.build(value, inside[1], name)
                for name, (name_node, value) in pairs.items()
            }
        if dataclasses.is_dataclass(hint):
            return self._declaration(node, hint, key)
        if hint is object:
            return self._plain(node, key)
        return self._scalar(node, hint, key)

    def _plain(self, node: yaml.Node, key: str) -> Any:
        """Return what YAML itself makes of a node, such as a tree of sentences."""
        if isinstance(node, yaml.MappingNode):
            pairs = self._pairs(node, key).items()
            return {name: self._plain(value, name) for name, (_, value) in pairs}
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, key) for item in node.value]
        try:
            return yaml.constructor.SafeConstructor().construct_object(node)
        except (yaml.YAMLError, ValueError):
            raise self.refuse(node, f"в «{key}» значение не прочитано.") from None

    def _declaration(self, node: yaml.Node, kind: type, key: str) -> Any:
        hints = _hints(kind)
        fields = {item.name: item for item in dataclasses.fields(kind) if item.name != "place"}
        values: dict[str, Any] = {}
        for name, (name_node, value) in self._pairs(node, key).items():
            if name not in fields:
                raise self.refuse(
                    name_node, f"неизвестный ключ «{name}». {suggestion(name, fields)}"
                )
            values[name] = self.build(value, hints[name], name)
        absent = [name for name, item in fields.items() if name not in values and _is_needed(item)]
        if absent:
            listed = ", ".join(f"«{name}»" for name in absent)
            within = f" в «{key}»" if key else ""
            raise self.refuse(node, f"нет обязательных ключей{within}: {listed}. Допишите их.")
        if "place" in hints:
            values["place"] = DeclarationLine(self.shown, node.start_mark.line + 1)
        return kind(**values)

    def _pairs(self, node: yaml.Node, key: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            raise self.refuse(node, f"в «{key}» ожидались пары «ключ: значение».")
        pairs: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for name, value in node.value:
            if not isinstance(name, yaml.ScalarNode):
                raise self.refuse(name, "ключ должен быть словом.")
            if name.value in pairs:
                raise self.refuse(name, f"ключ «{name.value}» повторён. Оставьте один.")
            pairs[name.value] = (name, value)
        return pairs

    def _items(self, node: yaml.Node, key: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.refuse(node, f"в «{key}» ожидался список.")
        return node.value

    def _choice(self, node: yaml.Node, known: tuple[str, ...], key: str) -> str:
        word = self._text(node, key)
        if word not in known:
            raise self.refuse(node, f"«{key}»: значение «{word}». {suggestion(word, known)}")
        return word

    def _scalar(self, node: yaml.Node, hint: Any, key: str) -> Any:
        if issubclass(hint, str):
            return self._named(node, hint, key)
        title, tags = SCALARS[hint]
        if not isinstance(node, yaml.ScalarNode) or node.tag.rpartition(":")[2] not in tags:
            raise self.refuse(node, f"в «{key}» ожидалось: {title}.")
        if hint is bool:
            return yaml.SafeLoader.bool_values[node.value.lower()]
        try:
            read = dt.date.fromisoformat(node.value) if hint is dt.date else hint(node.value)
        except ValueError:
            raise self.refuse(node, f"в «{key}» ожидалось: {title}.") from None
        if hint is float and not math.isfinite(read):
            raise self.refuse(node, f"в «{key}» число так велико, что его не сосчитать.")
        return read

    def _named(self, node: yaml.Node, kind: type[str], key: str) -> str:
        """Return a text; a subclass of `str` is told where it stands."""
        text = kind(self._text(node, key))
        if kind is not str:
            text.place = DeclarationLine(self.shown, node.start_mark.line + 1)
        return text

    def _text(self, node: yaml.Node, key: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or self._is_null(node):
            raise self.refuse(node, f"в «{key}» ожидался текст.")
        return node.value.strip()

    @staticmethod
    def _is_null(node: yaml.Node) -> bool:
        return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def _kind_of(node: yaml.Node, kinds: tuple[Any, ...]) -> Any:
    """Return which of several kinds a node is read as: a list where it is written as one."""
    is_list = isinstance(node, yaml.SequenceNode)
    named = [kind for kind in kinds if kind is not type(None)]
    return next((kind for kind in named if (typing.get_origin(kind) is tuple) == is_list), named[0])


def _is_needed(item: dataclasses.Field) -> bool:
    return item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING

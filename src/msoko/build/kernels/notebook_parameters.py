"""The parameters of a notebook: declared once with types, and checked before it runs."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msoko.core.errors import UsageError

Value = str | int | float | bool

TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
TRUTHS = {"true": True, "false": False, "да": True, "нет": False}
NUMBERS = {"int": re.compile(r"[+-]?\d+"), "float": re.compile(r"[+-]?\d+(\.\d+)?")}


@dataclass(frozen=True)
class Parameter:
    """One line of a notebook's `parameters` cell: `name: type = default`."""

    name: str
    type: str
    default: Value

    def checked(self, value: Any, notebook: str) -> Value:
        """Return the value if it is of the declared type; nothing is converted in silence."""
        is_whole = type(value) is int and self.type == "float"
        if type(value) is TYPES[self.type] or is_whole:
            return float(value) if is_whole else value
        raise UsageError(
            f"{notebook}: параметр {self.name} объявлен как {self.type}, получено {value!r}. "
            "Ни одна ячейка не выполнена."
        )

    def read(self, text: str, notebook: str) -> Value:
        """Return the value that a person typed; `2024_25` is a text and never the number 202425."""
        if self.type == "str":
            return text
        if self.type == "bool" and text.lower() in TRUTHS:
            return TRUTHS[text.lower()]
        if self.type in NUMBERS and NUMBERS[self.type].fullmatch(text):
            return TYPES[self.type](text)
        raise UsageError(
            f"{notebook}: параметр {self.name} объявлен как {self.type}, «{text}» им не является. "
            "Ни одна ячейка не выполнена."
        )


def declared_parameters(notebook: Mapping[str, Any], name: str) -> dict[str, Parameter]:
    """Return the parameters that the notebook's only `parameters` cell declares.

    Every line of that cell must be `name: type = literal`: a default without a type
    is how a year silently becomes a number, so it is refused.
    """
    cells = [cell for cell in notebook["cells"] if "parameters" in _tags(cell)]
    if len(cells) != 1:
        raise UsageError(
            f"{name}: ячеек с меткой parameters должно быть ровно одна, найдено {len(cells)}."
        )
    source = cells[0]["source"]
    source = source if isinstance(source, str) else "".join(source)
    try:
        lines = ast.parse(source).body
    except SyntaxError as error:
        raise UsageError(f"{name}, ячейка parameters, строка {error.lineno}: {error.msg}") from None
    found = [_declaration(line, name) for line in lines if not _is_text(line)]
    return {parameter.name: parameter for parameter in found}


def check_parameters(
    declared: Mapping[str, Parameter], given: Mapping[str, Any], notebook: str
) -> dict[str, Value]:
    """Return the given values, in the order declared; an unknown name or wrong type is refused."""
    for name in given:
        if name not in declared:
            raise UsageError(_unknown(name, declared, notebook))
    return {
        name: parameter.checked(given[name], notebook)
        for name, parameter in declared.items()
        if name in given
    }


def read_parameters(
    declared: Mapping[str, Parameter], texts: Mapping[str, str], notebook: str
) -> dict[str, Value]:
    """Return typed values of parameters that came from a command line as texts."""
    for name in texts:
        if name not in declared:
            raise UsageError(_unknown(name, declared, notebook))
    return {name: declared[name].read(text, notebook) for name, text in texts.items()}


def injected_source(values: Mapping[str, Value], declared: Mapping[str, Parameter]) -> str:
    """Return the code that sets the values; Cyrillic stays readable and types stay written."""
    return "\n".join(f"{name}: {declared[name].type} = {value!r}" for name, value in values.items())


def _unknown(name: str, declared: Mapping[str, Parameter], notebook: str) -> str:
    near = difflib.get_close_matches(name, declared, n=1, cutoff=0.6)
    hint = f"Похоже на «{near[0]}»." if near else f"Есть: {', '.join(declared) or 'ни одного'}."
    return f"{notebook}: нет параметра «{name}». {hint} Ни одна ячейка не выполнена."


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return cell.get("metadata", {}).get("tags", [])


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def _declaration(line: ast.stmt, notebook: str) -> Parameter:
    """Return what one line declares, or refuse the line by its number."""
    place = f"{notebook}, ячейка parameters, строка {line.lineno}"
    shape = "пишется «имя: тип = значение», тип – str, int, float или bool"
    if not (isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)):
        raise UsageError(f"{place}: {shape}.")
    kind = line.annotation.id if isinstance(line.annotation, ast.Name) else ""
    if kind not in TYPES or line.value is None:
        raise UsageError(f"{place}, «{line.target.id}»: {shape}.")
    try:
        default = ast.literal_eval(line.value)
    except ValueError:
        raise UsageError(f"{place}, «{line.target.id}»: значение должно быть записано.") from None
    parameter = Parameter(line.target.id, kind, default)
    return Parameter(parameter.name, kind, parameter.checked(default, notebook))

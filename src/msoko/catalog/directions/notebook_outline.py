"""What a notebook asks: its questions, the calls that answer them, the words around."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path

from msoko.catalog.yaml.declaration_lines import suggestion
from msoko.core.errors import UsageError
from msoko.core.project import Project

ANALYSIS, AFTER = "analysis", "recommendations"
"""Ids of the cells between which a notebook of a direction holds its analysis."""


@dataclass(frozen=True)
class NotebookQuestion:
    """One triple of a notebook: the question, the report's method that answers, the reading."""

    words: str
    method: str
    arguments: tuple[object, ...]
    reading: str = ""

    @property
    def call(self) -> tuple[str, tuple[object, ...]]:
        return self.method, self.arguments


@dataclass(frozen=True)
class Analysis:
    """What a direction's notebook asks between its data and its recommendations."""

    opening: str
    questions: tuple[NotebookQuestion, ...]
    summary: tuple[str, ...]


def load_analysis(project: Project, direction: str) -> Analysis:
    """Return the analysis that `notebooks/<direction>.ipynb` makes, without running it.

    Only calls of the report with plain arguments are taken, as the contract of notebooks wants
    them. Raises `UsageError` where there is no notebook, or it is no notebook.
    """
    path = project.find("notebooks", f"{direction}.ipynb")
    cells = _cells(path, project.shown(path))
    asked = list(_questions(cells))
    places = {cell.get("id", ""): place for place, cell in enumerate(cells)}
    first, last = places.get(ANALYSIS, 0), places.get(AFTER, len(cells))
    opening = _source(cells[first]) if ANALYSIS in places else ""
    summary = next((one.arguments for _, one in asked if one.method == "summary"), ())
    within = tuple(one for place, one in asked if first < place < last)
    return Analysis(opening, within, tuple(str(code) for code in summary))


def _cells(path: Path, shown: str) -> list[dict]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))["cells"]
    except FileNotFoundError:
        known = {entry.stem for entry in path.parent.glob("*.ipynb")}
        hint = suggestion(path.stem, known)
        raise UsageError(f"{shown}: блокнота нет. {hint}") from None
    except (ValueError, KeyError, TypeError):
        raise UsageError(
            f"{shown}: это не блокнот Jupyter. Откройте его в JupyterLab и сохраните заново."
        ) from None


def _questions(cells: list[dict]) -> list[tuple[int, NotebookQuestion]]:
    found = []
    for place, cell in enumerate(cells):
        call = _call(_source(cell)) if cell.get("cell_type") == "code" else None
        if call is None or place == 0:
            continue
        reading = ""
        if place + 1 < len(cells) and str(cells[place + 1].get("id", "")).endswith("-reading"):
            reading = _source(cells[place + 1])
        found.append((place, NotebookQuestion(_source(cells[place - 1]), *call, reading)))
    return found


def _call(source: str) -> tuple[str, tuple[object, ...]] | None:
    """Return the method and arguments of a cell that is one `report.method(…)`."""
    try:
        tree = ast.parse(source.strip(), mode="eval").body
        if (
            isinstance(tree, ast.Call)
            and isinstance(tree.func, ast.Attribute)
            and isinstance(tree.func.value, ast.Name)
            and tree.func.value.id == "report"
            and not tree.keywords
        ):
            return tree.func.attr, tuple(ast.literal_eval(one) for one in tree.args)
    except (SyntaxError, ValueError):
        pass
    return None


def _source(cell: dict) -> str:
    said = cell.get("source", "")
    return said if isinstance(said, str) else "".join(said)

"""Notebooks as files: read, given their parameters, cleaned, written whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msoko.build.kernels.notebook_parameters import (
    check_parameters,
    declared_parameters,
    injected_source,
)
from msoko.core.errors import UsageError
from msoko.core.whole_files import write_whole

INJECTED_ID = "injected-parameters"
CELL_FILE = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")
"""The file that IPython says a cell is: it holds the process number."""
RUN_TRACES = ("papermill", "execution", "ExecuteTime")
"""Metadata that tell when and where a notebook ran, and never what it found."""


def read_notebook(path: Path, shown: str) -> dict[str, Any]:
    """Return the notebook as plain JSON, or refuse what is not one."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"{shown}: такого блокнота нет. Скопируйте под этим именем другой блокнот."
        ) from None
    except ValueError as error:
        raise UsageError(f"{shown}: блокнот повреждён ({error}).") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise UsageError(f"{shown}: это не блокнот Jupyter.")
    return notebook


def with_parameters(notebook: dict[str, Any], given: Mapping[str, Any], name: str) -> dict:
    """Return the notebook with a cell after `parameters` that sets the given values.

    This is what papermill does, without its random cell id and its escaped Cyrillic.
    The cell is tagged `remove-cell` too, since Quarto would print it.
    """
    declared = declared_parameters(notebook, name)
    values = check_parameters(declared, given, name)
    cells = []
    for cell in notebook["cells"]:
        tags = cell.get("metadata", {}).get("tags", [])
        if "injected-parameters" not in tags:
            cells.append(cell)
        if "parameters" in tags:
            cells.append(_injected(injected_source(values, declared)))
    return notebook | {"cells": cells}


def cleaned(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return the executed notebook without anything that differs from run to run.

    Times, papermill's copy of the parameters and of the environment, process numbers
    and the interpreter's exact version go; cells, outputs and tags stay.
    """
    kept = {key: value for key, value in notebook["metadata"].items() if key == "kernelspec"}
    return {
        "cells": [_clean_cell(cell, place) for place, cell in enumerate(notebook["cells"])],
        "metadata": kept | {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write_notebook(notebook: Mapping[str, Any], path: Path) -> None:
    """Put the notebook at `path`, whole or not at all; equal notebooks are equal bytes."""
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_whole(path, text)


def question_before(notebook: Mapping[str, Any], place: int) -> str:
    """Return the heading or first line of the markdown cell that asks what cell `place` answers."""
    for cell in reversed(notebook["cells"][:place]):
        if cell["cell_type"] == "markdown":
            text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            lines = [line.strip("# *").strip() for line in text.splitlines() if line.strip()]
            if lines:
                return lines[0]
    return ""


def _injected(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": INJECTED_ID,
        "metadata": {"tags": ["injected-parameters", "remove-cell"]},
        "outputs": [],
        "source": source,
    }


def _clean_cell(cell: Mapping[str, Any], place: int) -> dict[str, Any]:
    kept = {key: value for key, value in cell.items() if key not in ("metadata", "outputs")}
    metadata = {key: value for key, value in cell["metadata"].items() if key not in RUN_TRACES}
    if not metadata.get("tags"):
        metadata.pop("tags", None)
    kept["metadata"] = metadata
    kept["id"] = cell.get("id") or f"cell-{place}"
    if cell["cell_type"] == "code":
        kept["outputs"] = [_clean_output(output) for output in cell["outputs"]]
    return kept


def _clean_output(output: Mapping[str, Any]) -> dict[str, Any]:
    if output["output_type"] != "stream":
        return dict(output)
    text = output["text"] if isinstance(output["text"], str) else "".join(output["text"])
    return dict(output) | {"text": CELL_FILE.sub("<cell>", text)}

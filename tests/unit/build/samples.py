"""Notebooks for tests, written as lists of cells."""

from __future__ import annotations

import json
from pathlib import Path

PARAMETERS = 'school_year: str = "2024-25"\nmunicipality: str = "demo"\nedition: str = "internal"'


def notebook(*cells: str, parameters: str = PARAMETERS) -> dict:
    """Return a notebook; a cell that begins with `#` is markdown, all others are code."""
    made = [_cell("parameters", parameters, ["parameters"])]
    made += [_cell(f"cell-{place}", source, []) for place, source in enumerate(cells, start=1)]
    return {
        "cells": made,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write(path: Path, *cells: str, parameters: str = PARAMETERS) -> Path:
    """Write such a notebook, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(*cells, parameters=parameters)), encoding="utf-8")
    return path


def _cell(identity: str, source: str, tags: list[str]) -> dict:
    metadata = {"tags": tags} if tags else {}
    if source.startswith("#") and not tags:
        return {"cell_type": "markdown", "id": identity, "metadata": metadata, "source": source}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": identity,
        "metadata": metadata,
        "outputs": [],
        "source": source,
    }

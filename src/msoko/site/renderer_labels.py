"""The words that both renderers put on figures, tables and switches: `_quarto.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from msoko.catalog.yaml import yaml_schema
from msoko.core.errors import UsageError
from msoko.core.project import HOME

QUARTO_FILE = HOME / "_quarto.yml"


@dataclass(frozen=True)
class Labels:
    """What is written before a number, and on the page's own controls."""

    lang: str
    figure_title: str
    figure_prefix: str
    table_title: str
    table_prefix: str
    title_delimiter: str
    contents: str
    show_code: str
    hide_code: str


@cache
def settings(path: Path = QUARTO_FILE) -> Mapping[str, Any]:
    """Return `_quarto.yml` as it stands."""
    return yaml_schema.load(path, Mapping[str, object], path.name)


@cache
def labels(path: Path = QUARTO_FILE) -> Labels:
    """Return the labels of `_quarto.yml`; a missing one is refused, never English by default."""
    found = settings(path)
    try:
        crossref, language = found["crossref"], found["language"]
        return Labels(
            lang=found["lang"],
            figure_title=crossref["fig-title"],
            figure_prefix=crossref["fig-prefix"],
            table_title=crossref["tbl-title"],
            table_prefix=crossref["tbl-prefix"],
            title_delimiter=crossref["title-delim"],
            contents=language["toc-title-document"],
            show_code=language["code-tools-show-all-code"],
            hide_code=language["code-tools-hide-all-code"],
        )
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"{path.name}: нет надписи {error}. Верните её в раздел crossref или language."
        ) from error

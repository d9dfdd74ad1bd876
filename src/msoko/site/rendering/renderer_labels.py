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
OWN_KEY = "msoko"
"""The part of the file that is for us alone: Quarto is not given it."""


@dataclass(frozen=True)
class RendererLabels:
    """What is written before a number, on the page's own controls, and where a title is missing."""

    lang: str
    figure_title: str
    figure_prefix: str
    table_title: str
    table_prefix: str
    title_delimiter: str
    contents: str
    show_code: str
    hide_code: str
    unnumbered_table: str
    untitled_fold: str


@cache
def quarto_settings(path: Path = QUARTO_FILE) -> Mapping[str, Any]:
    """Return `_quarto.yml` as it stands."""
    return yaml_schema.load(path, Mapping[str, object], path.name)


@cache
def load_labels(path: Path = QUARTO_FILE) -> RendererLabels:
    """Return the labels of `_quarto.yml`; a missing one is refused, never English by default."""
    settings = quarto_settings(path)
    try:
        crossref, language, own = settings["crossref"], settings["language"], settings[OWN_KEY]
        return RendererLabels(
            lang=settings["lang"],
            figure_title=crossref["fig-title"],
            figure_prefix=crossref["fig-prefix"],
            table_title=crossref["tbl-title"],
            table_prefix=crossref["tbl-prefix"],
            title_delimiter=crossref["title-delim"],
            contents=language["toc-title-document"],
            show_code=language["code-tools-show-all-code"],
            hide_code=language["code-tools-hide-all-code"],
            unnumbered_table=own["unnumbered-table"],
            untitled_fold=own["untitled-fold"],
        )
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"{path.name}: нет надписи {error}. Верните её в раздел crossref, language или msoko."
        ) from error

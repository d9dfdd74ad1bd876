"""Suites of expectations: JSON in Great Expectations' own form, read strictly.

Reading a suite does not import Great Expectations: most runs never need it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from msoko.core.computed_tables import COMPUTED_TABLES
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.received_tables import RECEIVED_TABLES
from msoko.core.written_text import read_written_text
from msoko.ingest.ingest_findings import Severity
from msoko.validate.suites.row_predicates import ROW_TYPES
from msoko.validate.suites.table_predicates import TABLE_TYPES

GX_SEVERITY: Mapping[str, str] = {
    "blocking": "critical",
    "set_aside": "critical",
    "warning": "warning",
    "note": "info",
}
"""Our severities, as Great Expectations itself spells them."""

DERIVED = tuple(table.name for table in COMPUTED_TABLES)
"""Tables that the project computes; they do not exist yet when a year is checked."""

RECEIVED = tuple(table.name for table in RECEIVED_TABLES)

KNOWN_TYPES = {*ROW_TYPES, *TABLE_TYPES}
REQUIRED_META = {"check", "reason", "severity", "guidance", "link", "directions"}
OPTIONAL_META = {"cells", "guidance_by_layout"}


@dataclass(frozen=True)
class Check:
    """One expectation. `cells` are the columns whose cell a finding points at, in order."""

    name: str
    type: str
    kwargs: Mapping[str, Any]
    severity: Severity
    reason: str
    guidance: str
    link: str
    directions: tuple[str, ...]
    cells: tuple[str, ...]
    config: Mapping[str, Any]  # the expectation as the file has it
    guidance_by_layout: Mapping[str, str] = field(default_factory=dict)
    """What to do where a file of that layout is wrong; other files have `guidance`."""


@dataclass(frozen=True, eq=False)
class Suite:
    """The expectations of one table, or of one reconciliation of tables.

    `table` is the table whose rows and cells the findings are about. A file read again
    while its text is the same gives the same suite.
    """

    name: str
    table: str
    checks: tuple[Check, ...]
    config: Mapping[str, Any]  # the whole file


def read_suite(project: Project, name: str) -> Suite:
    """Return the suite of the table `name`; refuse a file that lacks what findings need."""
    return parse_suite(project, project.find("expectations", f"{name}.json"))


def read_reconciliation(project: Project, name: str) -> Suite:
    """Return the suite of the reconciliation `name`, one of `reconciliations`."""
    return parse_suite(project, project.find("expectations", "reconciliations", f"{name}.json"))


def parse_suite(project: Project, path: Path) -> Suite:
    """Return the suite in `path`."""
    shown = project.shown(path)
    try:
        return _parse_text(shown, read_written_text(path, shown))
    except FileNotFoundError as error:
        raise UsageError(f"{shown}: нет набора проверок. Верните файл из поставки.") from error


@lru_cache(maxsize=128)
def _parse_text(shown: str, text: str) -> Suite:
    try:
        config = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(
            f"{shown}, строка {error.lineno}: файл не читается как JSON. "
            "Исправьте запись или верните файл из поставки."
        ) from error
    table = config.get("meta", {}).get("table", config.get("name"))
    checks = tuple(_parse_check(shown, entry) for entry in config.get("expectations", ()))
    names = [check.name for check in checks]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise UsageError(
            f"{shown}: имя проверки повторяется: {', '.join(repeated)}. Дайте разные имена."
        )
    return Suite(config["name"], table, checks, config)


def _parse_check(shown: str, entry: Mapping[str, Any]) -> Check:
    meta = entry.get("meta", {})
    where = f"{shown}, проверка {meta.get('check', entry.get('type'))}"
    missing, unknown = REQUIRED_META - set(meta), set(meta) - REQUIRED_META - OPTIONAL_META
    if missing or unknown:
        raise UsageError(
            f"{where}: в meta нет {', '.join(sorted(missing)) or '–'}, "
            f"лишнее: {', '.join(sorted(unknown)) or '–'}. Исправьте описание проверки."
        )
    if GX_SEVERITY.get(meta["severity"]) != entry.get("severity"):
        raise UsageError(
            f"{where}: важность {meta['severity']!r} не согласована с severity "
            f"{entry.get('severity')!r}. Допустимы пары: "
            + ", ".join(f"{ours} – {theirs}" for ours, theirs in GX_SEVERITY.items())
            + "."
        )
    if entry["type"] not in KNOWN_TYPES:
        raise UsageError(
            f"{where}: вид проверки {entry['type']!r} не известен. "
            f"Допустимы: {', '.join(sorted(KNOWN_TYPES))}."
        )
    kwargs = entry.get("kwargs", {})
    return Check(
        name=meta["check"],
        type=entry["type"],
        kwargs=kwargs,
        severity=meta["severity"],
        reason=meta["reason"],
        guidance=meta["guidance"],
        link=meta["link"],
        directions=tuple(meta["directions"]),
        cells=tuple(meta.get("cells", _own_columns(kwargs))),
        config=entry,
        guidance_by_layout=meta.get("guidance_by_layout", {}),
    )


def _own_columns(kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns that an expectation names; a finding points at the first it can."""
    if "column" in kwargs:
        return (kwargs["column"],)
    return tuple(kwargs[key] for key in ("column_A", "column_B") if key in kwargs)

"""Limits that `year.yml` declares for a file stand in place of a suite's own.

The reader has judged the file's values by them, so the suite passes its rows over.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from msoko.core.errors import MsokoError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.ingest.year_file import load_year_file
from msoko.validate.suites.suite_files import Check, Suite

BETWEEN = "expect_column_values_to_be_between"
NOBODY = [""]
"""No source: an empty list is none to an engine that is asked whether a value is in it."""
Judged = Mapping[tuple[str, str], list[str]]
"""Table and column → the sources whose rows the suite still judges."""


def sources_judged(project: Project, year: SchoolYear) -> Judged:
    """Return, for each column with limits of its own, the sources that have none."""
    path = project.raw(year) / "year.yml"
    if not path.exists():
        return {}
    try:
        declared = load_year_file(path, project.shown(path))
    except MsokoError:  # the reader has told it
        return {}
    named = {
        (entry.table or "", column) for entry in declared.files.values() for column in entry.limits
    }
    if not named:
        return {}
    sources = Store(project).read("sources", [year], ["source_id", "file"]).dropna()
    entries = [(source, declared.entry(file)) for source, file in sources.to_numpy().tolist()]
    return {
        (table, column): sorted(
            source for source, one in entries if one.table != table or column not in one.limits
        )
        for table, column in sorted(named)
    }


def within_declared(suite: Suite, judged: Judged) -> Suite:
    """Return the suite, its limits about the sources that declare no others."""
    changed = {
        check.name: _limited(check, judged[suite.table, check.kwargs["column"]])
        for check in suite.checks
        if check.type == BETWEEN and (suite.table, check.kwargs["column"]) in judged
    }
    if not changed:
        return suite
    checks = tuple(changed.get(check.name, check) for check in suite.checks)
    config = {**suite.config, "expectations": [dict(check.config) for check in checks]}
    return replace(suite, checks=checks, config=config)


def _limited(check: Check, sources: list[str]) -> Check:
    about: dict[str, Any] = {
        "type": "comparison",
        "column": {"name": "source_id"},
        "operator": "IN",
        "parameter": sources or NOBODY,
    }
    own = check.kwargs.get("row_condition")
    both = {"type": "and", "conditions": [own, about]} if own else about
    kwargs = {**copy.deepcopy(dict(check.kwargs)), "row_condition": both}
    return replace(check, kwargs=kwargs, config={**check.config, "kwargs": kwargs})

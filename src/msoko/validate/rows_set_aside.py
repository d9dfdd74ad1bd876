"""Rows of received tables that a suite does not accept: taken out before anything is computed.

A reader sets aside what it finds wrong in its sheet. What comes through other doors, declared
columns and forms, meets its limits only here: a row that fails a check of severity `set_aside`
leaves every table, is counted in `sources`, and is named with its reason in `set_aside`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from msoko.catalog.registry.form_declarations import load_forms
from msoko.catalog.registry.registry_words import load_subject_names
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import stored_columns
from msoko.core.tables import TABLES
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.file_entry import COLUMNS
from msoko.ingest.layouts.forms.form_recognition import LAYOUT as FORM
from msoko.validate.concerned_directions import report_readers
from msoko.validate.findings.check_wording import CheckWording, read_wording
from msoko.validate.findings.finding_tracing import FindingTracer
from msoko.validate.suites.suite_files import RECEIVED, Check, Suite, read_suite
from msoko.validate.suites.suite_outcome import ROW_LIMIT
from msoko.validate.suites.suite_runner import SuiteResult

if TYPE_CHECKING:
    from msoko.validate.suites.suite_query import SuiteQuery

OTHER_DOORS = (COLUMNS, FORM)
"""Layouts whose columns a declaration names: no reader knows their limits."""
Tables = Mapping[str, pd.DataFrame]


def set_rows_aside(
    project: Project, year: SchoolYear, tables: Tables
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Return the year's tables without the rows that their suites refuse, and why.

    Where more rows fail a check than are traced, the file is wrong and not its rows: they
    stay, and the verdict stops what reads them.
    """
    kept = dict(tables)
    sources = kept.get("sources", pd.DataFrame(columns=["source_id", "layout"]))
    judged_sources = set(sources.loc[sources["layout"].isin(OTHER_DOORS), "source_id"])
    if not judged_sources:
        return kept, []
    failed = list(_failed(project, kept, judged_sources))
    if not failed:
        return kept, []
    words = read_wording(project)
    findings = list(_tracer(project, kept, words).findings(failed))
    _take_out(kept, failed, words)
    return kept, findings


def _failed(project: Project, tables: Tables, sources: set[str]) -> Iterable[SuiteResult]:
    """Yield, by suite, the checks of rows that fail, with all rows that fail them."""
    import ibis
    import pyarrow as pa

    from msoko.validate.suites.ibis_evaluator import answers

    engine = ibis.duckdb.connect(autoinstall_known_extensions=False)
    for name in RECEIVED:
        suite = rows_suite(read_suite(project, name))
        frame = tables[name] if name in tables and suite.checks else pd.DataFrame()
        own = frame[frame["source_id"].isin(sources)] if len(frame) else frame
        if own.empty:
            continue
        engine.con.register(name, pa.Table.from_pandas(own, preserve_index=False))
        outcomes = answers(rows_question(suite), engine)
        wrong = [one for one in outcomes if not one.success and len(one.rows) < ROW_LIMIT]
        if wrong:
            yield suite, wrong


def rows_question(suite: Suite) -> SuiteQuery:
    """Return what the suite asks of its table as it is stored."""
    from msoko.validate.suites.suite_query import question

    return question(suite, ((suite.name, stored_columns(suite.name)),), None)


@lru_cache(maxsize=64)
def rows_suite(suite: Suite) -> Suite:
    """Return the suite with only those checks whose failing rows are set aside."""
    return replace(suite, checks=tuple(filter(sets_aside, suite.checks)))


def sets_aside(check: Check) -> bool:
    """Return whether a row that fails the check is taken out of its tables."""
    return check.severity == "set_aside"


def _tracer(project: Project, tables: Tables, words: CheckWording) -> FindingTracer:
    schools = tables["schools"][["school_id", "name"]].dropna()
    return FindingTracer(
        sources=tables["sources"],
        source_columns=tables["source_columns"],
        schools=dict(zip(schools["school_id"], schools["name"], strict=True)),
        subjects=load_subject_names(project),
        directions=report_readers(project),
        words=words,
        forms={form.code: form.short for form in load_forms(project).values()},
    )


def _take_out(
    tables: dict[str, pd.DataFrame], failed: Iterable[SuiteResult], words: CheckWording
) -> None:
    """Take the failing rows out of all tables, and enter them in `set_aside` and `sources`."""
    lost = pd.concat(
        [
            one.rows[["source_id", "source_row"]].assign(
                reason=words.messages.get(one.check.name, one.check.reason), is_lost=True
            )
            for _, outcomes in failed
            for one in outcomes
        ]
    ).drop_duplicates(["source_id", "source_row"])
    pairs = pd.MultiIndex.from_frame(lost[["source_id", "source_row"]].astype(object))
    for name, frame in tables.items():
        if name not in ("set_aside", "findings") and {"source_id", "source_row"} <= {*frame}:
            rows = pd.MultiIndex.from_frame(frame[["source_id", "source_row"]].astype(object))
            tables[name] = frame[~rows.isin(pairs)].reset_index(drop=True)
    aside = pd.concat([tables["set_aside"], lost], ignore_index=True)
    aside = aside.sort_values(["source_id", "source_row"], kind="stable", ignore_index=True)
    kinds = tables["set_aside"].dtypes.to_dict()
    tables["set_aside"] = aside[list(TABLES["set_aside"].columns)].astype(kinds)
    more = tables["sources"]["source_id"].map(lost.groupby("source_id").size()).fillna(0)
    sources = tables["sources"].copy()
    sources["rows_set_aside"] += more.astype("Int64")
    sources["rows_kept"] -= more.astype("Int64")
    tables["sources"] = sources

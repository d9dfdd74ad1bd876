"""What is declared, read once in the process that all others are forked from."""

from __future__ import annotations

from contextlib import suppress

from msoko.core.errors import MsokoError

DECLARED_ONLY = ("school_results",)
"""Tables that come only from files whose columns a project itself declares."""


def read_declarations(root: str, municipality: str) -> None:
    """Read the profile, its directions and its sentences, so that a child finds them read.

    The readers keep what they made by the text they made it of: a child that finds another
    text reads it anew. What is refused here is left for the children to report.
    """
    from msoko.catalog import load_directions, load_profile
    from msoko.catalog.registry import registry_words
    from msoko.catalog.registry.wording import template
    from msoko.core.project import Project

    project = Project.at(root)
    with suppress(MsokoError, OSError):
        profile = load_profile(project, municipality)
        load_directions(project, profile)
        for load in (
            registry_words.load_form_titles,
            registry_words.load_check_titles,
            registry_words.load_objectivity,
        ):
            load(project)
        for _, text in registry_words.flatten_sentences(
            registry_words.load_wording(project, profile)
        ):
            template(text)


def write_check_queries(root: str) -> None:
    """Write the queries of all checks, so that children who check find them written.

    They are kept by the suites and by the columns that they are about: a child that finds
    others writes its own, as where a project has tables that no layout of the house fills.
    """
    from msoko.core.project import Project
    from msoko.core.store import stored_columns
    from msoko.core.tables import TABLES
    from msoko.validate.findings.check_wording import read_wording
    from msoko.validate.rows_set_aside import rows_question, rows_suite
    from msoko.validate.suites import scale_table
    from msoko.validate.suites.reconciliations import RECONCILIATIONS
    from msoko.validate.suites.suite_files import RECEIVED, read_reconciliation, read_suite
    from msoko.validate.suites.suite_query import question
    from msoko.validate.suites.table_set import BEFORE, SCALES

    project = Project.at(root)
    columns = {name: stored_columns(name) for name in TABLES}
    usual = [name for name in RECEIVED if name not in DECLARED_ONLY]
    there = {name: columns[name] for name in usual} | {SCALES: scale_table.SCHEMA}
    there |= {name + BEFORE: columns[name] for name in usual}
    with suppress(MsokoError, OSError):
        read_wording(project)
        for name, own in columns.items():
            suite = read_suite(project, name)
            question(suite, ((name, own),), None).written()
            if (of_rows := rows_suite(suite)).checks:
                rows_question(of_rows).written()
        for one in RECONCILIATIONS:
            made_of = tuple((name, there[name]) for name in one.tables(there))
            question(read_reconciliation(project, one.name), made_of, one).written()

"""The suites themselves: complete, loadable by Great Expectations, worded."""

from __future__ import annotations

import dataclasses
import json
import logging

import pytest

from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.tables import TABLES
from msoko.validate.findings.check_wording import read_wording
from msoko.validate.findings.checks_guide import DECLARED_LISTS, checks_page, suite_text
from msoko.validate.suites.reconciliations import RECONCILIATIONS
from msoko.validate.suites.suite_files import (
    KNOWN_TYPES,
    parse_suite,
    read_reconciliation,
    read_suite,
)

HOUSE = Project.at(None)
NAMES = [one.name for one in RECONCILIATIONS]


def all_suites():
    return [read_suite(HOUSE, name) for name in TABLES] + [
        read_reconciliation(HOUSE, name) for name in NAMES
    ]


def test_every_table_has_its_suite_and_no_suite_is_left_over():
    folder = HOUSE.home / "expectations"
    assert {path.stem for path in folder.glob("*.json")} == set(TABLES)
    assert {path.stem for path in (folder / "reconciliations").glob("*.json")} == set(NAMES)


@pytest.mark.parametrize("name", TABLES)
def test_a_suite_of_a_table_loads_in_great_expectations_as_it_is(name, caplog):
    import great_expectations as gx

    text = (HOUSE.home / "expectations" / f"{name}.json").read_text(encoding="utf-8")
    declared = json.loads(text)
    suite = gx.ExpectationSuite(**declared)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert len(suite.expectations) == len(declared["expectations"])
    context = gx.get_context(mode="ephemeral")
    kept = context.suites.add(suite)
    severities = {one["meta"]["check"]: one["severity"] for one in declared["expectations"]}
    assert {one.meta["check"]: one.severity.value for one in kept.expectations} == severities


@pytest.mark.parametrize("name", NAMES)
def test_a_suite_of_a_reconciliation_loads_once_our_expectations_are_registered(name):
    from msoko.validate.suites.gx_evaluator import loaded

    suite = read_reconciliation(HOUSE, name)
    assert len(loaded(suite).expectations) == len(suite.checks)


def test_suites_use_only_types_that_both_evaluators_know():
    used = {check.type for suite in all_suites() for check in suite.checks}
    assert used <= KNOWN_TYPES


def test_names_are_unique_and_every_one_is_worded():
    names = [check.name for suite in all_suites() for check in suite.checks]
    assert len(names) == len(set(names))
    words = read_wording(HOUSE)
    assert set(names) <= set(words.titles)
    assert set(names) <= set(words.messages)
    assert set(words.messages) <= set(names)


def test_checks_point_at_columns_of_their_table():
    for suite in all_suites():
        for check in suite.checks:
            assert set(check.cells) <= set(TABLES[suite.table].columns), check.name


@pytest.mark.parametrize("name", TABLES)
def test_the_list_of_columns_is_the_table_s(name):
    types = [check.type for check in read_suite(HOUSE, name).checks]
    assert types.count(next(iter(DECLARED_LISTS))) == 1
    text = (HOUSE.home / "expectations" / f"{name}.json").read_text(encoding="utf-8")
    assert text == suite_text(HOUSE, name)  # written by the same command as the guide


def test_a_new_column_of_a_table_enters_its_suite_by_itself(monkeypatch):
    table = TABLES["results"]
    wider = dataclasses.replace(table, columns={**table.columns, "seat": "text"})
    monkeypatch.setitem(TABLES, "results", wider)
    (first, *_) = json.loads(suite_text(HOUSE, "results"))["expectations"]
    assert first["kwargs"]["column_list"][-1] == "seat"


def test_every_link_leads_to_its_heading_in_the_guide():
    page = (HOUSE.home / "docs" / "checks.md").read_text(encoding="utf-8")
    assert page == checks_page(HOUSE)  # written by `python -m msoko.validate.findings.checks_guide`
    for suite in all_suites():
        for check in suite.checks:
            assert check.link == f"docs/checks.md#{check.name}"
            assert f'<a id="{check.name}"></a>' in page


CHECK = {
    "type": "expect_column_values_to_not_be_null",
    "kwargs": {"column": "mark"},
    "severity": "warning",
    "meta": {
        "check": "mark_given",
        "reason": "–",
        "severity": "warning",
        "guidance": "–",
        "link": "–",
        "directions": ["*"],
    },
}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "строка 1: файл не читается как JSON"),
        (
            json.dumps({"name": "x", "expectations": [{**CHECK, "severity": "info"}]}),
            "важность 'warning' не согласована",
        ),
        (json.dumps({"name": "x", "expectations": [CHECK, CHECK]}), "повторяется: mark_given"),
        (
            json.dumps({"name": "x", "expectations": [{**CHECK, "type": "expect_nothing"}]}),
            "вид проверки 'expect_nothing' не известен",
        ),
        (
            json.dumps({"name": "x", "expectations": [{**CHECK, "meta": {"check": "bare"}}]}),
            "в meta нет directions, guidance, link, reason, severity",
        ),
    ],
)
def test_a_broken_suite_is_refused_with_its_place(tmp_path, content, words):
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"x\.json") as refusal:
        parse_suite(Project(tmp_path), path)
    assert words in str(refusal.value)


def test_a_missing_suite_is_refused(tmp_path):
    with pytest.raises(UsageError, match="нет набора проверок"):
        parse_suite(Project(tmp_path), tmp_path / "none.json")

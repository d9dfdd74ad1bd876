"""What CONTRIBUTING says must be touched to add a thing is all that must be touched.

Layouts are added in `ingest/test_known_layouts.py`, an indicator and a direction by the guide's
own text in `cli/test_readme.py`.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from types import ModuleType

import click
import pytest

from drawn_report import made
from msoko import cli
from msoko.core import tables
from msoko.core.project import Project
from msoko.core.store import stored_columns
from msoko.report.block import Block, Prose, block
from msoko.report.questions import Questions
from msoko.validate.findings.checks_guide import suite_text

__all__ = ["made"]


def test_a_command_is_a_module_and_a_word(monkeypatch, capsys):
    module = ModuleType("msoko.cli.count_years")
    module.command = click.command("count-years", help="Сколько лет.")(lambda: print("пять"))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(cli, "COMMANDS", (*cli.COMMANDS, "count-years"))
    for words, said in ((["count-years"], "пять"), (["--help"], "Сколько лет.")):
        with pytest.raises(SystemExit) as left:
            cli.main(words)
        assert not left.value.code
        assert said in capsys.readouterr().out


def test_a_question_is_a_function_and_a_line(made, monkeypatch):
    def school_count(report: Questions) -> Block:
        return block(Prose(f"Школ: {len(report.schools)}."))

    monkeypatch.setattr(Questions, "school_count", school_count, raising=False)
    assert "Школ: 3." in made(3, 1).school_count().markdown()


def test_a_column_is_declared_once(monkeypatch):
    schools = tables.TABLES["schools"]
    wider = dataclasses.replace(schools, columns={**schools.columns, "founded": "int"})
    monkeypatch.setitem(tables.TABLES, "schools", wider)
    suite = json.loads(suite_text(Project.at(None), "schools"))
    lists = [one["kwargs"].get("column_list", ()) for one in suite["expectations"]]
    assert any("founded" in names for names in lists)
    assert "founded" in stored_columns("schools").names

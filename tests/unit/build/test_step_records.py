"""A step is stale for reasons that can be named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from msoko.build.graph.file_digests import FileDigests
from msoko.build.graph.step_records import Step, StepRecords
from msoko.core.project import Project


@pytest.fixture
def records(tmp_path: Path) -> StepRecords:
    project = Project(tmp_path)
    return StepRecords(project, FileDigests(project.cache / "files.json"))


def step(records: StepRecords, **parts: str) -> Step:
    """A step with one output; the keywords are modules with their digests."""
    output = records.project.root / "out.txt"
    return Step(
        "report:x",
        "отчёт x",
        {("module", name): digest for name, digest in parts.items()},
        (output,),
    )


def made(records: StepRecords, **parts: str) -> Step:
    one = step(records, **parts)
    one.outputs[0].write_text("1")
    records.remember(one, 1.0, slices={"a": "b"})
    return one


def told(records: StepRecords, one: Step) -> list[str]:
    return [reason.text for reason in records.reasons(one)]


def test_what_was_never_made_is_stale(records: StepRecords):
    assert told(records, step(records, a="1")) == ["ещё не строилось"]


def test_what_was_just_made_is_fresh(records: StepRecords):
    assert told(records, made(records, a="1")) == []


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"a": "2"}, "изменилось: модуль программы a"),
        ({"a": "1", "b": "1"}, "появилось: модуль программы b"),
        ({"a": "absent"}, "исчезло: модуль программы a"),
        ({}, "исчезло: модуль программы a"),
    ],
)
def test_a_change_is_named(records: StepRecords, parts: dict[str, str], reason: str):
    made(records, a="1")
    assert told(records, step(records, **parts)) == [reason]


def test_a_parameter_is_named_with_both_values(records: StepRecords):
    before = Step("s", "s", {("parameter", "renderer"): "embedded"})
    records.remember(before, 0)
    now = Step("s", "s", {("parameter", "renderer"): "quarto"})
    assert told(records, now) == ["изменилось: параметр renderer (embedded → quarto)"]


def test_a_missing_or_edited_output_makes_its_step_stale(records: StepRecords):
    one = made(records, a="1")
    one.outputs[0].write_text("2")
    assert told(records, one) == ["результат изменён не сборкой: out.txt"]
    one.outputs[0].unlink()
    assert told(records, one) == ["нет результата: out.txt"]


def test_a_touched_output_is_fresh(records: StepRecords):
    one = made(records, a="1")
    os.utime(one.outputs[0], (1, 1))
    assert told(records, one) == []


def test_facts_and_seconds_are_remembered(records: StepRecords):
    made(records, a="1")
    assert records.of("report:x").facts == {"slices": {"a": "b"}}
    assert records.of("report:x").seconds == pytest.approx(1.0)


def test_a_damaged_record_is_no_record(records: StepRecords):
    one = made(records, a="1")
    for content in ("{", "[]", '{"parts": {}, "surplus": 1}'):
        (records.folder / "report@x.json").write_text(content)
        anew = StepRecords(records.project, records.digests)
        assert told(anew, one) == ["ещё не строилось"]


def test_a_step_forgotten_before_it_is_redone_stays_stale_when_that_is_interrupted(
    records: StepRecords,
):
    one = made(records, a="1")
    records.forget(one.id)
    assert told(records, one) == ["ещё не строилось"]

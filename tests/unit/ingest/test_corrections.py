"""A correction finds exactly what it expects, or the run stops."""

from __future__ import annotations

import pytest

from made_exports import checks, f1, put_in, take

ENTRY = """\
- file: "*.xlsx"
  cell: {cell}
  expected: "{expected}"
  value: "{value}"
  reason: опечатка при вводе
  author: методист
  status: {status}
"""
BY_MATCH = """\
- file: a.xlsx
  sheet: Лист
  match: {"Код участника": "40002", "ОО": "edu990101"}
  column: Первичный балл
  expected: "9"
  value: "8"
  reason: сверено с протоколом школы
  author: методист
  status: confirmed
"""


def broken() -> list:
    """Return Ф1 whose cell K11 says 9 where the tasks make 8."""
    return put_in(f1(), "K11", 9)


def test_a_correction_mends_the_cell_and_is_told(tmp_path):
    text = ENTRY.format(cell="K11", expected="9,0", value="8", status="confirmed")
    intake = take(tmp_path, {"a.xlsx": broken()}, corrections=text)
    assert not intake.is_blocked
    assert intake.tables["results"]["primary_score"].iloc[1] == 8
    note = intake.findings.set_index("check").loc["correction"]
    assert note["cell"] == "K11" and "опечатка" in note["message"]


def test_a_row_may_be_found_by_its_values(tmp_path):
    intake = take(tmp_path, {"a.xlsx": broken()}, corrections=BY_MATCH)
    assert not intake.is_blocked
    assert intake.tables["results"]["primary_score"].iloc[1] == 8


@pytest.mark.parametrize(
    "text",
    [
        ENTRY.format(cell="K11", expected="7", value="8", status="confirmed"),
        ENTRY.format(cell="ZZ99", expected="9", value="8", status="confirmed"),
        ENTRY.format(cell="K", expected="9", value="8", status="confirmed"),
        ENTRY.replace("*.xlsx", "нет.xlsx").format(
            cell="K11", expected="9", value="8", status="confirmed"
        ),
        BY_MATCH.replace("sheet: Лист", "sheet: Другой"),
        BY_MATCH.replace('"40002", "ОО": "edu990101"', '"40001"'),  # two schools have it
        BY_MATCH.replace("Первичный балл", "Балл"),
    ],
    ids=["value", "cell", "address", "file", "sheet", "two_rows", "column"],
)
def test_a_correction_that_does_not_fit_stops_the_run(tmp_path, text):
    intake = take(tmp_path, {"a.xlsx": broken()}, corrections=text)
    found = intake.findings[intake.findings["check"] == "correction"]
    assert list(found["severity"]) == ["blocking"]
    assert "corrections.yml, строка 1" in found["message"].item()


@pytest.mark.parametrize(("status", "severity"), [("proposed", {"warning"}), ("rejected", set())])
def test_only_confirmed_corrections_are_made(tmp_path, status, severity):
    text = ENTRY.format(cell="K11", expected="9", value="8", status=status)
    intake = take(tmp_path, {"a.xlsx": broken()}, corrections=text)
    assert "task_sum" in checks(intake, "set_aside")
    found = intake.findings[intake.findings["check"] == "correction"]
    assert set(found["severity"]) == severity


def test_an_entry_without_a_reason_is_refused(tmp_path):
    text = ENTRY.format(cell="K11", expected="9", value="8", status="confirmed")
    text = text.replace("  reason: опечатка при вводе\n", "")
    intake = take(tmp_path, {"a.xlsx": broken()}, corrections=text)
    assert "«reason»" in intake.findings.set_index("check").loc["declaration", "message"]


def test_an_empty_register_is_no_register(tmp_path):
    assert not take(tmp_path, {"a.xlsx": f1()}, corrections="[]\n").is_blocked

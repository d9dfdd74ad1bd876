"""What a year's verdict says, and where its findings point."""

from __future__ import annotations

import json
import subprocess
import sys

import pandas as pd
import pytest

from drawn_year import YEAR, drawn_year
from msoko.core.store import Store
from msoko.core.tables import TABLES
from msoko.ingest.ingest_findings import Finding, findings_frame
from msoko.validate import check_derived, check_year


def wrong_mark():
    tables = drawn_year()
    tables["results"].loc[3, "mark"] = 7
    return tables


def files_of(project) -> dict[str, bytes]:
    folder = project.processed(YEAR)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_year_that_agrees_has_no_findings(project, keep):
    keep(drawn_year())
    verdict = check_year(project, YEAR)
    assert verdict.findings[["check", "cell"]].values.tolist() == []
    assert (verdict.blocking, verdict.directions_blocked) == ([], {})
    assert all(verdict.passed.values())
    assert {"results", "task_sums", "source_rows"} <= set(verdict.passed)


@pytest.mark.parametrize("evaluator", ["relational", "gx"])
def test_a_finding_points_at_its_cell(project, keep, evaluator):
    keep(wrong_mark())
    verdict = check_year(project, YEAR, evaluator)
    wrong = verdict.findings.set_index("check").loc["results_mark_known"]
    assert (wrong["file"], wrong["sheet"], wrong["cell"]) == ("vpr/ma4.xlsx", "МА 4", "J14")
    assert (wrong["school_id"], wrong["severity"], wrong["row_count"]) == ("s2", "blocking", 1)
    assert not verdict.passed["results"]


def test_only_directions_that_read_the_table_are_blocked(project, keep):
    keep(wrong_mark())
    verdict = check_year(project, YEAR)
    assert "student_outcomes" in verdict.directions_blocked
    assert "*" not in verdict.directions_blocked
    line = verdict.directions_blocked["student_outcomes"][0]
    assert line.startswith("vpr/ma4.xlsx, лист «МА 4», ячейка J14: Отметка не из ряда 2, 3, 4, 5.")


def test_a_note_does_not_fail_a_table(project, keep):
    tables = drawn_year()
    tables["monitoring"].loc[0, "value"] = None
    keep(tables)
    verdict = check_year(project, YEAR)
    assert verdict.findings["severity"].tolist() == ["note"]
    assert verdict.findings["cell"].tolist() == ["C5"]
    assert verdict.passed["monitoring"]


def test_a_second_run_changes_no_byte(project, keep):
    keep(wrong_mark())
    check_year(project, YEAR)
    first = files_of(project)
    check_year(project, YEAR)
    assert files_of(project) == first
    assert "validation/results.json" in first and "findings.parquet" in first


def test_a_result_is_in_great_expectations_form(project, keep):
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResultSchema,
    )

    keep(wrong_mark())
    check_year(project, YEAR)
    text = (project.processed(YEAR) / "validation" / "results.json").read_text(encoding="utf-8")
    result = ExpectationSuiteValidationResultSchema().load(json.loads(text))
    assert result.suite_name == "results"
    assert result.get_max_severity_failure().value == "critical"
    assert result.statistics["unsuccessful_expectations"] == 1


def test_no_value_of_a_pupil_and_no_time_is_in_a_result(project, keep):
    tables = wrong_mark()
    tables["results"].loc[4, "pupil_id"] = "Иванова Анна"
    tables["results"].loc[0, "pupil_id"] = "Иванова Анна"
    keep(tables)
    verdict = check_year(project, YEAR)
    assert "results_unique" in set(verdict.findings["check"])
    for name, content in files_of(project).items():
        if name.startswith("validation/"):
            text = content.decode()
            assert "Иванова" not in text
            for key in ("unexpected_list", "run_id", "validation_time", "batch_id", "ge_load_time"):
                assert key not in text, name
    assert "Иванова" not in verdict.findings.to_csv()


def told(*findings: Finding):
    return findings_frame(findings, str(YEAR))


def test_the_readers_findings_stay_and_block_too(project, keep):
    reader = Finding(
        "password", "blocking", "файл закрыт паролем.", "Снимите пароль.", file="c.xls"
    )
    keep({**drawn_year(), "findings": told(reader)})
    for _ in range(2):
        verdict = check_year(project, YEAR)
        assert Store(project).read("findings", [YEAR])["check"].tolist() == ["password"]
    assert verdict.findings.empty
    [line] = verdict.blocking
    assert line.startswith("c.xls: файл закрыт паролем. Снимите пароль. Какому отчёту нужен")
    assert (verdict.directions_blocked, verdict.unplaced) == ({}, [line])


def test_results_of_a_table_that_is_gone_go_too(project, keep):
    keep(drawn_year())
    check_year(project, YEAR)
    Store(project).path(YEAR, "mark_shares").unlink()
    check_year(project, YEAR)
    assert "validation/mark_shares.json" not in files_of(project)
    assert "validation/results.json" in files_of(project)


def test_derived_tables_are_judged_on_their_own(project, keep):
    keep(drawn_year())
    rows = [{"school_year": "2024-25", "indicator": "so", "unit_of_analysis": "planet"}]
    frame = pd.DataFrame(rows).reindex(columns=list(TABLES["indicators"].columns))
    Store(project).add(YEAR, "indicators", frame)
    assert "indicators" not in check_year(project, YEAR).passed
    verdict = check_derived(project, YEAR)
    assert verdict.passed["indicators"] is False
    assert verdict.findings["check"].tolist() == ["indicators_unit_of_analysis_known"]
    assert Store(project).read("findings", [YEAR]).empty


def test_a_group_given_twice_is_found_by_the_columns_that_name_it(project, keep):
    keep(drawn_year())
    row = {"school_year": "2024-25", "direction": "d", "indicator": "so", "n": 5,
           "unit_of_analysis": "school", "school_id": "1"}  # fmt: skip
    for subject, checks in (("russian", []), (None, ["indicators_unique"])):
        frame = pd.DataFrame([{**row, "subject": subject}, row])
        Store(project).add(YEAR, "indicators", frame)
        assert check_derived(project, YEAR).findings["check"].tolist() == checks


def test_a_verdict_does_not_import_great_expectations(project, keep):
    keep(drawn_year())
    code = (
        "import sys; from msoko.core.project import Project; "
        "from msoko.core.school_year import SchoolYear; "
        "from msoko.validate import check_year; "
        f"check_year(Project.at({str(project.root)!r}), SchoolYear.parse('2024-25')); "
        "sys.exit('great_expectations' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

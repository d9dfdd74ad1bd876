"""`msoko templates` from the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from demo_world import small_demo
from msoko.cli import main
from msoko.cli.templates import command


@pytest.fixture
def project():
    return small_demo()[0].parents[1]


def test_help_says_where_filled_forms_go():
    result = CliRunner().invoke(command, ["--help"])
    assert result.exit_code == 0
    assert "data/raw/ГОД" in result.output


def test_all_forms_are_written(project, tmp_path):
    result = CliRunner().invoke(
        command, ["2025-26", "--project", str(project), "--to", str(tmp_path / "формы")]
    )
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == "Записано форм: 18."
    assert len(list((tmp_path / "формы").glob("*.xlsx"))) == 18


def test_one_form_of_one_school(project, tmp_path):
    result = CliRunner().invoke(
        command,
        ["2025-26", "--project", str(project), "--to", str(tmp_path), "--form", "context",
         "--school", "s012"],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert [path.name for path in tmp_path.glob("*.xlsx")] == ["Социальный контекст.xlsx"]


def test_forms_are_named_where_they_were_asked_for(project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["2025-26", "--project", str(project), "--to", "reports/a", "--form", "context"]
    said = CliRunner().invoke(command, words).output.splitlines()[0]
    assert (said, (tmp_path / said).is_file()) == ("reports/a/Социальный контекст.xlsx", True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2025-27"], "учебный год пишется как 2024-25"),
        (["2025-26", "--form", "contex"], "Возможно, имелось в виду «context»."),
        (["2025-26", "--school", "s999"], "организации «s999» в реестре"),
    ],
)
def test_wrong_usage_is_told(project, tmp_path, capsys, arguments, said):
    with pytest.raises(SystemExit) as left:
        main(["templates", *arguments, "--project", str(project), "--to", str(tmp_path)])
    assert left.value.code == 2
    assert said in capsys.readouterr().err

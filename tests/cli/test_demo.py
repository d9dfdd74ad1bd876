"""`msoko demo` from the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from msoko.cli import main
from msoko.cli.demo import command


def test_help_says_that_all_is_invented():
    result = CliRunner().invoke(command, ["--help"])
    assert result.exit_code == 0
    assert "вымышлено" in result.output
    for option in ("--seed", "--project", "--years", "--schools", "--preschools"):
        assert option in result.output


def test_demo_makes_its_folder_and_says_what_is_next(tmp_path):
    folder = tmp_path / "новый проект"
    result = CliRunner().invoke(
        command, ["--project", str(folder), "--years", "1", "--schools", "3", "--preschools", "1"]
    )
    assert result.exit_code == 0, result.output
    following = f'Дальше: msoko build 2024-25 --project "{folder}"'
    assert result.output.splitlines()[-1].endswith(following)
    assert (folder / "data" / "raw" / "2024-25" / "year.yml").exists()
    assert (folder / "data" / "raw" / "schools.csv").exists()
    assert result.output.count(str(tmp_path)) == 2  # where files lie, what to type next


@pytest.mark.parametrize("count", ["0", "-1", "601", "много"])
def test_a_senseless_number_of_schools_is_wrong_usage(tmp_path, count):
    result = CliRunner().invoke(command, ["--project", str(tmp_path), "--schools", count])
    assert result.exit_code == 2
    assert not (tmp_path / "data").exists()


def test_somebody_s_own_year_is_left_alone(tmp_path, capsys):
    folder = tmp_path / "data" / "raw" / "2024-25"
    folder.mkdir(parents=True)
    (folder / "Ф1.xlsx").write_bytes(b"own")
    with pytest.raises(SystemExit) as left:
        main(["demo", "--project", str(tmp_path)])
    assert left.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{tmp_path}/data/raw/2024-25: в папке лежат файлы не демонстрационного")
    assert "--project" in said
    assert (folder / "Ф1.xlsx").read_bytes() == b"own"

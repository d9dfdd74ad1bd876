"""`msoko objectivity` and `msoko proof` as a reviewer runs them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from msoko.cli import main
from msoko.cli.objectivity import command
from msoko.cli.proof import command as proof_command
from msoko.core.errors import UsageError
from research.simulated_municipality import SimulationPlan, simulate


@pytest.fixture(scope="module")
def drawn():
    return simulate(SimulationPlan(school_count=30, planted_count=6), 77)


@pytest.fixture(scope="module")
def folder(drawn, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("tables")
    for name, table in drawn.tables.items():
        table.to_parquet(place / f"{name}.parquet")
    return place


def run(*words: object):
    return CliRunner().invoke(command, [str(word) for word in words])


def said(capsys, *words: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return left.value.code, capsys.readouterr().err


def test_help_shows_the_tables():
    shown = run("--help").output
    assert "primary_score" in shown
    assert "scales" in shown


def test_the_verdict_is_written_and_told(folder, tmp_path):
    done = run(folder, "--out", tmp_path / "verdict.json")
    assert done.exit_code == 0, done.output
    verdict = json.loads((tmp_path / "verdict.json").read_text(encoding="utf-8"))
    assert len(verdict["schools"]) == 30
    assert "Школ оценено: 30" in done.output
    assert "не вывод о нарушении" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["verdict.json"]


def test_csv_and_parquet_give_the_same_bytes(drawn, folder, tmp_path):
    for name, table in drawn.tables.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False, sep=";", decimal=",")
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    assert run(folder, "--out", one).exit_code == 0
    assert run(tmp_path, "--out", two).exit_code == 0
    assert one.read_bytes() == two.read_bytes()


def test_year_procedure_and_q_are_taken(folder, tmp_path):
    out = tmp_path / "verdict.json"
    assert run(folder, "--out", out, "--year", "2022-23", "--q", "0.2").exit_code == 0
    parameters = json.loads(out.read_text(encoding="utf-8"))["meta"]["parameters"]
    assert (parameters["school_year"], parameters["q"]) == ("2022-23", 0.2)


def test_what_was_left_out_is_told_in_words(drawn, tmp_path):
    drawn.tables["results"].to_csv(tmp_path / "results.csv", index=False)
    done = run(tmp_path, "--out", tmp_path / "verdict.json")
    assert "сходство ответов в классе – нет баллов за задания" in done.output


def test_refusals_are_one_line_and_leave_nothing(folder, tmp_path, capsys):
    out = tmp_path / "verdict.json"
    code, text = said(capsys, "objectivity", tmp_path / "none", "--out", out)
    assert (code, "нет такой папки" in text) == (2, True)
    code, text = said(capsys, "objectivity", tmp_path, "--out", out)
    assert (code, "нет файла results" in text) == (1, True)
    code, text = said(capsys, "objectivity", folder, "--out", out, "--year", "1999-00")
    assert (code, "Есть: 2022-23, 2023-24" in text) == (1, True)
    code, text = said(capsys, "objectivity", folder, "--out", tmp_path / "no" / "v.json")
    assert (code, "нет папки" in text) == (2, True)
    code, text = said(capsys, "objectivity", folder, "--out", out, "--q", "2")
    assert code == 2
    assert not out.exists()


def test_scores_that_no_paper_gives_are_refused(drawn, tmp_path, capsys):
    results = drawn.tables["results"]
    shifted = results.assign(primary_score=results["primary_score"] * 1e6)
    shifted.to_csv(tmp_path / "results.csv", index=False)
    code, text = said(capsys, "objectivity", tmp_path, "--out", tmp_path / "v.json")
    assert (code, "не даёт ни одна работа" in text) == (1, True)


def test_every_reason_and_marker_has_its_words():
    import ast

    import yaml

    from msoko.core.project import HOME
    from msoko.stats.estimators.estimate import Reason
    from msoko.stats.objectivity.markers import MARKERS

    text = (HOME / "registry" / "wording_objectivity.yml").read_text(encoding="utf-8")
    words = yaml.safe_load(text)
    assert set(words["markers"]) == set(MARKERS)
    used = set()
    for path in (HOME / "src" / "msoko" / "stats" / "objectivity").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used |= {node.value} & {"no_scale", "scale_from_marks", "few_linked", "no_tasks"}
    used |= {Reason.TOO_FEW, Reason.TOO_FEW_GROUPS, Reason.NO_VARIATION, Reason.NO_DATA}
    assert {str(reason) for reason in used} <= set(words["reasons"])
    assert len(used) == 8


def test_proof_writes_its_table_with_seed_and_date(tmp_path, monkeypatch):
    from research import effect_rates, error_rates

    monkeypatch.setattr(effect_rates, "SCENARIOS", (effect_rates.SchoolPanels(12, 5, 2),))
    monkeypatch.setattr(error_rates, "SCENARIOS", (error_rates.Scenario("clean", 8, 0),))
    words = ["--seed", "3", "--replications", "2", "--date", "2025-07-10", "--out", str(tmp_path)]
    done = CliRunner().invoke(proof_command, [*words, "--no-validation"])
    assert done.exit_code == 0, done.output
    written = json.loads((tmp_path / "proof.json").read_text(encoding="utf-8"))
    assert (written["seed"], written["date"], written["replications"]) == (3, "2025-07-10", 2)
    assert (tmp_path / "proof.csv").read_text(encoding="utf-8").count("\n") == 10
    effects = json.loads((tmp_path / "effect_rates.json").read_text(encoding="utf-8"))
    assert (effects["seed"], effects["date"], effects["replications"]) == (3, "2025-07-10", 20)
    assert [row["schools"] for row in effects["compared"]] == [12]


def test_proof_says_that_it_needs_a_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr("msoko.core.project.HOME", tmp_path)
    done = CliRunner().invoke(proof_command, ["--out", str(tmp_path)])
    assert isinstance(done.exception, UsageError)
    assert "в установленном пакете её нет" in str(done.exception)
    assert list(tmp_path.iterdir()) == []

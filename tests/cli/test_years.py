"""`msoko new-year` and `msoko clean`."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from conftest import Run
from tiny import SCORES, write_tiny


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "p")


def test_a_new_year_repeats_how_files_were_declared(root: Path, run: Run):
    code, out, _ = run("new-year", "2024-25", "--project", root)
    assert code == 0
    folder = root / "data/raw/2024-25"
    made = yaml.safe_load((folder / "year.yml").read_text(encoding="utf-8"))
    last = yaml.safe_load((root / "data/raw/2023-24/year.yml").read_text(encoding="utf-8"))
    assert made == last | {"school_year": "2024-25"}
    assert yaml.safe_load((folder / "corrections.yml").read_text(encoding="utf-8")) is not None
    assert f"Положите в {root}/data/raw/2024-25 файлы" in out
    assert "scores.csv" in out


def test_years_in_file_names_move_on(root: Path, run: Run):
    path = root / "data/raw/2023-24/year.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("scores.csv:", "e8_2024.csv:"))
    (root / "data/raw/2023-24/scores.csv").rename(root / "data/raw/2023-24/e8_2024.csv")
    _, out, _ = run("new-year", "2024-25", "--project", root)
    made = yaml.safe_load((root / "data/raw/2024-25/year.yml").read_text(encoding="utf-8"))
    assert list(made["files"]) == ["e8_2025.csv"]
    assert "e8_2025.csv" in out


def test_comments_and_quotes_of_last_year_are_kept(root: Path, run: Run):
    path = root / "data/raw/2023-24/year.yml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("  scores.csv:", '  # Таблицу присылает регион.\n  "scores-2024.csv":')
    path.write_text(text + "expected:\n  files: 1\n", encoding="utf-8")
    run("new-year", "2024-25", "--project", root)
    made = (root / "data/raw/2024-25/year.yml").read_text(encoding="utf-8")
    assert '  # Таблицу присылает регион.\n  "scores-2025.csv":\n' in made
    assert "expected" not in made


def test_a_comment_that_names_last_year_is_marked_and_not_rewritten(root: Path, run: Run):
    path = root / "data/raw/2023-24/year.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"# Экзамен, май 2024 года.\n# Таблица региона.\n{text}", encoding="utf-8")
    run("new-year", "2024-25", "--project", root)
    made = (root / "data/raw/2024-25/year.yml").read_text(encoding="utf-8")
    marked = "# Экзамен, май 2024 года. (написано за 2023-24: проверьте)\n# Таблица региона.\n"
    assert marked in made
    run("new-year", "2025-26", "--project", root)
    made = (root / "data/raw/2025-26/year.yml").read_text(encoding="utf-8")
    assert marked in made
    assert made.count("проверьте)") == 1
    assert made.count("# Учебный год") == made.count("# Описание повторяет") == 1


def test_a_new_year_is_checked_once_its_file_is_dropped_in(root: Path, run: Run):
    run("new-year", "2024-25", "--project", root)
    assert run("check", "2024-25", "--project", root)[0] == 1
    (root / "data/raw/2024-25/scores.csv").write_text(SCORES % 77)
    assert run("check", "2024-25", "--project", root)[0] == 0


def test_a_year_that_is_there_is_not_overwritten(root: Path, run: Run):
    before = (root / "data/raw/2023-24/year.yml").read_bytes()
    code, _, err = run("new-year", "2023-24", "--project", root)
    assert (code, "этот учебный год уже заведён" in err) == (2, True)
    assert (root / "data/raw/2023-24/year.yml").read_bytes() == before


def test_the_first_year_asks_whose_data_they_are(tmp_path: Path, run: Run):
    (tmp_path / "data/raw").mkdir(parents=True)
    code, _, err = run("new-year", "2024-25", "--project", tmp_path)
    assert (code, "--municipality" in err) == (2, True)
    assert run("new-year", "2024-25", "--project", tmp_path, "--municipality", "demo")[0] == 0
    made = (tmp_path / "data/raw/2024-25/year.yml").read_text(encoding="utf-8")
    assert "municipality: demo" in made


def test_clean_removes_what_can_be_rebuilt_and_keeps_the_rest(project: Path, run: Run):
    code, out, _ = run("clean", "--project", project)
    assert (code, out) == (
        0,
        f"Удалено: {project}/data/processed, {project}/.cache/msoko\n"
        f"Оставлено: {project}/data/raw, {project}/reports\n",
    )
    assert list((project / "data/processed").iterdir()) == []
    assert (project / "reports/2023-24/internal/index.html").exists()
    assert run("clean", "--project", project)[1].startswith("Удалять нечего.")


def test_clean_removes_reports_only_when_asked(project: Path, run: Run):
    run("clean", "--project", project, "--reports")
    assert list((project / "reports").iterdir()) == []
    assert (project / "data/raw/2023-24/scores.csv").exists()

"""Files that must not be built upon: one message in Russian, earlier reports whole."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from conftest import Run, contents
from openpyxl import Workbook

YEAR = "2023-24"
SAMPLES = Path(__file__).parents[1] / "data" / "fis_oko"
COLLECTION_FORM = "Форма сбора результатов Английский язык 8 класс ВПР 2026.xlsx"


def other_year(raw: Path) -> None:
    text = (raw / "year.yml").read_text(encoding="utf-8")
    (raw / "year.yml").write_text(text.replace(YEAR, "2021-22"), encoding="utf-8")


def unknown_key(raw: Path) -> None:
    text = (raw / "year.yml").read_text(encoding="utf-8")
    (raw / "year.yml").write_text(text.replace("\nfiles:", "\nfils:"), encoding="utf-8")


def broken_yaml(raw: Path) -> None:
    (raw / "year.yml").write_text("school_year: [2023-24\n", encoding="utf-8")


def unknown_file(raw: Path) -> None:
    (raw / "отчёт.docx.xlsx").write_bytes(b"\x00\x01\x02 not a workbook")


def unknown_text(raw: Path) -> None:
    (raw / "прочее.csv").write_text("а;б\n1;2\n", encoding="utf-8")


def empty_workbook(raw: Path) -> None:
    Workbook().save(raw / "пустая.xlsx")


def empty_file(raw: Path) -> None:
    (raw / "ничего.xlsx").write_bytes(b"")


def collection_form(raw: Path) -> None:
    shutil.copyfile(SAMPLES / COLLECTION_FORM, raw / COLLECTION_FORM)


def twice(raw: Path) -> None:
    shutil.copyfile(raw / "scores.csv", raw / "scores (копия).csv")


def answers(project: Path) -> list[list[str]]:
    """Return what the reports of both directions answer."""
    folder = project / "reports" / YEAR / "internal"
    pages = [(folder / f"{one}.html").read_text(encoding="utf-8") for one in ("first", "second")]
    return [re.findall("Школ: [^<]*", page) for page in pages]


@pytest.mark.parametrize(
    ("spoil", "exit_code", "told"),
    [
        (other_year, 1, "2021-22"),
        (unknown_key, 1, "fils"),
        (broken_yaml, 2, "year.yml"),
        (unknown_file, 1, "отчёт.docx.xlsx"),
        (unknown_text, 1, "прочее.csv"),
        (empty_workbook, 1, "пустая.xlsx"),
        (empty_file, 1, "ничего.xlsx"),
        (collection_form, 1, "Форма сбора"),
        (twice, 1, "scores (копия).csv"),
    ],
)
def test_bad_input_is_told_in_plain_words_on_the_page_too_and_harms_no_report(
    project: Path,
    run: Run,
    spoil: Callable[[Path], None],
    exit_code: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.chdir(project)
    before = contents(project / "reports")
    answer = answers(project)
    spoil(project / "data/raw" / YEAR)
    code, _, err = run("build", YEAR, "--project", ".")
    assert (code, told in err, "Traceback" in err) == (exit_code, True, False), err
    assert str(project) not in err
    assert answers(project) == answer
    if exit_code == 2:
        assert contents(project / "reports") == before
    else:
        quality = project / "reports" / YEAR / "internal" / "quality.html"
        assert told in quality.read_text(encoding="utf-8")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_build_stopped_at_any_moment_leaves_no_process_and_the_next_is_whole(
    project: Path, built: Path, run: Run, number: int, seed: int
):
    for path in ("data/processed", ".cache", "reports"):
        shutil.rmtree(project / path)
    command = [sys.executable, "-m", "msoko", "build", YEAR, "--project", str(project)]
    build = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    children = _watched(build, random.Random(seed).uniform(1, 2.5))
    with contextlib.suppress(ProcessLookupError):  # a quick machine may have ended it by now
        os.killpg(build.pid, number)
    _, err = build.communicate(timeout=30)
    assert "Traceback" not in err
    waiting = psutil.wait_procs(children, timeout=5)[1]
    assert [one for one in waiting if one.status() != psutil.STATUS_ZOMBIE] == []
    code, _, err = run("build", YEAR, "--project", project, "--renderer", "embedded")
    assert (code, err) == (0, "")
    assert _bytes(project / "reports") == _bytes(built / "reports")


def _watched(build: subprocess.Popen[str], seconds: float) -> list[psutil.Process]:
    """Return every process that the build has started within the time given."""
    found: dict[int, psutil.Process] = {}
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and build.poll() is None:
        for one in psutil.Process(build.pid).children(recursive=True):
            found[one.pid] = one
        time.sleep(0.05)
    return list(found.values())


def _bytes(folder: Path) -> dict[str, bytes]:
    return {name: content for name, (content, _) in contents(folder).items()}

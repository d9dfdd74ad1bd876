"""The whole demo: warm and parallel, against papermill as it is and the same pages in sequence."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import ROOT, Line, in_child, timed

YEAR = "2024-25"
CHANGED = "talents"
SMALL = ("--schools", "8", "--preschools", "3", "--years", "2")
FULL = ()
MADE = ("data/processed", "reports", ".cache/msoko/executed", ".cache/msoko/pages")
EMPTY = {
    "cells": [{"cell_type": "code", "execution_count": None, "id": "one", "metadata": {},
               "outputs": [], "source": "1"}],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip


def run(folder: Path, chosen: argparse.Namespace) -> list[Line]:
    """Return the lines of the build, of its repetitions, and of one notebook and one page.

    The two whole builds begin from nothing. Tables take the same work in both, so the reports
    and the site are told apart: of the plain build by its own records, of ours by doing them
    once more.
    """
    root = folder / "demo"
    demo = FULL if chosen.full else SMALL
    msoko("demo", *demo, "--project", str(root))
    warm = ("build", YEAR, "--project", str(root))
    plain = (*warm, "--engine", "papermill", "--jobs", "1")
    whole_plain = timed(lambda: msoko(*plain))
    slow = whole_plain - _tables_seconds(root)
    bytes_plain = made(root)
    _forget_all(root)
    whole = timed(lambda: msoko(*warm))
    if made(root) != bytes_plain:
        raise RuntimeError("the two engines made other bytes")
    nothing = timed(lambda: msoko(*warm), chosen.repeat)
    status = timed(lambda: msoko("status", "--project", str(root)), chosen.repeat)
    help_ = timed(lambda: msoko("--help"), chosen.repeat)
    pages = in_child("build:pages", str(root))
    quick = timed(lambda: _reports_again(root, warm))
    one = timed(lambda: _changed(root, warm))
    empty = in_child("build:empty_notebooks", str(folder), chosen.repeat)
    name, size = "papermill, in sequence", f"{pages['count']} pages"
    return [
        Line(f"whole build, {name}", size, whole_plain),
        Line("whole build, same bytes", size, whole, whole / whole_plain, name, limit="≤ 0.17"),
        Line(f"reports and site, {name}", size, slow),
        Line("reports and site", size, quick, quick / slow, name, limit="≤ 0.17"),
        Line("empty notebook, papermill", "1", empty["papermill"]),
        Line("empty notebook", "1", empty["warm"], empty["warm"] / empty["papermill"],
             "papermill", limit="≤ 0.25 s"),
        Line("nothing changed", size, nothing, nothing / whole, "whole build", limit="< 1 s"),
        Line("one notebook changed", size, one, one / whole, "whole build"),
        Line("HTML of one report", f"{pages['size']:.0f} KiB", pages["seconds"], limit="≤ 0.3 s"),
        Line("msoko status", size, status, limit="< 0.3 s"),
        Line("msoko --help", "", help_, limit="< 0.3 s"),
    ]  # fmt: skip


def made(root: Path) -> dict[str, str]:
    """Return the digest of every file that a build has made, by its path."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in MADE
        for path in sorted((root / folder).rglob("*"))
        if path.is_file()
    }


def _tables_seconds(root: Path) -> float:
    """Return how long the steps took, one after another, that make tables."""
    steps = (root / ".cache" / "msoko" / "steps").glob("*.json")
    return sum(
        json.loads(path.read_text("utf-8"))["seconds"]
        for path in steps
        if path.name.startswith(("intake@", "validation@", "numbers@"))
    )


def msoko(*words: str) -> None:
    """Run a command of ours in a process of its own, as a user would."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-m", "msoko", *words], cwd=ROOT, env=environment,
                          capture_output=True, text=True)  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"msoko {' '.join(words)}: {done.stderr.strip()[-500:]}")


def _reports_again(root: Path, words: tuple[str, ...]) -> None:
    """Build all reports and the site from tables that stay."""
    for made_from_tables in (".cache/msoko/executed", ".cache/msoko/pages", "reports"):
        shutil.rmtree(root / made_from_tables)
    msoko(*words)


def _forget_all(root: Path) -> None:
    for folder in (root / ".cache", root / "reports", root / "data" / "processed"):
        shutil.rmtree(folder)


def _changed(root: Path, words: tuple[str, ...]) -> None:
    """Give the project a notebook of its own that says one sentence more, and build."""
    notebook = json.loads((ROOT / "notebooks" / f"{CHANGED}.ipynb").read_text("utf-8"))
    said = {"cell_type": "markdown", "id": "said", "metadata": {}, "source": "Изменено."}
    notebook["cells"].insert(-1, said)
    (root / "notebooks").mkdir(exist_ok=True)
    (root / "notebooks" / f"{CHANGED}.ipynb").write_text(json.dumps(notebook), "utf-8")
    msoko(*words)


def pages(root: str) -> dict[str, Any]:
    """Return the median seconds and kibibytes of a report's HTML, one page after another."""
    from msoko.publish.rendering import fragments

    found, sizes = [], []
    for path in sorted((Path(root) / ".cache" / "msoko" / "executed").rglob("*.ipynb")):
        begun = time.perf_counter()
        fragments([path], "embedded")
        found.append(time.perf_counter() - begun)
        sizes.append(path.stat().st_size / 1024)
    return {"seconds": median(found), "size": median(sizes), "count": len(found)}


def empty_notebooks(folder: str, repeat: int) -> dict[str, Any]:
    """Return the median seconds of a notebook that does nothing, by each engine.

    A plain kernel imports nothing here; what a report imports it would have to add.
    """
    from msoko.project import Project
    from msoko.run.execute import Execution
    from msoko.run.warm import STACK

    path = Path(folder) / "empty.ipynb"
    notebook = {**EMPTY, "cells": [{**EMPTY["cells"][0], "metadata": {"tags": ["parameters"]},
                                    "source": "n: int = 0"}, *EMPTY["cells"]]}  # fmt: skip
    notebook["cells"][0]["id"] = "zero"
    path.write_text(json.dumps(notebook), "utf-8")
    seconds = {}
    for engine in ("warm", "papermill"):
        execution = Execution.prepared(engine, Project(Path(folder), ROOT), STACK)
        execution.run(path, path.name, {"n": 1})  # the first one waits for the preloading
        found = []
        for _ in range(max(repeat, 3)):
            begun = time.perf_counter()
            execution.run(path, path.name, {"n": 1})
            found.append(time.perf_counter() - begun)
        execution.end_all()
        seconds[engine] = median(found)
    return seconds

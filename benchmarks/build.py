"""The whole demo: warm and parallel, against plain papermill and the same renderer in sequence.

Plain is what one would write without an engine of ours: a command that makes the tables, then
the command `papermill` once for each notebook, then a command that makes the pages, annexes and
the site, each doing one thing after another. Our own engine `papermill` with one job is kinder
to itself, since its notebooks share one process that has papermill loaded and see a kernel's
readiness and end at once; its line is there too, and its bytes must be those of the warm engine.
"""

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
RENDERED = (".cache/msoko/annexes", ".cache/msoko/pages", "reports")
MADE = ("data/processed", ".cache/msoko/executed", *RENDERED)
EMPTY = {
    "cells": [{"cell_type": "code", "execution_count": None, "id": "one", "metadata": {},
               "outputs": [], "source": "1"}],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip


def run(folder: Path, chosen: argparse.Namespace) -> list[Line]:
    """Return the lines of the build, of its repetitions, and of one notebook and one page.

    Whole builds begin from nothing. Tables take the same work in each, so the reports and the
    site are also told apart from them, by doing them once more.
    """
    root = folder / "demo"
    msoko("demo", *(SMALL if chosen.small else ()), "--project", str(root))
    warm = ("build", YEAR, "--project", str(root))
    plain = (*warm, "--engine", "papermill", "--jobs", "1")
    tables = timed(lambda: msoko(*plain, "--only-tables"))
    in_sequence = tables + timed(lambda: msoko(*plain))
    bytes_plain = made(root)
    _forget(root, RENDERED)
    slow = timed(lambda: msoko(*plain))
    slow += timed(lambda: _papermill_commands(root, folder / "plain.ipynb"))
    _forget(root, (".cache", "reports", "data/processed"))
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
    name, size = "plain papermill", f"{pages['count']} notebooks"
    ours = "our papermill, 1 job"
    return [
        Line(f"whole build, {name}", size, tables + slow),
        Line(f"whole build, {ours}", size, in_sequence),
        Line("whole build", size, whole, whole / (tables + slow), name, limit="≤ 0.17"),
        Line("whole build, same bytes", size, whole, whole / in_sequence, ours),
        Line(f"reports and site, {name}", size, slow),
        Line("reports and site", size, quick, quick / slow, name),
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


def _papermill_commands(root: Path, executed: Path) -> None:
    """Execute each notebook of the built year by the command `papermill`, one after another."""
    from msoko.build.graph.build_plan import BuildPlan
    from msoko.build.graph.report_list import notebook_of
    from msoko.core.project import Project
    from msoko.core.school_year import SchoolYear

    plan = BuildPlan(Project.at(root), "demo", "internal")
    year = SchoolYear.parse(YEAR)
    for report in plan.reports.of(year):
        values = plan.values(year, report).items()
        words = [word for name, value in values for word in ("-r", name, str(value))]
        notebook = plan.paths.notebook(notebook_of(report))
        _run("papermill", str(notebook), str(executed), *words, MSOKO_PROJECT=str(root))


def msoko(*words: str) -> None:
    """Run a command of ours in a process of its own, as a user would."""
    _run("msoko", *words)


def _run(module: str, *words: str, **settings: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")} | settings
    done = subprocess.run([sys.executable, "-m", module, *words], cwd=ROOT, env=environment,
                          capture_output=True, text=True)  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(words)}: {done.stderr.strip()[-500:]}")


def _reports_again(root: Path, words: tuple[str, ...]) -> None:
    """Build all reports and the site from tables that stay."""
    _forget(root, (".cache/msoko/executed", *RENDERED))
    msoko(*words)


def _forget(root: Path, folders: tuple[str, ...]) -> None:
    for folder in folders:
        shutil.rmtree(root / folder)


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
    from msoko.site.rendering.page_bodies import render_notebooks

    found, sizes = [], []
    for path in sorted((Path(root) / ".cache" / "msoko" / "executed").rglob("*.ipynb")):
        begun = time.perf_counter()
        render_notebooks([path], "embedded")
        found.append(time.perf_counter() - begun)
        sizes.append(path.stat().st_size / 1024)
    return {"seconds": median(found), "size": median(sizes), "count": len(found)}


def empty_notebooks(folder: str, repeat: int) -> dict[str, Any]:
    """Return the median seconds of a notebook that does nothing, by each engine.

    A plain kernel imports nothing here; what a report imports it would have to add.
    """
    from msoko.build.kernels.notebook_run import Execution
    from msoko.build.kernels.warm_provisioner import STACK
    from msoko.core.project import Project

    path = Path(folder) / "empty.ipynb"
    notebook = {**EMPTY, "cells": [{**EMPTY["cells"][0], "metadata": {"tags": ["parameters"]},
                                    "source": "n: int = 0"}, *EMPTY["cells"]]}  # fmt: skip
    notebook["cells"][0]["id"] = "zero"
    path.write_text(json.dumps(notebook), "utf-8")
    seconds = {}
    for engine in ("warm", "papermill"):
        execution = Execution.of_project(engine, Project(Path(folder), ROOT))
        execution.preload(STACK)
        execution.run(path, path.name, {"n": 1})  # the first one waits for the preloading
        found = []
        for _ in range(max(repeat, 3)):
            begun = time.perf_counter()
            execution.run(path, path.name, {"n": 1})
            found.append(time.perf_counter() - begun)
        execution.close()
        seconds[engine] = median(found)
    return seconds

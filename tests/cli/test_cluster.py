"""The exported graph on a real scheduler: Snakemake makes the tables, reports and passports that
a build makes, jobs of single reports side by side."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import write_passport, write_tiny

from msoko.core.project import HOME

YEAR = "2023-24"


def msoko(project: Path, *words: str) -> None:
    run(project, sys.executable, "-m", "msoko", *words, "--project", str(project))


def run(folder: Path, *words: str) -> None:
    done = subprocess.run(
        words, cwd=folder, env=environment(folder), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


def environment(folder: Path) -> dict[str, str]:
    """Return what a job needs: `msoko` on the path, as an installation puts it there."""
    found = folder.parent / "bin"
    found.mkdir(exist_ok=True)
    command = found / "msoko"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m msoko "$@"\n')
    command.chmod(0o755)
    path = os.pathsep.join([str(found), os.environ["PATH"]])
    return os.environ | {"PATH": path, "PYTHONPATH": str(HOME / "src")}


def executed(project: Path) -> dict[str, bytes]:
    folder = project / ".cache" / "msoko" / "executed"
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*.ipynb"))}


def pages(project: Path) -> dict[str, bytes]:
    folder = project / "reports" / YEAR
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_snakemake_makes_the_reports_of_an_ordinary_build(tmp_path: Path) -> None:
    pytest.importorskip("snakemake")
    project = write_tiny(tmp_path / "project", codes=("first", "second", "third"))
    write_passport(project)
    msoko(project, "build", YEAR)
    msoko(project, "build", YEAR, "--export-graph", str(project / "Snakefile"))
    notebooks, site = executed(project), pages(project)
    assert {"first.ipynb", "second.ipynb", "A1.ipynb", "B2.ipynb"} <= notebooks.keys()
    shutil.rmtree(project / ".cache" / "msoko" / "executed")
    shutil.rmtree(project / "reports")
    (project / "data" / "processed" / YEAR / "indicators.parquet").unlink()
    run(project, sys.executable, "-m", "snakemake", "--cores", "2", "--quiet", "all")
    assert executed(project) == notebooks
    assert pages(project) == site

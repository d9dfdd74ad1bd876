"""A build killed anywhere while it replaces the site: readers' site is whole, and it goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Run
from filelock import FileLock

YEAR = "2023-24"
KILLED = 9
KILLER = """\
import os, pathlib, shutil, sys

def dying(original, is_it, after):
    def call(first, *rest, **named):
        hit = is_it(pathlib.Path(first), *rest)
        if hit and not after:
            os._exit({killed})
        done = original(first, *rest, **named)
        if hit and after:
            os._exit({killed})
        return done
    return call

aside = lambda path, target=None: path.name == "internal"
into = lambda path, target=None: path.name == ".internal.new"
page = lambda path, *_: (path.parent.name, path.name[:13]) == (".internal.new", ".second.html.")
point, words = sys.argv[1], sys.argv[2:]
if point == "writing":
    pathlib.Path.replace = dying(pathlib.Path.replace, page, False)
elif point == "before":
    pathlib.Path.rename = dying(pathlib.Path.rename, aside, False)
elif point == "between":
    pathlib.Path.rename = dying(pathlib.Path.rename, aside, True)
elif point == "after":
    pathlib.Path.rename = dying(pathlib.Path.rename, into, True)
from msoko.cli import main
main(words)
"""
POINTS = ("writing", "before", "between", "after")


def kill_build(project: Path, point: str) -> None:
    """Change the data and build; the process dies at the point, as by SIGKILL."""
    scores = project / f"data/raw/{YEAR}/scores.csv"
    scores.write_text(scores.read_text().replace("4.1", "4.2"))
    words = ("build", YEAR, "--project", str(project), "--renderer", "embedded")
    code = KILLER.format(killed=KILLED)
    done = subprocess.run([sys.executable, "-c", code, point, *words], capture_output=True)
    assert done.returncode == KILLED, done.stderr.decode()


def pages(project: Path) -> dict[str, bytes]:
    site = project / f"reports/{YEAR}/internal"
    return {path.name: path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}


def leftovers(project: Path) -> list[str]:
    return [path.name for path in (project / f"reports/{YEAR}").iterdir() if path.name[0] == "."]


@pytest.mark.parametrize("point", POINTS)
def test_the_site_is_whole_after_the_next_command_and_the_next_build_ends(
    project: Path, run: Run, point: str
):
    before = pages(project)
    kill_build(project, point)
    assert (pages(project) == {}) is (point == "between")
    code, out, _ = run("status", "--project", project)
    assert (code, "устарело: сайт" in out) == (0, True)
    if point == "after":
        assert pages(project).keys() == before.keys()
    else:
        assert pages(project) == before
    assert run("build", YEAR, "--project", project, "--renderer", "embedded")[0] == 0
    assert run("status", "--project", project)[1] == "Всё построено, ничего не устарело.\n"
    assert pages(project).keys() == before.keys()
    assert leftovers(project) == []


def test_a_build_at_work_is_left_alone(project: Path, run: Run):
    site = project / f"reports/{YEAR}/internal"
    site.rename(site.with_name(".internal.old"))
    with FileLock(project / ".cache/msoko/build.lock"):
        run("status", "--project", project)
        assert not site.exists()
    run("status", "--project", project)
    assert site.exists()

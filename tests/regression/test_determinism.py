"""The same raw files give the same bytes, wherever, whenever and however they are built."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from demo_site import YEAR, msoko

OTHER = {
    "HOME": "home",
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "LANG": "C",
    "PYTHONHASHSEED": "4711",
    "COLUMNS": "40",
    "XDG_CACHE_HOME": "cache",
    "MPLCONFIGDIR": "mpl",
}
FOLDERS = (".cache/msoko/executed", "data/processed", "reports")


@pytest.fixture(scope="module")
def again(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same raw files built in another place, by another user, with the other engine."""
    root = tmp_path_factory.mktemp("elsewhere") / "другая папка" / "p"
    shutil.copytree(demo / "data/raw", root / "data/raw")
    home = root.parent
    places = {name: str(home / OTHER[name]) for name in ("HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR")}
    Path(places["HOME"]).mkdir()
    words = ("--engine", "papermill", "--jobs", "1", "--validator", "gx", "--renderer", "embedded")
    done = msoko("build", YEAR, "--project", root, *words, environment=OTHER | places)
    assert (done.code, done.err) == (0, "")
    return root


def outputs(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and "public" not in path.parts
    }


def test_tables_notebooks_and_pages_are_the_same_bytes(demo: Path, again: Path):
    here, there = outputs(demo), outputs(again)
    assert sorted(here) == sorted(there)
    assert [name for name in here if here[name] != there[name]] == []


def test_no_output_names_the_place_or_the_user(demo: Path):
    told = {str(demo), str(demo.parent), str(Path.home()), os.environ.get("HOSTNAME", "")}
    for name, content in outputs(demo).items():
        assert not [text for text in told if len(text) > 6 and text.encode() in content], name

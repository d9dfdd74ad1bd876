"""A tiny project built once; tests that change it take a copy."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command in this process: exit code, output, errors."""

    def command(*words: str | Path) -> tuple[int, str, str]:
        from msoko.cli import main

        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return left.value.code or 0, told.out, told.err

    return command


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny project after a build; it is only read."""
    from tiny import write_tiny

    return whole(write_tiny(tmp_path_factory.mktemp("tiny") / "project"))


def whole(root: Path) -> Path:
    """Build a tiny project; return where it lies."""
    from msoko.build.builder import build
    from msoko.core.project import Project
    from msoko.core.school_year import SchoolYear

    result = build(Project.at(root), SchoolYear(2023), renderer="embedded")
    assert result.exit_code == 0, result.messages
    return root


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """A copy of the built project, as fresh as the original."""
    return Path(shutil.copytree(built, tmp_path / "project"))


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file's bytes and time, to see that nothing was touched."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

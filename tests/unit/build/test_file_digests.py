"""Digests are of content; a file that has not changed is not read again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from msoko.build.graph.file_digests import ABSENT, FileDigests, files_under


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text("1")
    return path


def test_the_digest_is_of_the_content_and_not_of_the_times(tmp_path: Path, file: Path):
    digests = FileDigests(tmp_path / "memory.json")
    before = digests.of(file)
    os.utime(file, (1, 1))
    assert digests.of(file) == before
    file.write_text("2")
    assert digests.of(file) != before


def test_a_change_of_the_same_size_at_once_after_reading_is_seen(tmp_path: Path, file: Path):
    digests = FileDigests(tmp_path / "memory.json")
    for number in range(50):
        file.write_text(str(number % 10))
        assert digests.of(file) == FileDigests(tmp_path / "none.json").of(file)


def test_what_is_not_there_is_absent(tmp_path: Path, file: Path):
    digests = FileDigests(tmp_path / "memory.json")
    assert digests.of(tmp_path / "none") == digests.of(file / "below") == ABSENT


def test_an_unchanged_file_is_not_read_again(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
):
    digests = FileDigests(tmp_path / "memory.json")
    before = digests.of(file)
    digests.save()

    def refuse(_: Path) -> bytes:
        raise AssertionError("read again")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert FileDigests(tmp_path / "memory.json").of(file) == before


def test_nothing_new_touches_no_file(tmp_path: Path, file: Path):
    digests = FileDigests(tmp_path / "memory.json")
    digests.of(file)
    digests.save()
    os.utime(tmp_path / "memory.json", (1, 1))
    again = FileDigests(tmp_path / "memory.json")
    again.of(file)
    again.save()
    assert (tmp_path / "memory.json").stat().st_mtime == 1


def test_a_damaged_memory_is_begun_anew(tmp_path: Path, file: Path):
    (tmp_path / "memory.json").write_text("{")
    assert len(FileDigests(tmp_path / "memory.json").of(file)) == 64


def test_files_are_those_that_people_mean(tmp_path: Path):
    for name in ("b.csv", "a/c.csv", ".hidden", "a/.DS_Store", ".git/x", "__pycache__/y", "~$b"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    found = [path.relative_to(tmp_path).as_posix() for path in files_under(tmp_path)]
    assert found == ["a/c.csv", "b.csv"]

import errno

import pytest

from msoko.core.errors import DataRefused
from msoko.core.whole_files import replacing, replacing_file, write_whole


def test_the_new_folder_takes_the_old_one_s_place_whole(tmp_path):
    target = tmp_path / "public"
    target.mkdir()
    (target / "old.html").write_text("old")
    with replacing(target) as folder:
        (folder / "new.html").write_text("new")
        assert (target / "old.html").exists()
    assert [path.name for path in target.iterdir()] == ["new.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_folder_and_no_rest(tmp_path, failure):
    target = tmp_path / "public"
    target.mkdir()
    (target / "old.html").write_text("old")
    with pytest.raises(failure), replacing(target):
        raise failure
    assert (target / "old.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_a_full_disk_is_said_in_plain_words(tmp_path):
    with pytest.raises(DataRefused) as refusal, replacing(tmp_path / "public"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(refusal.value) == (
        "public: отчёты не записаны (No space left on device). Освободите место на диске "
        "или проверьте права на папку. Прежние отчёты, если они были, остались на месте."
    )


def test_a_run_killed_between_the_renames_is_mended_by_the_next(tmp_path):
    waiting = tmp_path / ".public.old"
    waiting.mkdir()
    (waiting / "old.html").write_text("old")
    with pytest.raises(ValueError), replacing(tmp_path / "public"):
        raise ValueError
    assert (tmp_path / "public" / "old.html").read_text() == "old"


def test_a_file_that_was_not_finished_leaves_the_old_one_and_no_rest(tmp_path):
    path = tmp_path / "table.parquet"
    path.write_bytes(b"old")
    with pytest.raises(ValueError), replacing_file(path) as fresh:
        fresh.write_bytes(b"ne")
        assert path.read_bytes() == b"old"
        raise ValueError
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [(path.name, b"old")]
    said = r"parquet: таблицы не записаны \(No space"
    with pytest.raises(DataRefused, match=said), replacing_file(path, "tables"):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_is_whole_or_as_it_was(tmp_path):
    write_whole(tmp_path / "a" / "x.html", "раз\n")
    assert (tmp_path / "a" / "x.html").read_bytes() == "раз\n".encode()
    (tmp_path / "a" / "y.html").mkdir()
    with pytest.raises(DataRefused, match="y.html"):
        write_whole(tmp_path / "a" / "y.html", "два")
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["x.html", "y.html"]

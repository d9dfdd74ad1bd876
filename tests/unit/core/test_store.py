import errno
import math

import pandas as pd
import pytest

from msoko.core.errors import DataRefused
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store

YEAR = SchoolYear.parse("2024-25")


@pytest.fixture
def store(tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return Store(Project.at(tmp_path))


def marks(*values):
    return pd.DataFrame({"school_id": [f"s{n}" for n in range(len(values))], "mark": values})


def test_a_table_comes_back_with_its_types_and_missing_values(store):
    with store.replacing(YEAR) as writer:
        writer.write("results", marks(3, None, 5))
    read = store.read("results")
    assert str(read["mark"].dtype) == "Int64"
    assert read["mark"].isna().tolist() == [False, True, False]
    assert read["primary_score"].isna().all()
    assert read["school_id"].tolist() == ["s0", "s1", "s2"]


def test_a_table_of_no_year_is_empty_with_its_columns(store):
    read = store.read("results", columns=["mark", "school_id"])
    assert list(read.columns) == ["mark", "school_id"] and read.empty
    assert str(read["mark"].dtype) == "Int64"


def test_years_are_read_in_the_order_asked(store):
    for year, mark in ((YEAR, 5), (YEAR.shifted(-1), 3)):
        with store.replacing(year) as writer:
            writer.write("results", marks(mark))
    assert store.years("results") == [YEAR.shifted(-1), YEAR]
    assert store.read("results")["mark"].tolist() == [3, 5]
    assert store.read("results", [YEAR])["mark"].tolist() == [5]


def test_the_same_values_give_the_same_bytes(store):
    written = []
    for _ in range(2):
        with store.replacing(YEAR) as writer:
            writer.write("results", marks(3, 4, 5))
        written.append(store.path(YEAR, "results").read_bytes())
    assert written[0] == written[1]


def test_a_failure_leaves_the_old_tables(store):
    with store.replacing(YEAR) as writer:
        writer.write("results", marks(3))
    with pytest.raises(RuntimeError), store.replacing(YEAR) as writer:
        writer.write("results", marks(5))
        raise RuntimeError
    assert store.read("results")["mark"].tolist() == [3]
    assert [path.name for path in store.project.processed(YEAR).parent.iterdir()] == ["2024-25"]


def test_a_full_disk_is_said_in_words_and_the_old_tables_stay(store, monkeypatch):
    with store.replacing(YEAR) as writer:
        writer.write("results", marks(3))

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pyarrow.parquet.write_table", full)
    with pytest.raises(DataRefused, match="Освободите место"), store.replacing(YEAR) as writer:
        writer.write("results", marks(5))
    assert store.read("results")["mark"].tolist() == [3]


def test_a_column_that_the_table_does_not_have_is_a_defect(store):
    with pytest.raises(ValueError, match="no columns"), store.replacing(YEAR) as writer:
        writer.write("results", marks(3).assign(surname="…"))


def test_one_derived_table_is_added_beside_the_others(store):
    with store.replacing(YEAR) as writer:
        writer.write("results", marks(3))
    store.add(YEAR, "findings", pd.DataFrame({"check": ["x"]}))
    assert store.read("results")["mark"].tolist() == [3]
    assert store.read("findings")["check"].tolist() == ["x"]


def test_rows_are_kept_by_what_their_text_columns_hold(store):
    with store.replacing(YEAR) as writer:
        writer.write("results", marks(3, 4, 5))
    read = store.read("results", columns=["mark"], where={"school_id": ["s2", "s0", "nobody"]})
    assert read["mark"].tolist() == [3, 5]
    assert list(read.columns) == ["mark"]


def test_no_value_asked_for_keeps_no_row(store):
    with store.replacing(YEAR) as writer:
        writer.write("results", marks(3, 4))
    assert store.read("results", where={"school_id": []}).empty
    assert store.read("results", where={"school_id": ["s0"], "subject": ["russian"]}).empty


def test_records_hold_what_a_frame_does(store):
    with store.replacing(YEAR) as writer:
        writer.write("results", marks(3, None, 5).assign(primary_score=[1.5, None, 2.0]))
    names, where = ["school_id", "mark", "subject"], {"school_id": ["s1", "s2"]}
    assert store.records("results", [YEAR], names, where) == [
        {"school_id": "s1", "mark": None, "subject": None},
        {"school_id": "s2", "mark": 5, "subject": None},
    ]
    assert math.isnan(store.records("results")[1]["primary_score"])


def test_a_table_of_no_year_has_no_records(store):
    assert store.records("results", columns=["mark"]) == []


def test_rows_are_picked_by_what_they_lack(store):
    with store.replacing(YEAR) as writer:
        writer.write("results", marks(3, None, 5).assign(subject=["a", None, None]))
    assert store.read("results", where={"mark": [None]})["school_id"].tolist() == ["s1"]
    assert store.read("results", where={"subject": [None, "a"], "mark": [3]})["mark"].tolist() == [
        3
    ]

"""Notebooks are read strictly, cleaned of the run's traces, and written whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from samples import notebook

from msoko.build.kernels.notebook_files import (
    INJECTED_ID,
    cleaned,
    question_before,
    read_notebook,
    with_parameters,
    write_notebook,
)
from msoko.core.errors import DataRefused, UsageError


def executed() -> dict:
    """A notebook as papermill and nbclient leave it."""
    made = notebook("print(1)")
    made["metadata"] |= {
        "papermill": {"parameters": {"token": "тайна"}, "environment_variables": {"HOME": "/root"}},
        "language_info": {"name": "python", "version": "3.11.7"},
        "widgets": {},
    }
    cell = made["cells"][1]
    cell["metadata"] = {
        "execution": {"iopub.status.idle": "2026-01-01"},
        "papermill": {"duration": 0.1},
        "tags": [],
    }
    cell["outputs"] = [
        {"name": "stderr", "output_type": "stream", "text": "/tmp/ipykernel_4711/13.py:1: Warning"}
    ]
    return made


def test_cleaning_leaves_no_trace_of_when_where_and_with_what_secret_it_ran():
    text = json.dumps(cleaned(executed()), ensure_ascii=False)
    for trace in ("papermill", "тайна", "/root", "3.11.7", "2026", "4711", "widgets", "iopub"):
        assert trace not in text
    assert "<cell>:1: Warning" in text


def test_cleaning_keeps_tags_ids_and_outputs():
    made = executed()
    made["cells"][1]["metadata"]["tags"] = ["remove-cell"]
    made["cells"][1]["outputs"] = [{"output_type": "display_data", "data": {}, "metadata": {}}]
    cell = cleaned(made)["cells"][1]
    assert (cell["id"], cell["metadata"]) == ("cell-1", {"tags": ["remove-cell"]})
    assert cell["outputs"] == made["cells"][1]["outputs"]


def test_parameters_are_set_in_a_cell_of_their_own_after_the_declaring_one():
    made = with_parameters(notebook("1"), {"school_year": "2023-24"}, "n")
    assert [cell["id"] for cell in made["cells"]] == ["parameters", INJECTED_ID, "cell-1"]
    assert made["cells"][1]["source"] == "school_year: str = '2023-24'"
    assert made["cells"][1]["metadata"]["tags"] == ["injected-parameters", "remove-cell"]


def test_an_injected_cell_of_an_earlier_run_is_replaced():
    once = with_parameters(notebook("1"), {"school_year": "2022-23"}, "n")
    twice = with_parameters(once, {"school_year": "2023-24"}, "n")
    assert [cell["source"] for cell in twice["cells"] if cell["id"] == INJECTED_ID] == [
        "school_year: str = '2023-24'"
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [("{", "повреждён"), ("[]", "не блокнот"), ('{"cells": 1}', "не блокнот")],
)
def test_what_is_no_notebook_is_refused(tmp_path: Path, content: str, told: str):
    path = tmp_path / "n.ipynb"
    path.write_text(content)
    with pytest.raises(UsageError, match=told):
        read_notebook(path, "n.ipynb")


def test_a_missing_notebook_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="такого блокнота нет"):
        read_notebook(tmp_path / "n.ipynb", "n.ipynb")


def test_equal_notebooks_are_equal_bytes(tmp_path: Path):
    made = cleaned(executed())
    turned = {key: made[key] for key in reversed(made)}
    write_notebook(made, tmp_path / "a.ipynb")
    write_notebook(turned, tmp_path / "b.ipynb")
    assert (tmp_path / "a.ipynb").read_bytes() == (tmp_path / "b.ipynb").read_bytes()


def test_a_disk_that_fills_leaves_the_earlier_notebook_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "n.ipynb"
    write_notebook(notebook("1"), path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataRefused, match="n.ipynb: файл не записан"):
        write_notebook(notebook("2"), path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["n.ipynb"]


def test_the_question_of_a_cell_is_the_heading_before_it():
    made = notebook("# Отчёт", "## Как изменилось?\n\nТекст.", "1", "2")
    assert question_before(made, 4) == "Как изменилось?"
    assert question_before(made, 0) == ""

"""Blocks that arrived twice are known by their content, not by their titles."""

from __future__ import annotations

import pandas as pd

from msoko.ingest.layouts.contract import ParsedBlock
from msoko.ingest.placed_blocks import PlacedBlock
from msoko.ingest.repeated.repeats import repeated_content


def placed(file: str, scores: list[float | None], subject: str = "mathematics") -> PlacedBlock:
    """Return a block of results with a class, a score and a title of its own."""
    results = pd.DataFrame(
        {
            "subject": subject,
            "school_id": "s001",
            "class_id": ["5А", "5А", "5Б", "5Б"],
            "primary_score": scores,
            "source_row": range(10, 14),
        }
    )
    return PlacedBlock(file, "Лист1", "", file, "vpr_f1", ParsedBlock(tables={"results": results}))


def files(blocks: list[PlacedBlock]) -> list[tuple[str | None, str]]:
    return [(one.file, one.message) for one in repeated_content(blocks)]


def test_equal_rows_are_a_repeat_under_another_title():
    first, other = placed("a", [1, 2, None, 4]), placed("b", [1, 2, None, 4], "physics")
    message = "блок повторяет содержание другого блока: a, лист «Лист1»; b, лист «Лист1»."
    assert files([first, placed("c", [4, 3, 2, 1]), other]) == [("b", message)]


def test_blocks_that_agree_in_their_first_rows_alone_are_no_repeat():
    assert files([placed("a", [1, 2, 3, 4]), placed("b", [1, 2, 3, 5])]) == []


def test_each_repeat_names_the_first_of_its_kind():
    blocks = [placed(name, [1, 2, 3, 4]) for name in "abc"]
    assert [message.split(": ")[1].split(",")[0] for _, message in files(blocks)] == ["a", "a"]

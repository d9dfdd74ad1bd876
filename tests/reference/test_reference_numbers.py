"""All 346 numbers from R and from publications, each within its own tolerance."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reference.answers import ANSWERS

HERE = Path(__file__).parent
RECORDS = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
EXPECTED_RECORDS = 346


@cache
def answer(dataset: str, model: str) -> dict[str, Any]:
    return ANSWERS[dataset, model]()


def computed(record: dict[str, Any]) -> Any:
    """Our number for a record; a published record may name one place of a list, as `ci95[0]`."""
    found = answer(record["dataset"], record["model"])
    quantity = record["quantity"]
    if quantity in found:
        return found[quantity]
    base, place = re.fullmatch(r"(.*)\[(\d+)\]", quantity).groups()
    return found[base][int(place)]


def agrees(ours: Any, theirs: Any, record: dict[str, Any]) -> bool:
    if isinstance(theirs, str):
        return str(ours) == theirs
    tolerance = record["tolerance"]
    return ours == pytest.approx(
        theirs,
        **{
            record["tolerance_kind"]: tolerance,
            ("abs" if record["tolerance_kind"] == "rel" else "rel"): 0,
        },
    )


@pytest.mark.parametrize("number", range(len(RECORDS)))
def test_reference_number(number: int) -> None:
    record = RECORDS[number]
    ours, theirs = computed(record), record["value"]
    if not isinstance(theirs, list):
        ours, theirs = ([ours[0]] if isinstance(ours, list) else [ours]), [theirs]
    assert len(ours) == len(theirs)
    wrong = [pair for pair in zip(ours, theirs, strict=True) if not agrees(*pair, record)]
    assert not wrong, (record["dataset"], record["model"], record["quantity"], wrong[:3])


def test_every_record_is_used() -> None:
    assert len(RECORDS) == EXPECTED_RECORDS
    assert {(record["dataset"], record["model"]) for record in RECORDS} <= set(ANSWERS)


def test_frozen_data_are_what_they_were() -> None:
    sources = json.loads((HERE / "data" / "SOURCE.json").read_text(encoding="utf-8"))
    files = {path.name for path in (HERE / "data").glob("*.csv")}
    assert files == {source["file"] for source in sources.values()}
    for source in sources.values():
        digest = hashlib.sha256((HERE / "data" / source["file"]).read_bytes()).hexdigest()
        assert digest == source["sha256"], source["file"]


def test_a_wrong_number_is_noticed() -> None:
    record = next(record for record in RECORDS if record["quantity"] == "pearson")
    assert agrees(computed(record), record["value"], record)
    assert not agrees(computed(record) * (1 + 1e-7), record["value"], record)

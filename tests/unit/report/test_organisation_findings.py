"""Whom a finding is about, by the names in its message."""

from __future__ import annotations

import pytest

from msoko.report.data.organisation_findings import mentioned

NAMES = {
    "a": "МБОУ СОШ № 1",
    "b": "МБОУ СОШ № 12",
    "c": "МБОУ СОШ № 1 г. Керчи",
    "d": "МБОУ «СОШ № 1»",
    "e": "МБОУ «СОШ № 1»",
}


@pytest.mark.parametrize(
    ("message", "codes"),
    [
        ("МБОУ СОШ № 1: отметок нет.", ["a"]),
        ("МБОУ СОШ № 12: отметок нет.", ["b"]),
        ("МБОУ СОШ № 1 г. Керчи: отметок нет.", ["c"]),
        ("Ученик есть в МБОУ СОШ № 1 г. Керчи и в МБОУ СОШ № 1.", ["a", "c"]),
        ("МБОУ «СОШ № 1» (5 строк)", ["d", "e"]),
        ("МБОУ СОШ № 13: такой организации нет.", []),
    ],
)
def test_only_whole_names_are_found(message: str, codes: list[str]) -> None:
    assert mentioned(NAMES, message) == codes


def test_a_nameless_organisation_is_in_no_message() -> None:
    assert mentioned({"a": ""}, "Отметок нет.") == []

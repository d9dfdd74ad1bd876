"""Who a row is about, as a pseudonym: names and documents go in, sixteen digits come out."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from msoko.ingest.layouts.contract import ReadingContext
from msoko.ingest.sheets.cells import cell_text, fold_text

NAMES = ("фамилия", "имя", "отчество")
DOCUMENTS = ("документ", "серия", "номер", "номер документа", "серия документа")


def pseudonyms(
    cells: np.ndarray, rows: np.ndarray, columns: Mapping[str, int], context: ReadingContext
) -> list[str]:
    """Return a pseudonym per row: of the document, or else of name, school and class.

    The document joins one person's exams. A name joins them within a school only,
    and two namesakes in one class become one: the repeat is then refused.
    """
    documents = [columns[label] for label in DOCUMENTS if label in columns]
    return [_pseudonym(cells[row], documents, columns, context) for row in rows]


def _pseudonym(
    row: np.ndarray, documents: list[int], columns: Mapping[str, int], context: ReadingContext
) -> str:
    document = document_key(" ".join(cell_text(row[column]) or "" for column in documents))
    if document:
        return context.pseudonym("document", document)
    name = _name(row, columns)
    school = cell_text(row[columns["код оо"]]) or ""
    if not name:  # an export without names: the row's number tells participants apart
        name = cell_text(row[columns["№"]]) or ""
    return context.pseudonym("name", school, fold_text(row[columns["класс"]]), name)


def _name(row: np.ndarray, columns: Mapping[str, int]) -> str:
    """Return the full name; a patronymic may stand one column to the right of its label."""
    found = [columns[label] for label in NAMES if label in columns]
    if not found:
        return ""
    words = (value for value in row[min(found) : max(found) + 2] if isinstance(value, str))
    return " ".join(fold_text(value) for value in words)


def document_key(value: str) -> str:
    """Return a document's letters and digits alone, so that spaces do not part one person."""
    return re.sub(r"[^0-9a-zа-я]", "", value.lower())

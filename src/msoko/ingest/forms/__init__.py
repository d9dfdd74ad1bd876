"""The project's own Excel forms (`registry/forms.yml`): written blank, read back filled."""

from __future__ import annotations

from msoko.ingest.layouts import Desk, Reading, Recognition
from msoko.ingest.workbook import Book


def recognise(book: Book) -> list[Recognition]:
    """Return which form each visible sheet is or nearly is."""
    return []


def read(book: Book, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return the filled rows of the recognised sheet."""
    return []

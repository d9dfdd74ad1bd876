"""The project's own Excel forms (`registry/forms.yml`): written blank, read back filled."""

from __future__ import annotations

from msoko.ingest.layouts.contract import Desk, Reading, Recognition
from msoko.ingest.layouts.forms.form_recognition import LAYOUT, find_forms
from msoko.ingest.layouts.forms.list_forms import read_list
from msoko.ingest.layouts.forms.organisation_forms import read_organisations
from msoko.ingest.sandbox.workbook_reader import Book
from msoko.ingest.sheets.sheet_blocks import Place

__all__ = ["LAYOUT", "read", "recognise"]


def recognise(book: Book) -> list[Recognition]:
    """Return which form each visible sheet is or nearly is."""
    return [found.recognition for found in find_forms(book)]


def read(book: Book, recognition: Recognition, desk: Desk) -> list[Reading]:
    """Return the filled rows of the recognised sheet, in one reading."""
    found = next(one for one in find_forms(book) if one.sheet.name == recognition.sheet)
    reader = read_list if found.form.rows == "list" else read_organisations
    return [reader(Place(book, found.sheet), found, desk)]

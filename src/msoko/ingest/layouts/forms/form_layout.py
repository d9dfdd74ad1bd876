"""Forms as one of the layouts: which form a sheet is, and its filled rows."""

from __future__ import annotations

from collections.abc import Iterable

from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext, Recognition
from msoko.ingest.layouts.forms import form_recognition
from msoko.ingest.layouts.forms.form_recognition import find_forms
from msoko.ingest.layouts.forms.list_forms import read_list
from msoko.ingest.layouts.forms.organisation_forms import read_organisations
from msoko.ingest.sheets.raw_book import RawBook
from msoko.ingest.sheets.sheet_blocks import SheetPlace


class FormLayout:
    """The layout of every declared form; a recognition says which form it is."""

    name = form_recognition.LAYOUT
    title = "форма из registry/forms.yml"

    def recognise(self, book: RawBook) -> Iterable[Recognition]:
        """Return which form each visible sheet is or nearly is."""
        return [form.recognition for form in find_forms(book)]

    def read(
        self, place: SheetPlace, recognition: Recognition, context: ReadingContext
    ) -> list[ParsedBlock]:
        """Return the filled rows of the sheet, as one block."""
        found = next(form for form in find_forms(place.book) if form.sheet.name == place.sheet.name)
        read_rows = read_list if found.form.rows == "list" else read_organisations
        return [read_rows(place, found, context)]


LAYOUT = FormLayout()

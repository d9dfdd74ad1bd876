"""What both kinds of form have in common: the year, the rows, the cells that are refused."""

from __future__ import annotations

from collections.abc import Mapping

from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext
from msoko.ingest.layouts.forms.form_recognition import FoundForm
from msoko.ingest.layouts.forms.form_values import FormValue, read_value
from msoko.ingest.sheets.cells import Cell, address, addresses, cell_text, letters
from msoko.ingest.sheets.sheet_blocks import SheetPlace

FIX = "Исправьте ячейки в форме и пришлите её заново."
ANOTHER_YEAR = "форма за другой учебный год"
NO_SCHOOL = "не указана организация"
EMPTY = "строка не заполнена"


class FormRows:
    """The filled rows of a form's sheet, and the block that they become."""

    def __init__(self, place: SheetPlace, found: FoundForm, context: ReadingContext) -> None:
        self.place = place
        self.found = found
        self.context = context
        self.cells = found.sheet.cells
        # equal cells are read once
        self._read: dict[str, dict[tuple[type, Cell], FormValue]] = {
            code: {} for code in found.columns
        }
        self.rows = [
            row
            for row in range(found.header + 1, len(self.cells))
            if any(value is not None for value in self.cells[row])
        ]
        self.parsed = ParsedBlock(
            rows_in=len(self.rows),
            paper={"form": found.form.code, "version": found.version, "day": None},
        )
        if found.school_code is not None and found.school_name is not None:
            places = (letters(found.school_code), letters(found.school_name))
            self.parsed.paper |= {"school_columns": places, "direction": found.form.direction}
        self._check_columns()
        self._check_version()

    def is_of_year(self) -> bool:
        """Return whether the form is of the year that is read; otherwise refuse its rows."""
        named = self.found.school_year
        if named in (None, str(self.context.school_year)):
            return True
        self.parsed.findings.append(
            self.place.finding(
                "form_year", "blocking",
                f"форма заполнена за {named} учебный год, а папка – {self.context.school_year}.",
                "Переложите файл в папку своего года или исправьте год в строке 2.", cell="B2",
                table=self.found.form.table, directions=self.found.form.direction or None,
            )
        )  # fmt: skip
        self.parsed.reject(self.rows, ANOTHER_YEAR)
        return False

    def school(self, row: int) -> dict[str, str | None]:
        """Return the code and the name in the row, as the crosswalk takes them."""
        places = {"school_code": self.found.school_code, "school_name": self.found.school_name}
        return {
            name: None if at is None else cell_text(self.cells[row][at])
            for name, at in places.items()
        }

    def values(self, row: int) -> dict[str, FormValue]:
        """Return the row's value of each item that the sheet has."""
        cells = self.cells[row]
        found = {}
        for code, at in self.found.columns.items():
            cell, read = cells[at], self._read[code]
            value = read.get((type(cell), cell))
            if value is None:
                value = read_value(self.found.form.by_code[code], cell, self.context.subjects)
                read[type(cell), cell] = value
            found[code] = value
        return found

    def reject(self, row: int, reason: str) -> None:
        self.parsed.reject([row], reason)

    def tell_cells(
        self, cells: Mapping[tuple[str, str], list[int]], is_taken: bool = False
    ) -> None:
        """Report cells that are refused, or doubtful though taken: (item, problem) → rows."""
        end = "Значения приняты." if is_taken else "Значения не приняты."
        check = "form_doubt" if is_taken else "form_value"
        for (code, problem), rows in cells.items():
            at = self.found.columns[code]
            shown = addresses((row, at) for row in rows)
            title = self.found.form.by_code[code].title
            self.parsed.findings.append(
                self.place.finding(
                    check, "warning",
                    f"«{title}», ячейки {shown}: {problem}. {end}", FIX,
                    cell=shown, row_count=len(rows), table=self.found.form.table,
                    directions=self.found.form.direction or None,
                )
            )  # fmt: skip

    def tell(self, check: str, rows: list[int], what: str, action: str = FIX) -> None:
        """Report rows as a whole."""
        if not rows:
            return
        shown = addresses((row, 0) for row in rows)
        self.parsed.findings.append(
            self.place.finding(check, "warning", f"{what} ({_numbers(rows)}).", action,
                               cell=shown, row_count=len(rows), table=self.found.form.table,
                               directions=self.found.form.direction or None)
        )  # fmt: skip

    def column(self, code: str) -> str:
        return letters(self.found.columns[code])

    def _check_columns(self) -> None:
        missing = self.found.recognition.missing
        if missing:
            listed = ", ".join(f"«{title}»" for title in missing)
            self.parsed.findings.append(
                self.place.finding(
                    "form_columns", "warning", f"в форме нет столбцов: {listed}.",
                    "Возьмите чистую форму (msoko templates) и перенесите в неё данные.",
                    cell=address(self.found.header, 0),
                )
            )  # fmt: skip

    def _check_version(self) -> None:
        form, version = self.found.form, self.found.version
        if version == form.version:
            return
        absent = form.versions[str(version)].absent
        listed = ", ".join(f"«{form.by_code[code].title}»" for code in absent)
        lost = f" В ней не спрашивали: {listed}." if listed else ""
        self.parsed.findings.append(
            self.place.finding(
                "form_version", "note",
                f"форма прежней версии ({version}, нынешняя – {form.version}), прочитана.{lost}",
                "В следующий раз возьмите чистую форму (msoko templates).",
            )
        )  # fmt: skip


def _numbers(rows: list[int]) -> str:
    shown = ", ".join(str(row + 1) for row in rows[:12])
    word = "строка" if len(rows) == 1 else "строки"
    return f"{word} {shown}" + (f" и ещё {len(rows) - 12}" if len(rows) > 12 else "")

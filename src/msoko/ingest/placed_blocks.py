"""A block that was read, with its place among the year's files."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass

from msoko.ingest.identity.file_names import shown_file, shown_sheet
from msoko.ingest.identity.personal_values import without_names
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.layouts.contract import ParsedBlock
from msoko.ingest.sheets.cells import addresses
from msoko.ingest.sheets.sheet_blocks import SheetPlace

HIDDEN_NAMES = "имена людей или номера документов скрыты и в таблицы не записаны"
NO_NAMES = "Уберите их из файла: отчётам они не нужны."
ONE_COPY = "Оставьте один экземпляр, лишний удалите из папки года."


@dataclass(eq=False)
class PlacedBlock:
    """What a block became, and which block of which sheet of which file it was."""

    file: str
    sheet: str
    sha256: str
    source_id: str
    layout: str
    parsed: ParsedBlock
    reason: str = ""
    confidence: float = 1.0

    @property
    def shown(self) -> str:
        block = f", блок {self.parsed.block}" if self.parsed.block > 1 else ""
        return f"{self.file}" + (f", лист «{self.sheet}»" if self.sheet else "") + block

    def finding(self, check: str, message: str, table: str | None = None) -> Finding:
        return Finding(check, "blocking", message, ONE_COPY, table=table, file=self.file,
                       sheet=self.sheet or None)  # fmt: skip

    @property
    def source(self) -> dict[str, object]:
        """Return the row of the table `sources`."""
        kept, rejected = self.accounted_rows()
        return {
            "source_id": self.source_id,
            "file": self.file,
            "sheet": self.sheet or None,
            "block": self.parsed.block,
            "sha256": self.sha256,
            "layout": self.layout,
            "reason": self.reason,
            "confidence": self.confidence,
            "rows_in": self.parsed.rows_in,
            "rows_kept": len(kept),
            "rows_set_aside": len(rejected),
        }

    def accounted_rows(self) -> tuple[set[int], set[int]]:
        """Return the rows that gave anything, and the rows that were set aside."""
        rejected = {row for row, _ in self.parsed.rejected_rows}
        used: set[int] = set()
        for name, frame in self.parsed.tables.items():
            if name != "schools" or len(self.parsed.tables) == 1:
                used.update(map(int, frame["source_row"].unique().tolist()))
        return used - rejected, rejected


def shown_place(place: SheetPlace) -> tuple[str, str]:
    """Return what the file and the sheet are called, without names of people."""
    book, sheet = place.book, place.sheet
    number = next(n for n, one in enumerate(book.sheets, start=1) if one.name == sheet.name)
    return shown_file(book.file, book.sha256), shown_sheet(sheet.name, number)


def place_block(
    place: SheetPlace, parsed: ParsedBlock, layout: str, reason: str, confidence: float
) -> PlacedBlock:
    """Return the block as a source, its names hidden; rows not accounted for are a finding."""
    parsed.findings += _hide_names(place, parsed)
    for told in parsed.findings:
        if told.severity == "set_aside":
            parsed.lose(told.rows, told.message.partition(":")[0])
    file, name = shown_place(place)
    key = "\x1f".join((unicodedata.normalize("NFC", file), name, str(parsed.block)))
    source_id = hashlib.sha256(key.encode()).hexdigest()[:12]
    placed = PlacedBlock(
        file, name, place.book.sha256, source_id, layout, parsed, reason, confidence
    )
    kept, rejected = placed.accounted_rows()
    if len(kept) + len(rejected) != parsed.rows_in:
        message = (
            f"строк в таблице – {parsed.rows_in}, прочитано – {len(kept)}, "
            f"отложено – {len(rejected)}: баланс не сходится."
        )
        parsed.findings.append(placed.finding("row_balance", message))
    return placed


def _hide_names(place: SheetPlace, parsed: ParsedBlock) -> list[Finding]:
    """Take people's names out of the block's texts; return where they stood."""
    findings = []
    for table, frame in parsed.tables.items():
        parsed.tables[table], found = without_names(frame)
        for column, rows in found.items():
            letter = parsed.columns.get(table, {}).get(column, "")
            letter = letter if letter.isalpha() else ""
            cells = addresses([(row - 1, 0) for row in rows]).replace("A", letter)
            where = f"ячейки {cells}" if letter else f"строки {cells}"
            findings.append(
                place.finding("personal_value", "warning", f"{HIDDEN_NAMES}: {where}.", NO_NAMES,
                              table=table, cell=cells if letter else None, row_count=len(rows))
            )  # fmt: skip
    return findings

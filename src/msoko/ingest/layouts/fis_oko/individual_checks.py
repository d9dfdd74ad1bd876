"""What a block of Ф1 says twice: sums, ranges, scale, repeats, declared counts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from msoko.ingest.ingest_findings import Severity
from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext
from msoko.ingest.layouts.fis_oko.fis_oko_heading import PaperHeading, TaskColumn
from msoko.ingest.layouts.fis_oko.individual_rows import FIX, ParticipantRows
from msoko.ingest.layouts.mark_checks import MarkedRows, check_marks, lacks_scale
from msoko.ingest.sheets.cells import stood_before
from msoko.ingest.sheets.sheet_blocks import SheetPlace, cells_of

Banner = tuple[int, str, int]
"""A school's line above its participants: row from 0, login, declared count."""


class IndividualChecks:
    """The checks of one block: each tells its findings and marks the rows that cannot be kept."""

    def __init__(
        self,
        place: SheetPlace,
        columns: Mapping[str, int],
        rows: ParticipantRows,
        parsed: ParsedBlock,
    ) -> None:
        self.place = place
        self.columns = columns
        self.rows = rows
        self.parsed = parsed

    def check(
        self, heading: PaperHeading, tasks: list[TaskColumn], context: ReadingContext
    ) -> None:
        """Add findings: points outside the task, sums, marks, repeated participants."""
        self._check_points(tasks)
        rows = self.rows
        differs = rows.is_scored & (np.nansum(rows.points, axis=1) != rows.total)
        what = "первичный балл не равен сумме баллов за задания"
        self._tell("task_sum", what, differs, "первичный балл")
        self._check_marks()
        self._check_scale(heading, context)
        repeated = stood_before(zip(rows.login, rows.code, strict=True)) & ~rows.is_bad
        what = "код участника повторяется в одной школе"
        self._tell("repeated_participant", what, repeated, "код участника")
        rows.is_bad |= repeated

    def check_banners(self, banners: list[Banner], nameless: np.ndarray) -> None:
        """Compare the declared count of each banner with the participants below it.

        `nameless`: rows (indices from 0) set aside because no participant's code stands there.
        """
        index = self.rows.index
        if not banners and len(index):
            message = "нет строк школ с числом участников: полноту выгрузки сверить не с чем."
            self.parsed.findings.append(self.place.finding("no_banner", "warning", message, FIX))
        if banners and len(index) and index[0] < banners[0][0]:
            message = f"строка {index[0] + 1}: участники стоят выше первой строки школы."
            self.parsed.findings.append(
                self.place.finding("banner_order", "blocking", message, FIX)
            )
        ends = [*(row for row, _, _ in banners[1:]), np.inf][: len(banners)]
        for banner, end in zip(banners, ends, strict=True):
            below = (index > banner[0]) & (index < end)
            unread = int(((nameless > banner[0]) & (nameless < end)).sum())
            self._check_banner(banner, below, unread)

    def _tell(
        self, check: str, what: str, mask: np.ndarray, label: str, severity: Severity = "set_aside"
    ) -> None:
        """Add one finding that names the cells of the rows, where there are any."""
        cells = cells_of(self.rows.index[mask], self.columns[label])
        self._tell_cells(check, what, cells, severity)

    def _tell_cells(
        self, check: str, what: str, cells: list[tuple[int, int]], severity: Severity = "set_aside"
    ) -> None:
        self.parsed.findings += self.place.cell_findings(
            check, severity, what, FIX, cells, table="results"
        )

    def _check_points(self, tasks: list[TaskColumn]) -> None:
        rows = self.rows
        most = np.array([task.max_score for task in tasks])
        outside = (rows.points < 0) | (rows.points > most) | (rows.points != np.floor(rows.points))
        outside &= ~np.isnan(rows.points) & ~rows.is_bad[:, None]
        wrong = [(int(rows.index[r]), tasks[c].column) for r, c in np.argwhere(outside)]
        self._tell_cells("points_range", "балл за задание вне пределов от 0 до максимума", wrong)
        rows.is_bad |= outside.any(axis=1)

    def _check_marks(self) -> None:
        rows = self.rows
        for label, marks, low in (
            ("отметка", rows.mark, 2),
            ("отметка по журналу", rows.journal, 1),
        ):
            strange = ~np.isnan(marks) & ~np.isin(marks, range(low, 6)) & ~rows.is_bad
            self._tell("mark_range", f"отметка вне пределов от {low} до 5", strange, label)
            rows.is_bad |= strange
        unmarked = rows.is_scored & np.isnan(rows.mark)
        self._tell(
            "no_mark", "у участника есть баллы, но нет отметки", unmarked, "отметка", "warning"
        )

    def _check_scale(self, heading: PaperHeading, context: ReadingContext) -> None:
        subject, grade, most = heading.subject or "", heading.scale_grade, heading.max_score
        scale = context.scales.find(context.school_year, "vpr", subject, grade, most)
        if scale is None or not scale.gives_marks:
            more = f", максимум {most or 0:g}"
            finding = lacks_scale(self.place, context, subject, grade, more)
            self.parsed.findings.append(finding)
            return
        rows, good = self.rows, self.rows.is_scored
        marked = MarkedRows(
            rows.index[good], rows.total[good], rows.mark[good], self.columns["отметка"]
        )
        self.parsed.findings += check_marks(self.place, scale, marked, FIX)

    def _check_banner(self, banner: Banner, below: np.ndarray, unread: int) -> None:
        """Compare one school's line with its rows.

        Exports differ in whether the absent are counted, so either count will do, and
        `unread` rows, told on their own, may be participants.
        """
        row, login, declared = banner
        present = int((below & ~self.rows.is_absent).sum())
        likely = {count + more for count in (present, int(below.sum())) for more in (0, unread)}
        if declared not in likely:
            cell = f"A{row + 1}"
            message = f"ячейка {cell}: объявлено участников – {declared}, в таблице – {present}."
            self.parsed.findings.append(
                self.place.finding("declared_count", "blocking", message, FIX, table="results",
                                   cell=cell, row_count=abs(declared - present))
            )  # fmt: skip
        logins = np.array([one or "" for one in self.rows.login], dtype=object)
        strangers = cells_of(self.rows.index[below & (logins != login)], 0)
        what = f"логин не той школы, под строкой которой ({login}) стоит участник"
        self._tell_cells("banner_login", what, strangers)

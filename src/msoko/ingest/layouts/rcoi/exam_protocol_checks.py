"""What an exam protocol says twice: ranges, sums, marks, repeated participants, footers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from msoko.core.exam_sittings import main_procedure
from msoko.ingest.layouts.contract import ParsedBlock, ReadingContext
from msoko.ingest.layouts.mark_checks import MarkedRows, check_marks, lacks_scale
from msoko.ingest.layouts.rcoi.plus_worth import PlusWorth
from msoko.ingest.layouts.rcoi.protocol_rows import ProtocolRows, first_of
from msoko.ingest.layouts.rcoi.rcoi_heading import FIX
from msoko.ingest.sheets.cells import cell_numbers, stood_before
from msoko.ingest.sheets.sheet_blocks import SheetBlock, SheetPlace, cells_of

WRITTEN_PARTS = ("первичный балл письм. части", "первичный балл письм части")
MOST_SHOWN = 5
MAXIMA = (
    "Сверьте со спецификацией работы и впишите максимумы заданий с кратким ответом "
    "в registry/task_maxima.csv."
)
ALL_THERE = "Проверьте, весь ли протокол в файле, и запросите его заново в РЦОИ."
NEAR_MEANS = 0.51
"""Footers round their means to whole points."""


class ProtocolChecks:
    """The checks of one block: each tells its findings and marks the rows that cannot be kept."""

    def __init__(
        self, place: SheetPlace, block: SheetBlock, rows: ProtocolRows, parsed: ParsedBlock
    ) -> None:
        self.place = place
        self.block = block
        self.columns = block.columns
        self.rows = rows
        self.parsed = parsed

    def check(
        self, context: ReadingContext, footers: list[tuple[int, str]], plus: PlusWorth
    ) -> None:
        """Add findings on ranges, sums, marks, repeated participants and the block's footers."""
        self._check_ranges()
        self._check_scale(self.parsed.paper, context)
        self._check_sums(plus)
        self._check_parts()
        self._check_conversion()
        repeated = stood_before(self.rows.pupils) & ~self.rows.is_bad
        what = "участник записан в протоколе второй раз"
        self._tell("repeated_participant", "set_aside", what, repeated, "код оо")
        self.rows.is_bad |= repeated
        for row, kind in footers:
            self._check_footer(row, kind)

    def _tell(self, check: str, severity: str, what: str, mask: np.ndarray, label: str) -> None:
        """Add one finding that names the cells of the rows, where there are any."""
        cells = cells_of(self.rows.index[mask], self.columns[label]) if mask.any() else []
        self.parsed.findings += self.place.cell_findings(
            check, severity, what, FIX, cells, table="results"
        )

    def _check_ranges(self) -> None:
        limits = (
            ("первичный балл", self.rows.primary, 0, 110),
            ("балл" if "балл" in self.columns else "тестовый балл", self.rows.test, 0, 100),
            ("оценка", self.rows.mark, 2, 5),
        )
        for label, values, low, high in limits:
            wrong = ~np.isnan(values) & ((values < low) | (values > high) | (values % 1 != 0))
            wrong &= ~self.rows.is_bad
            what = f"«{label}» вне пределов от {low} до {high}"
            self._tell("score_range", "set_aside", what, wrong, label)
            self.rows.is_bad |= wrong

    def _check_scale(self, paper: Mapping[str, Any], context: ReadingContext) -> None:
        if "оценка" not in self.columns:
            return
        scale = context.scales.find(
            context.school_year,
            main_procedure(paper["procedure"]),
            paper["subject"],
            paper["grade"],
        )
        if scale is None or not scale.gives_marks:
            finding = lacks_scale(self.place, context, paper["subject"], paper["grade"])
            self.parsed.findings.append(finding)
            return
        rows = self.rows
        above = rows.is_scored & (rows.primary > scale.max_score)
        what = f"первичный балл больше максимума {scale.max_score:g}"
        self._tell("score_range", "set_aside", what, above, "первичный балл")
        rows.is_bad |= above
        good = rows.is_scored
        marked = MarkedRows(
            rows.index[good], rows.primary[good], rows.mark[good], self.columns["оценка"]
        )
        self.parsed.findings += check_marks(self.place, scale, marked, FIX)

    def _check_sums(self, plus: PlusWorth) -> None:
        """Compare answers with the primary score.

        Where nobody knows what a plus is worth, the sum of a row is a lower bound: only
        one above the primary score is wrong.
        """
        if not self.rows.answers:
            return
        parts = [[answer.total for answer in part] for part in self.rows.answers.values()]
        sums = np.sum(parts, axis=0)
        differs = self.rows.is_scored & (sums != self.rows.primary)
        is_above = sums > self.rows.primary
        if plus.origin == "unknown":
            self._tell_unknown(differs & ~is_above)
            differs &= is_above
        what = "сумма по строкам ответов не равна первичному баллу"
        what += self._both_numbers(differs, sums)
        self._tell("task_sum", "warning", what, differs, "первичный балл")
        if plus.origin == "sums":
            self._tell_solved(plus)

    def _both_numbers(self, mask: np.ndarray, sums: np.ndarray) -> str:
        """Return the sum and the primary score of the first rows, in brackets."""
        shown = [
            f"строка {self.rows.index[row] + 1} – сумма {sums[row]:g}, "
            f"первичный балл {self.rows.primary[row]:g}"
            for row in np.flatnonzero(mask)[:MOST_SHOWN]
        ]
        rest = int(mask.sum()) - len(shown)
        return f" ({'; '.join(shown)}{f'; и ещё {rest}' if rest > 0 else ''})"

    def _tell_unknown(self, mask: np.ndarray) -> None:
        what = (
            "сколько баллов даёт знак «+», из протокола не известно (первичный балл больше "
            "суммы по строкам ответов), суммы и выполнение этих заданий не посчитаны"
        )
        cells = cells_of(self.rows.index[mask], self.columns["первичный балл"])
        self.parsed.findings += self.place.cell_findings(
            "plus_worth", "warning", what, MAXIMA, cells, table="task_scores"
        )

    def _tell_solved(self, plus: PlusWorth) -> None:
        heavy = ", ".join(
            f"задание {n} – {points:g}" for n, points in enumerate(plus.points, 1) if points > 1
        )
        message = (
            f"знак «+» стоит больше одного балла: {heavy}. Так следует из первичных баллов "
            f"участников (прочитано строк – {len(self.rows.index)})."
        )
        cell = f"A{self.block.header + 1}"
        self.parsed.findings.append(
            self.place.finding("plus_worth", "note", message, MAXIMA, cell=cell)
        )

    def _check_parts(self) -> None:
        """The parts of a foreign language must add up exactly."""
        oral = first_of(self.columns, ("первичный балл устной части",))
        written = first_of(self.columns, WRITTEN_PARTS)
        if oral is None or written is None:
            return
        sheet = self.place.sheet.cells
        pairs = [[sheet[row][oral], sheet[row][written]] for row in self.rows.index]
        parts, bad = cell_numbers(np.array(pairs, dtype=object).reshape(len(pairs), 2))
        is_off = bad.any(axis=1) | (np.nansum(parts, axis=1) != self.rows.primary)
        what = "баллы устной и письменной частей не дают первичного балла"
        is_off &= self.rows.is_scored
        self._tell("two_parts", "set_aside", what, is_off, "первичный балл")

    def _check_conversion(self) -> None:
        """In one exam a primary score has one test score, and a higher one never a lower."""
        rows = self.rows
        good = ~rows.is_bad & ~np.isnan(rows.test) & ~np.isnan(rows.primary)
        primary, test = rows.primary[good], rows.test[good]
        order = np.lexsort((test, primary))
        is_higher, step = np.diff(primary[order]) > 0, np.diff(test[order])
        if (step[~is_higher] != 0).any() or (step[is_higher] < 0).any():
            message = "перевод первичных баллов в тестовые противоречив внутри одного экзамена."
            cell = f"A{self.block.header + 1}"
            self.parsed.findings.append(
                self.place.finding(
                    "conversion", "warning", message, FIX, table="results", cell=cell
                )
            )

    def _check_footer(self, row: int, kind: str) -> None:
        """Compare a footer with the rows. Its numbers stand in order, not under their columns.

        What the footer counts and is not here was lost on the way, so that a difference
        stops what reads the file. Rows that were not read count here, and where there are
        any, means are not compared.
        """
        values, bad = cell_numbers(np.array(self.place.sheet.cells[row], dtype=object))
        stated = [float(value) for value in values[~np.isnan(values) & ~bad]]
        message, count = "", len(self.rows.index)
        taken_out = [one for one in self.parsed.findings if one.severity == "set_aside"]
        unread = sum(len(one.rows) for one in taken_out if one.check == "no_code")
        if kind == "count" and stated and stated[0] not in (count, count + unread):
            message = f"объявлено участников – {stated[0]:g}, в таблице – {count}."
        if kind == "mean" and stated and not taken_out and not self._has_means(stated):
            message = "средние в итоговой строке не равны средним по таблице."
        if message:
            self.parsed.findings.append(
                self.place.finding("footer", "blocking", f"строка {row + 1}: {message}",
                                   ALL_THERE, table="results",
                                   cell=f"A{row + 1}")
            )  # fmt: skip

    def _has_means(self, stated: list[float]) -> bool:
        """Return whether the last of the stated numbers are the means of the rows."""
        rows, present = self.rows, self.rows.is_scored
        if not present.any():
            return True
        last = rows.test if not np.isnan(rows.test[present]).all() else rows.mark
        means = [np.mean(rows.primary[present])]
        if len(stated) > 1 and not np.isnan(last[present]).all():
            means.append(np.nanmean(last[present]))
        pairs = zip(stated[-len(means) :], means, strict=False)
        return all(abs(number - mean) <= NEAR_MEANS for number, mean in pairs)

"""What a report says with: its sentences, the heads of its tables, counted nouns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msoko.report.block import Block, Details, Sheet, block

if TYPE_CHECKING:
    from msoko.catalog.registry.wording import Wording


class ReportWords:
    """The texts of a report, each from the wording files that a profile may override.

    Whatever a reader sees comes through here: a report writes no Russian of its own.
    """

    wording: Wording

    def say(self, key: str, **slots: object) -> str:
        return self.wording.say(key, **slots)

    def counted(self, noun: str, number: int) -> str:
        """Return «21 школа», «5 школ»: a number with the form of its noun."""
        return self.say(f"counted.{noun}", n=number)

    def heads(self, *columns: str, **slots: object) -> list[str]:
        """Return the heads of columns; a column that stands in many tables has one head."""
        return [self.say(f"column.{name}", **slots) for name in columns]

    def sheet(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        caption: str,
        id: str = "",
        align: str = "",
    ) -> Sheet:
        """Return a table; one without rows says in words that there are no data."""
        without_rows = "" if rows else self.say("table.without_rows", caption=caption)
        return Sheet(head, rows, caption, id, align, without_rows)

    def behind(self, sheet: Sheet) -> Details:
        """Return the table behind a figure, folded."""
        return Details(self.say("figure.data"), (sheet,))

    def insufficient(self, what: str, reason: str) -> Block:
        """Return the block that says that, and why, the data do not carry an answer."""
        return block(self.say("insufficient", what=what, reason=reason))

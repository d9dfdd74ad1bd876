"""What a report tells of an indicator in one row: the whole, or one subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msoko.report.block import anchor

if TYPE_CHECKING:
    from msoko.catalog import Indicator


@dataclass(frozen=True)
class IndicatorLine:
    """An indicator of the municipality: as a whole, or in one subject where only that has sense.

    Mean scores of different subjects are not added up, so such an indicator declares no
    grouping for the whole and has a line for each subject.
    """

    indicator: Indicator
    subject: str = ""

    @property
    def by(self) -> tuple[str, ...]:
        return ("subject",) if self.subject else ()

    @property
    def id(self) -> str:
        """The line's name in ids of figures and tables."""
        return anchor(f"{self.indicator.code}-{self.subject}".strip("-"))

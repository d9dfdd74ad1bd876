"""What is worked out of a report's data once: changes, other directions, the organisation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from msoko.report.data.judged_organisation import JudgedOrganisation
from msoko.report.data.line_changes import line_changes
from msoko.report.data.line_trends import line_trends
from msoko.report.data.report_data import ReportData

if TYPE_CHECKING:
    from msoko.catalog import Direction
    from msoko.report.data.indicator_line import IndicatorLine
    from msoko.stats.estimators.judged_changes import JudgedChange
    from msoko.stats.estimators.judged_trends import JudgedTrend

SHARED = ("store", "years", "schools", "subjects", "wording", "thresholds")
OF_VALUES = ("values", "indicator_table")


@dataclass
class JudgedData(ReportData):
    """The data of a report with what is concluded from them before a section is written."""

    @cached_property
    def changes(self) -> dict[IndicatorLine, JudgedChange]:
        """How each line changed since last year, with one false discovery rate for all."""
        return line_changes(self)

    @cached_property
    def trends(self) -> dict[IndicatorLine, JudgedTrend]:
        """The trend of each line over its comparable years, all judged together."""
        return line_trends(self)

    @cached_property
    def siblings(self) -> list[Self]:
        """The data of all directions of the profile, which write into one evidence."""
        return [self.beside(one) for one in self.directions]

    def beside(self, direction: Direction) -> Self:
        """Return the data of another direction that writes into the same evidence.

        What both read is read once; of the values only in the internal edition, since the
        public one hides numbers for each direction anew.
        """
        other = replace(self, direction=direction)
        names = SHARED if self.is_public else (*SHARED, *OF_VALUES)
        other.__dict__.update({name: getattr(self, name) for name in names})
        return other

    @cached_property
    def organisation(self) -> JudgedOrganisation:
        """The organisation whose passport this is."""
        return JudgedOrganisation(self, self.school_id)

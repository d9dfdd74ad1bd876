"""Other directions read beside a report's own, for what is said of all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from msoko.catalog import Direction
    from msoko.report.data.report_data import Reading

SHARED = ("store", "years", "schools", "subjects", "wording")
OF_VALUES = ("values", "selection")


def beside(report: Reading, direction: Direction) -> Reading:
    """Return the reading of another direction that writes into the same evidence.

    What both read is read once; of the values only in the internal edition, since the
    public one hides numbers for each direction anew.
    """
    other = replace(report, direction=direction)
    names = SHARED if report.is_public else (*SHARED, *OF_VALUES)
    other.__dict__.update({name: getattr(report, name) for name in names})
    return other

"""Which shares of rows may be missing, as registry/thresholds.yml declares them."""

from __future__ import annotations

from dataclasses import dataclass

from msoko.catalog import load_thresholds
from msoko.core.project import Project


@dataclass(frozen=True)
class LossLimits:
    """Shares of a file's rows and of a table's; a project may declare its own.

    Of a file with fewer than `least` rows lost only the share of the whole table counts.
    """

    file: float
    table: float
    least: int

    @classmethod
    def of(cls, project: Project) -> LossLimits:
        declared = load_thresholds(project)
        return cls(
            declared["lost_rows_file"].value,
            declared["lost_rows_table"].value,
            int(declared["lost_rows_least"].value),
        )

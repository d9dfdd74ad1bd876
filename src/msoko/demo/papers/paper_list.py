"""The papers that the demo municipality sits: tasks, maxima, cuts, dates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

TASKS = {
    ("РУ", 4): "1К1:4 1К2:3 2:3 3.1:1 3.2:3 4:2 5:1 6:2 7:3 8:2 9:1 10:1 11:2 12.1:1 12.2:2 "
    "13.1:1 13.2:2 14:1 15.1:2 15.2:1",
    ("МА", 4): "1:1 2:1 3:2 4:1 5.1:1 5.2:1 6.1:1 6.2:1 7:1 8:2 9.1:1 9.2:1 10:2 11:2 12:2",
    ("ОМ", 4): "1:2 2:2 3.1:2 3.2:1 3.3:3 4:2 5:1 6.1:1 6.2:1 6.3:2 7.1:1 7.2:2 8К1:1 8К2:1 "
    "8К3:1 9.1:1 9.2:1 9.3:1 10.1:2 10.2К1:1 10.2К2:1 10.2К3:2",
    ("РУ", 5): "1К1:4 1К2:3 1К3:2 2К1:3 2К2:3 2К3:3 2К4:3 3:2 4.1:3 4.2:2 5.1:2 5.2:2 6.1:2 "
    "6.2:2 7.1:2 7.2:2 8:1 9:1 10:1 11:1 12:1",
    ("МА", 5): "1:1 2:1 3:1 4:1 5:1 6:2 7:1 8:1 9:2 10:2 11.1:1 11.2:1 12.1:1 12.2:1 13:1 14:2",
    ("РУ", 6): "1К1:4 1К2:3 1К3:2 2К1:3 2К2:3 2К3:3 2К4:3 3.1:1 3.2:1 4:2 5:3 6:2 7.1:1 7.2:1 "
    "8.1:2 8.2:1 9:2 10:3 11:2 12.1:1 12.2:2 13.1:1 13.2:1 14.1:2 14.2:2",
    ("МА", 6): "1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:2 10:1 11:2 12:1 13:2",
    ("РУ", 7): "1К1:4 1К2:3 1К3:2 2К1:3 2К2:3 2К3:3 2К4:3 3.1:1 3.2:1 4.1:1 4.2:1 5:2 6:2 7.1:1 "
    "7.2:2 8.1:2 8.2:3 9:2 10:1 11.1:2 11.2:2 12:1 13.1:1 13.2:1",
    ("МА", 7): "1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:1 10:1 11:1 12:2 13:1 14:2 15:1 16:2",
    ("РУ", 8): "1К1:4 1К2:3 1К3:2 2К1:3 2К2:3 2К3:3 3.1:1 3.2:3 4.1:1 4.2:3 5:2 6:4 7:2 8:1 9:2 "
    "10:1 11:1 12:1 13:1 14:2 15.1:2 15.2:2 16:2 17:2",
    ("МА", 8): "1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:2 9:1 10:1 11:1 12:1 13:1 14:1 15:2 16.1:1 16.2:1 "
    "17:2 18:2 19:2",
    ("РУ", 10): "1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:2 9:2 10:2 11:2 12К1:3 12К2:3 12К3:3 12К4:3 12К5:3",
    ("МА", 10): "1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:1 10:1 11:1 12:1 13:2 14:2 15:2 16:2 17:2",
}
CUTS = {
    ("РУ", 4): (14, 24, 33),
    ("МА", 4): (6, 10, 15),
    ("ОМ", 4): (8, 18, 27),
    ("РУ", 5): (18, 29, 39),
    ("МА", 5): (7, 11, 15),
    ("РУ", 6): (25, 35, 45),
    ("МА", 6): (6, 10, 14),
    ("РУ", 7): (22, 32, 42),
    ("МА", 7): (7, 12, 16),
    ("РУ", 8): (26, 32, 45),
    ("МА", 8): (8, 15, 21),
    ("РУ", 10): (12, 19, 26),
    ("МА", 10): (7, 12, 17),
}
"""First primary scores of «3», «4», «5»: the figures of registry/scales.csv.

The two papers of grade 10 have no scale there: the demo must show what a report says then.
"""
TITLES = {"РУ": "Русский язык", "МА": "Математика", "ОМ": "Окружающий мир"}
DAYS = {"РУ": "04", "МА": "11", "ОМ": "18"}
MONTHS = {4: "03", 5: "03", 6: "04", 7: "04", 8: "04", 10: "03"}
TENTH_GRADE_SINCE = 2024


@dataclass(frozen=True)
class VprPaper:
    """One VPR paper of a school year that begins in `year`."""

    label: str  # РУ
    grade: int
    year: int
    tasks: tuple[str, ...]
    task_max: tuple[int, ...]
    cuts: tuple[int, int, int]

    @cached_property
    def maximum(self) -> int:
        return sum(self.task_max)

    @property
    def title(self) -> str:
        return TITLES[self.label]

    @property
    def levels(self) -> list[str]:
        """Return Б or П per task: the last quarter of a paper is advanced."""
        first = len(self.tasks) - len(self.tasks) // 4
        return ["Б" if index < first else "П" for index in range(len(self.tasks))]

    @property
    def date(self) -> str:
        return f"{DAYS[self.label]}.{MONTHS[self.grade]}.{self.year + 1}"

    def marks(self, totals: np.ndarray) -> np.ndarray:
        return 2 + np.searchsorted(self.cuts, totals, side="right")


def papers_of(year: int) -> list[VprPaper]:
    """Return the papers of the school year that begins in `year`, in order of grade."""
    found = []
    for (label, grade), drawing in TASKS.items():
        if grade == 10 and year < TENTH_GRADE_SINCE:
            continue
        names, points = zip(*(task.split(":") for task in drawing.split()), strict=True)
        points = tuple(int(point) for point in points)
        found.append(VprPaper(label, grade, year, names, points, CUTS[label, grade]))
    return found

"""The title of a ФИС ОКО export: its year, its subject, the class, the programme of the paper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from msoko.ingest.sheets.cells import cell_text

PAPER = re.compile(r"\bвпр\b|всероссийск\w+\s+проверочн\w+\s+работ\w*", re.IGNORECASE)
YEAR = re.compile(r"\b(20\d\d)(?:\s*[-–/]\s*(20\d\d|\d\d))?(?:\s*г(?:од\w*|\.|\b))?")
_NUMBER = r"(\d{1,2})(?:\s*-?\s*(?:го|ого|й|ый|х|ых|е|ые)\b)?"
PROGRAMME = re.compile(
    r"\(?\s*(?:(?:по|за)\s+)?(?:программ\w+|материал\w+|курс\w*|итог\w+)\s+"
    rf"(?:(?:обучения|курса|за|в)\s+)*{_NUMBER}\s+класс\w*\s*\)?"
    rf"|\(?\s*\bза\s+{_NUMBER}\s+класс\w*\s*\)?",
    re.IGNORECASE,
)
BEFORE = re.compile(
    r"\(?\s*(?:по\s+)?программ\w+\s+предыдущ\w+\s+(?:год\w*|класс\w*)(?:\s+обучения)?\s*\)?",
    re.IGNORECASE,
)
GRADE = re.compile(rf"\b{_NUMBER}\s+класс\w*|\b{_NUMBER}\s*кл\b\.?", re.IGNORECASE)
NAMED_GRADE = re.compile(r"\bкласс\w*\s*[:№–-]?\s*(\d{1,2})\b", re.IGNORECASE)
NOT_SUBJECT = re.compile(
    r"\b(?:осен\w+|весен\w+|весна|сесси\w+|г|год\w*|этап\w*|предмет)\b\.?", re.IGNORECASE
)
EDGES = " .,;:–—-|()"


@dataclass(frozen=True)
class PaperTitle:
    """What a title says; what it does not say is empty or `None`."""

    years: tuple[int, ...]
    subject: str | None
    grades: tuple[int, ...]  # more than one: the title does not say which class wrote
    programme: int | None  # the class whose programme the paper is of, where that is said

    @property
    def grade(self) -> int | None:
        """Return the class that wrote the paper, `None` where there is no one answer."""
        only = self.grades[0] if len(self.grades) == 1 else None
        return only if only is not None and 1 <= only <= 11 else None


def find_title(texts: Iterable[object]) -> PaperTitle | None:
    """Return the first title that names a class, or else the first that names a year."""
    found = [title for text in texts if isinstance(text, str) and (title := read_title(text))]
    return next((title for title in found if title.grades), found[0] if found else None)


def read_title(text: str) -> PaperTitle | None:
    """Return what a line says, `None` where it is no title of a paper.

    The class is the one that wrote, whatever programme the paper is of: in autumn 2022
    «(по программе 4 класса) 5 класс» was written by grade 5.
    """
    rest = cell_text(text) or ""
    if not PAPER.search(rest):
        return None
    rest = PAPER.sub(" ", rest)
    years = [year for match in YEAR.finditer(rest) for year in _years(match)]
    rest = YEAR.sub(" ", rest)
    programmes = {int(match[1] or match[2]) for match in PROGRAMME.finditer(rest)}
    is_before = bool(BEFORE.search(rest))
    rest = BEFORE.sub(" ", PROGRAMME.sub(" ", rest))
    pattern = GRADE if GRADE.search(rest) else NAMED_GRADE
    numbers = [next(filter(None, match.groups())) for match in pattern.finditer(rest)]
    grades = tuple(dict.fromkeys(map(int, numbers)))
    if not years and not grades:
        return None
    rest = " ".join(NOT_SUBJECT.sub(" ", pattern.sub(" ", rest)).split()).strip(EDGES)
    programme = programmes.pop() if len(programmes) == 1 else None
    if is_before and len(grades) == 1:
        programme = grades[0] - 1
    return PaperTitle(tuple(years), rest or None, grades, programme)


def _years(match: re.Match[str]) -> list[int]:
    """Return the calendar years of «2021» or of «2020-21»."""
    first = int(match[1])
    if match[2] is None:
        return [first]
    second = int(match[2]) if len(match[2]) == 4 else first // 100 * 100 + int(match[2])
    return [first, second]

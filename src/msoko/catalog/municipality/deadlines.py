"""Deadlines as people print them in a roadmap: dates of a school year, or a kind, no guess."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from msoko.core.school_year import SchoolYear

DeadlineKind = Literal[
    "dates", "other_year", "multi_year", "yearly", "continuous", "on_schedule", "own_plan",
    "on_need", "absent", "unparsed",
]  # fmt: skip
MONTHS = {
    9: "сентябр[ьяе]", 10: "октябр[ьяе]", 11: "ноябр[ьяе]", 12: "декабр[ьяе]",
    1: "январ[ьяе]", 2: "феврал[ьяе]", 3: "март[ае]?", 4: "апрел[ьяе]",
    5: "ма[йяе]", 6: "июн[ьяе]", 7: "июл[ьяе]", 8: "август[ае]?",
}  # fmt: skip
MONTH = rf"(?:{'|'.join(MONTHS.values())})"
YEAR = r"(?:20\d\d)"
OF_YEAR = rf"(?:\s*({YEAR})(?:\s*(?:года|год|г\b\.?))?)?"
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
QUARTER = r"(?:iv|iii|ii|i|[1-4])"
WORD = r"(?:\s+[а-я]+)"
BY = r"(?:в\s+соответствии\s+со?|согласно|по)"


@dataclass(frozen=True, order=True)
class Due:
    """A stretch of days that ends with the deadline; `start` is None where only «до …» is said."""

    start: dt.date | None
    end: dt.date

    def overlaps(self, year: SchoolYear) -> bool:
        """Return whether a day of the stretch (its last one where `start` is None) is in `year`."""
        return (self.start or self.end) <= year.ends and self.end >= year.begins


@dataclass(frozen=True)
class Deadline:
    """What a printed deadline says: a kind, its dates, the text, other kinds said beside."""

    kind: DeadlineKind
    dates: tuple[Due, ...]
    text: str
    also: tuple[DeadlineKind, ...] = ()


Reader = Callable[[re.Match[str], SchoolYear], list[Due] | None]


def parse_deadline(text: str, year: SchoolYear) -> Deadline:
    """Return what the printed deadline means in school year `year`.

    `dates`: the text names days, months, quarters, and some of them lie in the year. A stretch
    that crosses 1 September («август – сентябрь») is given as often as it touches the year.
    `other_year`: the text names years, and none of its dates touches this one; `dates` holds
    them. `multi_year`: a span of years that holds this one, in `dates`. The others have no dates:
    `yearly`, `continuous`, `on_schedule`, `own_plan`, `on_need`, `absent` (nothing printed),
    `unparsed` (some word is not understood, or has two readings such as «до 10.2020»).
    Quarters are calendar ones; half-years are September – December and January – June.
    """
    rest = _plain(text)
    if not rest:
        return Deadline("absent", (), text)
    found: list[Due] = []
    spans: list[Due] = []
    is_dated = False
    for pattern, reader in READERS:
        for match in list(re.finditer(pattern, rest)):
            dues = reader(match, year)
            if dues is None:
                return Deadline("unparsed", (), text)
            is_dated = is_dated or reader is not _years
            (spans if reader is _years else found).extend(dues)
        rest = re.sub(pattern, " ", rest)
    kinds, rest = _kinds(rest)
    if re.search(r"[a-zа-я0-9]", rest):
        return Deadline("unparsed", (), text)
    return _settled(text, year, is_dated, found, spans, kinds)


def _settled(
    text: str,
    year: SchoolYear,
    is_dated: bool,
    found: list[Due],
    spans: list[Due],
    kinds: tuple[DeadlineKind, ...],
) -> Deadline:
    if is_dated:
        kept = [due for due in found if not spans or any(_meets(due, span) for span in spans)]
        also = (*(["multi_year"] if spans else []), *kinds)
        here = sorted({due for due in kept if due.overlaps(year)}, key=_order)
        if here:
            return Deadline("dates", tuple(here), text, also)
        return Deadline("other_year", tuple(sorted(set(kept or spans), key=_order)), text, also)
    if spans:
        is_over = not any(span.overlaps(year) for span in spans)
        return Deadline("other_year" if is_over else "multi_year", tuple(spans), text, kinds)
    return Deadline(kinds[0], (), text, kinds[1:]) if kinds else Deadline("unparsed", (), text)


def _plain(text: str) -> str:
    text = text.lower().replace("ё", "е").replace("\N{NO-BREAK SPACE}", " ")
    text = re.sub(r"\s*[‐-―−-]\s*", "-", text)
    return re.sub(r"\s+", " ", text).strip(" .,;-")


def _kinds(rest: str) -> tuple[tuple[DeadlineKind, ...], str]:
    """Return the kinds that the words name, the most telling first, and what is left."""
    kinds: list[DeadlineKind] = []
    for kind, pattern in KINDS:
        left = re.sub(pattern, " ", rest)
        if left != rest:
            kinds.append(kind)
        rest = left
    if kinds:
        rest = re.sub(r"\b(?:и|затем|далее)\b", " ", rest)
    order = [kind for kind, _ in KINDS if kind in kinds and kind != "on_need"]
    return tuple(order + [kind for kind in kinds if kind == "on_need"]), rest


def _order(due: Due) -> tuple[dt.date, dt.date]:
    return due.end, due.start or due.end


def _meets(due: Due, span: Due) -> bool:
    return (due.start or due.end) <= span.end and (span.start or span.end) <= due.end


def _number(word: str) -> int:
    return next(number for number, pattern in MONTHS.items() if re.fullmatch(pattern, word))


def _last(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _calendar_year(month: int, year: SchoolYear) -> int:
    return year.start if month >= 9 else year.start + 1


def _day(day: str, month: int, said: str | None, year: SchoolYear) -> dt.date | None:
    try:
        return dt.date(int(said) if said else _calendar_year(month, year), month, int(day))
    except ValueError:
        return None


def _stretch(first: int, last: int, said: str | None, year: SchoolYear) -> list[Due]:
    """Return whole months from `first` to `last`; without a printed year, all that touch `year`."""
    ends = [int(said)] if said else [year.start, year.start + 1, year.start + 2]
    dues = [Due(dt.date(end - (first > last), first, 1), _last(end, last)) for end in ends]
    return dues if said else [due for due in dues if due.overlaps(year)]


def _from_month(match: re.Match[str], year: SchoolYear) -> list[Due]:
    return _stretch(_number(match[1]), _number(match[2]), match[3], year)


def _from_day(match: re.Match[str], year: SchoolYear) -> list[Due] | None:
    first, last = _number(match[2]), _number(match[4])
    try:
        return [
            Due(due.start.replace(day=int(match[1])), due.end.replace(day=int(match[3])))
            for due in _stretch(first, last, match[5], year)
            if due.start
        ]
    except ValueError:
        return None


def _monthly(match: re.Match[str], year: SchoolYear) -> list[Due] | None:
    day = int(next((group for group in match.groups() if group), "0"))
    if day > 28:
        return None
    firsts = [dt.date(_calendar_year(month, year), month, 1) for month in MONTHS]
    ends = [one.replace(day=day) if day else _last(one.year, one.month) for one in firsts]
    return [Due(first, end) for first, end in zip(firsts, ends, strict=True)]


def _quarterly(_match: re.Match[str], year: SchoolYear) -> list[Due]:
    """Return the calendar quarters that end in the school year, none before 1 September."""
    ends = [_last(_calendar_year(month, year), month) for month in (9, 12, 3, 6)]
    return [Due(max(year.begins, end.replace(month=end.month - 2, day=1)), end) for end in ends]


def _half_yearly(_match: re.Match[str], year: SchoolYear) -> list[Due]:
    middle = dt.date(year.start, 12, 31)
    return [Due(year.begins, middle), Due(dt.date(year.start + 1, 1, 1), _last(year.start + 1, 6))]


def _by_day(match: re.Match[str], year: SchoolYear) -> list[Due] | None:
    end = _day(match[1], _number(match[2]), match[3], year)
    return [Due(None, end)] if end else None


def _by_date(match: re.Match[str], year: SchoolYear) -> list[Due] | None:
    if not 1 <= int(match[2]) <= 12:
        return None
    end = _day(match[1], int(match[2]), match[3], year)
    return [Due(None, end)] if end else None


def _by_end_of_month(match: re.Match[str], year: SchoolYear) -> list[Due]:
    month = _number(match[1])
    return [Due(None, _last(int(match[2] or _calendar_year(month, year)), month))]


def _days(match: re.Match[str], year: SchoolYear) -> list[Due] | None:
    end = _day(match[2] or match[1], _number(match[3]), match[4], year)
    start = _day(match[1], _number(match[3]), match[4], year)
    return [Due(start, end)] if start and end and start <= end else None


def _on_date(match: re.Match[str], year: SchoolYear) -> list[Due] | None:
    dues = _by_date(match, year)
    return [Due(due.end, due.end) for due in dues] if dues else None


def _quarters(match: re.Match[str], year: SchoolYear) -> list[Due]:
    first = ROMAN[match[1]]
    last = ROMAN[match[2] or match[1]]
    return _stretch(first * 3 - 2, last * 3, match[3], year)


def _school_year(match: re.Match[str], _year: SchoolYear) -> list[Due] | None:
    start, end = int(match[1]), int(match[2])
    named = SchoolYear(start)
    return [Due(named.begins, named.ends)] if end in (start + 1, (start + 1) % 100) else None


def _years(match: re.Match[str], _year: SchoolYear) -> list[Due] | None:
    first, last = int(match[1]), int(match[2])
    return [Due(dt.date(first, 1, 1), dt.date(last, 12, 31))] if first < last else None


def _calendar(match: re.Match[str], _year: SchoolYear) -> list[Due]:
    return [Due(dt.date(int(match[1]), 1, 1), dt.date(int(match[1]), 12, 31))]


def _months(match: re.Match[str], year: SchoolYear) -> list[Due] | None:
    """Return the months and ranges of a list; a printed year holds for all of the list.

    A list with a year whose months do not ascend (декабрь, февраль 2023) has two readings.
    """
    pairs = list(_listed(match[1]))
    firsts = [first for first, _ in pairs]
    if match[2] and (firsts != sorted(firsts) or (len(pairs) > 1 and _is_wrapped(pairs))):
        return None
    return [due for first, last in pairs for due in _stretch(first, last, match[2], year)]


def _is_wrapped(pairs: list[tuple[int, int]]) -> bool:
    return any(first > last for first, last in pairs)


def _listed(words: str) -> Iterator[tuple[int, int]]:
    for part in re.split(r"\s*(?:,|\bи\b)\s*", words):
        first, _, last = part.strip().partition("-")
        yield _number(first), _number(last or first)


RANGE = rf"{MONTH}(?:-{MONTH})?"
READERS: tuple[tuple[str, Reader], ...] = (
    (r"\bдо (\d{1,2})(?:-го)? числа (?:ежемесячно|каждого месяца)"
     r"|\bежемесячно,? (?:не позднее|до) (\d{1,2})(?:-го)? числа(?: каждого месяца)?", _monthly),
    (r"\b(?:1 раз в|раз в|один раз в|каждый) месяц\b|\bежемесячно\b()", _monthly),
    (r"\b(?:1 раз в|раз в|один раз в|каждый) квартал\b|\bежеквартально\b", _quarterly),
    (r"\b(?:1 раз в|раз в|один раз в|каждое) полугодие\b", _half_yearly),
    (rf"\bс (\d\d?) ({MONTH}) (?:по|до) (\d\d?) ({MONTH})\b{OF_YEAR}", _from_day),
    (rf"\b(?:до|не позднее|к) (\d\d?)\.(\d\d)\.({YEAR})(?:\s*г\b\.?)?", _by_date),
    (rf"\b(?:до|не позднее|к) (\d\d?) ({MONTH})\b{OF_YEAR}", _by_day),
    (rf"\bс ({MONTH}) по ({MONTH})\b{OF_YEAR}", _from_month),
    (rf"\bдо конца ({MONTH})\b{OF_YEAR}", _by_end_of_month),
    (rf"(?<!\bдо )(?<!\bс )\b(\d\d?)\.(\d\d)\.({YEAR})(?:\s*г\b\.?)?", _on_date),
    (rf"(?<!\bдо )(?<!\bс )(?<!\bпо )\b(\d\d?)(?:-(\d\d?))? ({MONTH})\b{OF_YEAR}", _days),
    (rf"\b({QUARTER})(?:-({QUARTER}))? квартал(?:ы|е|а)?\b{OF_YEAR}", _quarters),
    (rf"\b({YEAR})[-/]({YEAR}|\d\d) (?:учебн\w+|уч\.?) ?(?:года|году|год|г\b\.?)", _school_year),
    (rf"\b({YEAR})-({YEAR})\b(?: ?(?:годы|годах|годов|гг\b\.?))?", _years),
    (rf"(?<!\bдо )(?<!\bс )(?<!\bпо )(?<!\bк )\b({RANGE}(?:(?:, ?| и ){RANGE})*)\b{OF_YEAR}",
     _months),
    (rf"^\(?({YEAR})(?:\s*(?:года|год|г\b\.?))?\)?$", _calendar),
)  # fmt: skip
"""What names dates, the most particular first; each takes its words out of the text."""
KINDS: tuple[tuple[DeadlineKind, str], ...] = (
    ("on_need", r"\b(?:при|по мере) необходимости\b|\bпо (?:мере )?запрос\w*"),
    ("own_plan", rf"\b{BY}{WORD}{{0,3}} план(?:ом|у|а|ам|ами)\b{WORD}{{0,3}}"),
    ("on_schedule", rf"\b{BY}{WORD}{{0,3}} график(?:ом|у|а|ам|ами)\b{WORD}{{0,3}}"),
    ("continuous", r"\bпостоянно\b|\bна постоянной основе\b|\bсистематически\b"
     r"|\bв течение (?:всего )?(?:учебного |календарного )?(?:года|периода)\b"),
    ("yearly", r"\bежегодно\b|\b(?:1 раз|один раз|раз) в год\b"),
)  # fmt: skip
"""What names no date: the first found of own plan, schedule, continuous, yearly, need counts."""

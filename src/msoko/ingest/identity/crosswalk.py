"""One permanent id for a school behind its VPR login, exam code, ОО-1 code and names."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

from msoko.catalog.yaml.declaration_lines import DeclarationLine
from msoko.catalog.yaml.declaration_rows import Row, read_rows
from msoko.catalog.yaml.yaml_schema import load
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.ingest.sheets.cells import fold_text

REGISTER = (
    "school_id", "name", "kind", "school_type", "location", "vpr_login", "exam_code", "oo1_code",
    "from_year", "to_year", "successor_id", "note",
)  # fmt: skip
CODES = ("vpr_login", "exam_code", "oo1_code")
ROUNDED = re.compile(r"\d[.,]?\d*[EeЕе]\+\d+")
LIKELY = 60.0
"""A suggestion below this similarity (0–100) is no help."""


@dataclass(frozen=True)
class SchoolLink:
    """A person's confirmation that a code or name means a school."""

    school_id: str
    author: str
    code: str | None = None
    name: str | None = None
    kind: Literal["vpr_login", "exam_code", "oo1_code", "name"] | None = None
    date: dt.date | None = None
    note: str = ""
    place: DeclarationLine = field(default=DeclarationLine(), compare=False, repr=False)


@dataclass(frozen=True)
class RegisterLine:
    """One line of the register: a school under one name and set of codes, in some years."""

    row: int
    school_id: str
    name: str
    kind: str
    school_type: str
    location: str
    codes: Mapping[str, str]
    first: SchoolYear | None
    last: SchoolYear | None
    successor_id: str

    def holds(self, year: SchoolYear) -> bool:
        return (self.first is None or self.first <= year) and (
            self.last is None or year <= self.last
        )


class Crosswalk:
    """The register `data/raw/schools.csv` with the confirmed links, for one school year."""

    def __init__(
        self, lines: list[RegisterLine], links: tuple[SchoolLink, ...], year: SchoolYear
    ) -> None:
        self.year = year
        self.lines = lines
        self.links = links
        self._memo: dict[tuple[str | None, str | None], str | None] = {}
        known = {line.school_id for line in lines}
        for link in links:
            if known and link.school_id not in known:
                raise UsageError(
                    f"{link.place}: школы «{link.school_id}» нет в data/raw/schools.csv."
                )

    @classmethod
    def load(cls, project: Project, year: SchoolYear) -> Crosswalk:
        """Return the project's crosswalk; without a register every code is its own id."""
        folder = project.root / "data" / "raw"
        lines = _read_register(folder / "schools.csv", "data/raw/schools.csv")
        path = folder / "crosswalk.yml"
        links = (
            load(path, tuple[SchoolLink, ...], project.shown(path))  # type: ignore[arg-type]
            if path.exists()
            else ()
        )
        return cls(lines, links, year)

    def resolve(self, code: str | None, name: str | None) -> str | None:
        """Return the id behind a code or name in the year, `None` where nobody knows it.

        A confirmed link goes first, then the code; where there is none, the exact name. A school
        that no longer exists answers with its successor.
        """
        key = (code, name)
        if key not in self._memo:
            self._memo[key] = self._resolve(code, name)
        return self._memo[key]

    def logins(self) -> frozenset[str]:
        """Return every VPR login that the register or a confirmed link knows, in lower case."""
        registered = {line.codes.get("vpr_login", "").lower() for line in self.lines}
        return frozenset({*registered, *(link.code.lower() for link in self.links if link.code)})

    def _resolve(self, code: str | None, name: str | None) -> str | None:
        for link in self.links:
            if (link.code and link.code == code) or (
                link.name and fold_text(link.name) == fold_text(name)
            ):
                return link.school_id
        if not self.lines:
            return code or name
        # an unknown code beside a known name is a question for a person, not an answer
        lines = self._by_code(code) or self._by_bare_code(code) if code else self._by_name(name)
        return self._standing(lines) if lines else None

    def named_otherwise(self, code: str | None, name: str | None) -> str | None:
        """Return the other school that the name means beside the code, `None` where they agree.

        A confirmed link settles the matter.
        """
        if not code or not name or not self.lines:
            return None
        for link in self.links:
            if link.code == code or (link.name and fold_text(link.name) == fold_text(name)):
                return None
        by_code, by_name = self.resolve(code, None), self.resolve(None, name)
        return by_name if by_code and by_name and by_code != by_name else None

    def _by_code(self, code: str | None) -> list[RegisterLine]:
        return [line for line in self.lines if code and code in line.codes.values()]

    def _by_bare_code(self, code: str | None) -> list[RegisterLine]:
        """Excel drops leading zeros, so digits alone are compared without them."""
        if not code or not code.isdecimal():
            return []
        bare = code.lstrip("0")
        return [
            line
            for line in self.lines
            if any(one.isdecimal() and one.lstrip("0") == bare for one in line.codes.values())
        ]

    def _by_name(self, name: str | None) -> list[RegisterLine]:
        if not name:
            return []
        plain = plain_name(name)
        return [line for line in self.lines if plain_name(line.name) == plain]

    def _standing(self, lines: list[RegisterLine]) -> str | None:
        """Return the one school that the lines mean in the year; ambiguity is no answer."""
        now = {line.school_id for line in lines if line.holds(self.year)}
        if len(now) == 1:
            return now.pop()
        if now:
            return None
        ids = {self._successor(line) for line in lines}
        return ids.pop() if len(ids) == 1 else None

    def _successor(self, line: RegisterLine, depth: int = 10) -> str | None:
        """Return the school as it stands in the year: itself renamed, or what it joined."""
        for school_id in (line.school_id, line.successor_id):
            lines = [other for other in self.lines if other.school_id == school_id]
            if any(other.holds(self.year) for other in lines):
                return school_id
        heirs = [other for other in self.lines if other.school_id == line.successor_id]
        return self._successor(heirs[-1], depth - 1) if heirs and depth else None

    def suggest(self, code: str | None, name: str | None) -> list[str]:
        """Return up to three likely schools, as «s001 (name)», for a person to confirm."""
        from rapidfuzz import fuzz, process  # slow to load, and most years know all schools

        now = [line for line in self.lines if line.holds(self.year)]
        if name:
            choices = {i: plain_name(line.name) for i, line in enumerate(now)}
            found = process.extract(plain_name(name), choices, scorer=fuzz.token_sort_ratio,
                                    limit=3, score_cutoff=LIKELY)  # fmt: skip
        else:
            choices = {i: max(line.codes.values(), key=lambda c: fuzz.ratio(c, code or ""),
                              default="") for i, line in enumerate(now)}  # fmt: skip
            found = process.extract(code or "", choices, scorer=fuzz.ratio, limit=3,
                                    score_cutoff=80)  # fmt: skip
        return [f"{now[index].school_id} ({now[index].name})" for _, _, index in found]

    def closed(self) -> list[str]:
        """Return the schools of which the register says that they ended before the year."""
        ended = {one.school_id for one in self.lines if one.last and one.last < self.year}
        return sorted(ended - {one.school_id for one in self.lines if one.holds(self.year)})

    def schools(self) -> pd.DataFrame:
        """Return the rows of the table `schools` for the year, one per id, from the register."""
        rows = {}
        for line in self.lines:
            if line.holds(self.year):
                rows[line.school_id] = {
                    "school_id": line.school_id,
                    "name": line.name,
                    "kind": line.kind,
                    "school_type": line.school_type or None,
                    "location": line.location or None,
                    **{code: line.codes.get(code) for code in CODES},
                    "source_row": line.row,
                }
        return pd.DataFrame(list(rows.values()))


def plain_name(name: str) -> str:
    """Return a name without quotes, kinds of institution and punctuation, for comparison."""
    name = fold_text(name)
    name = re.sub(r"[«»\"'„“”().,]", " ", name)
    name = re.sub(r"\b(мбоу|маоу|мкоу|моу|гбоу|мбдоу|мадоу|мдоу|муниципальн\w+)\b", " ", name)
    name = re.sub(r"средн\w+ (общеобразовательн\w+ )?школ\w+", "сош", name)
    name = re.sub(r"основн\w+ (общеобразовательн\w+ )?школ\w+", "оош", name)
    return " ".join(re.sub(r"№\s*", "№", name).split())


def _read_register(path: Path, shown: str) -> list[RegisterLine]:
    if not path.exists():
        return []
    rows = read_rows(path, shown, REGISTER, has_others=True)
    return [_line(place, row) for row, place in rows]


def _line(place: DeclarationLine, values: Row) -> RegisterLine:
    where = f"{place}: "
    if not values["school_id"] or not values["name"]:
        raise UsageError(f"{where}не заполнены school_id или name.")
    try:
        first = SchoolYear.parse(values["from_year"]) if values["from_year"] else None
        last = SchoolYear.parse(values["to_year"]) if values["to_year"] else None
    except UsageError as error:
        raise UsageError(f"{where}{error}") from error
    _refuse_rounded(values, where)
    return RegisterLine(
        place.line,
        values["school_id"],
        values["name"],
        values["kind"] or "school",
        values["school_type"],
        values["location"],
        {code: values[code].lower() for code in CODES if values[code]},
        first,
        last,
        values["successor_id"],
    )


def _refuse_rounded(values: Row, where: str) -> None:
    """Refuse a code that Excel wrote as a rounded number: its last digits are lost."""
    for column in ("school_id", *CODES):
        if ROUNDED.fullmatch(values[column]):
            raise UsageError(
                f"{where}в столбце {column} стоит «{values[column]}»: Excel округлил код. Задайте "
                "столбцу формат «Текстовый», впишите код заново и сохраните."
            )

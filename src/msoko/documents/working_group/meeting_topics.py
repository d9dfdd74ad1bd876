"""What a year gives the working group to discuss: a topic per direction, with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from msoko.catalog.meetings.meeting_file import Resolution
from msoko.core import russian
from msoko.documents.working_group.meeting_words import uncapitalised
from msoko.report.data.rule_evidence import find_rule_evidence
from msoko.stats.estimators.judged_changes import JudgedChange

if TYPE_CHECKING:
    from msoko.catalog import Indicator
    from msoko.catalog.registry.wording import Wording
    from msoko.report.data.judged_data import JudgedData

MOST_BASES = 3
MOST_POINTS = 5
"""What the agenda says of one direction; the rest is in the annex."""
NAMED = "\N{INFORMATION SEPARATOR ONE}"
"""What stands for a school's name while texts are compared."""
RECIPIENTS = ("department", "methodical_service", "school", "teachers")


@dataclass(frozen=True)
class AnnexLine:
    """One finding with all that it asks for, as the annex prints it."""

    number: int
    indicator: str
    finding: str
    numbers: str
    advice: Sequence[str]
    deadlines: Sequence[str]
    measures: Sequence[str]


@dataclass(frozen=True)
class Topic:
    """One question that the data put before the group, cut to what a meeting can hear."""

    about: str
    title: str
    rapporteur: str
    bases: Sequence[str] = ()
    points: Sequence[Resolution] = ()
    figures: Sequence[Sequence[str]] = ()
    more_bases: int = 0
    more_points: int = 0
    annex: Sequence[AnnexLine] = field(default=(), repr=False)


def rapporteur(words: Wording, about: str) -> str:
    """Return whose part it is to report on a topic."""
    return words.say(f"rapporteur.{about if words.has(f'rapporteur.{about}') else 'default'}")


def direction_topic(report: JudgedData, words: Wording, rows: pd.DataFrame, start: int) -> Topic:
    """Return a direction's topic from its rows of table `recommendations`.

    Findings of one rule are one basis and one point for each recipient. `start` is the number
    of the annex's first line for this direction.
    """
    lines = _annex(report, words, rows, start)
    places = {line.finding: line.number for line in lines}
    groups = [part for _, part in rows.groupby("rule", sort=False)]
    points = [
        point
        for part in groups
        for recipient in RECIPIENTS
        for point in _points(report, words, part[part["recipient"] == recipient], places)
    ]
    title = report.direction.short_title or report.direction.title
    return Topic(
        about=report.direction.direction,
        title=words.say("title.direction", title=title),
        rapporteur=rapporteur(words, report.direction.direction),
        bases=[_basis(report, words, part, places) for part in groups[:MOST_BASES]],
        points=points[:MOST_POINTS],
        figures=_figures(report, groups[:MOST_BASES]),
        more_bases=max(0, len(groups) - MOST_BASES),
        more_points=max(0, len(points) - MOST_POINTS),
        annex=lines,
    )


def _basis(report: JudgedData, words: Wording, rows: pd.DataFrame, places: dict[str, int]) -> str:
    findings = list(rows["finding"].drop_duplicates())
    if len(findings) == 1:
        return findings[0]
    slots = {"title": _title(report, rows), "lines": _lines(words, findings, places)}
    schools = list(rows["school_id"].dropna().drop_duplicates())
    if schools:
        names = [report.school_name(one) for one in schools]
        return words.say("basis.schools", names=names, count=len(names), **slots)
    return words.say("basis.groups", count=len(findings), first=findings[0], **slots)


def _title(report: JudgedData, rows: pd.DataFrame) -> str:
    indicator = report.direction.indicator(str(rows["indicator"].iloc[0]))
    return indicator.short_title or indicator.title


def _lines(words: Wording, findings: Sequence[str], places: dict[str, int]) -> str:
    numbers = sorted(places[one] for one in findings)
    key = "basis.line" if len(numbers) == 1 else "basis.lines"
    return words.say(key, first=numbers[0], last=numbers[-1])


def _points(
    report: JudgedData, words: Wording, rows: pd.DataFrame, places: dict[str, int]
) -> list[Resolution]:
    """Return the draft point that a rule's rows for one recipient make, none where none are."""
    if rows.empty:
        return []
    first = rows.iloc[0]
    text = _text(report, words, rows, places)
    return [
        Resolution(
            text=text,
            addressee=_addressee(report, words, rows),
            deadline=_only(rows["deadline"], words.say("point.deadline_many")),
            direction=report.direction.direction,
            indicator=str(first["indicator"]),
            expected_text=_only(rows["expected"], words.say("point.deadline_many")),
            measure=_only(rows["measure"], ""),
            schools=tuple(rows["school_id"].dropna().drop_duplicates()),
            group=_group(report, rows),
        )
    ]


def _group(report: JudgedData, rows: pd.DataFrame) -> dict[str, str]:
    """Return the subject of an indicator that is told by subjects only, where it is one."""
    indicator = report.direction.indicator(str(rows["indicator"].iloc[0]))
    subjects = rows["subject"].dropna().drop_duplicates()
    return (
        {"subject": str(subjects.iloc[0])} if () not in indicator.by and len(subjects) == 1 else {}
    )


def _text(report: JudgedData, words: Wording, rows: pd.DataFrame, places: dict[str, int]) -> str:
    """Return what rows of one recipient are told together.

    Texts that differ by the school's name alone become one that names the schools, for names
    in quotation marks are not declined; others are told by their lines in the annex.
    """
    texts = list(rows["text"].drop_duplicates())
    if len(texts) == 1:
        return texts[0]
    findings = list(rows["finding"].drop_duplicates())
    lines = _lines(words, findings, places)
    schools = [report.school_name(str(one)) for one in rows["school_id"].dropna()]
    bare = {text.replace(name, NAMED) for name, text in zip(schools, rows["text"], strict=False)}
    if len(schools) == len(rows) and len(bare) == 1 and NAMED in next(iter(bare)):
        listed = words.say("point.schools", names=list(dict.fromkeys(schools)), lines=lines)
        return bare.pop().replace(NAMED, listed)
    return words.say("point.many", title=_title(report, rows), count=len(rows), lines=lines)


def _only(column: pd.Series, otherwise: str) -> str:
    said = list(column.dropna().drop_duplicates())
    return str(said[0]) if len(said) == 1 else otherwise


def _addressee(report: JudgedData, words: Wording, rows: pd.DataFrame) -> str:
    recipient = str(rows["recipient"].iloc[0])
    if recipient == "teachers":
        codes = rows["subject"].dropna().drop_duplicates()
        subjects = [report.subjects.get(str(code), str(code)).lower() for code in codes]
        return words.say("addressee.teachers", subjects=subjects)
    if recipient != "school":
        return words.say(f"addressee.{recipient}")
    schools = rows["school_id"].dropna().drop_duplicates()
    if schools.empty:
        return words.say("addressee.schools")
    names = [report.school_name(str(one)) for one in schools]
    return words.say("addressee.school", names=names)


def _figures(report: JudgedData, groups: Sequence[pd.DataFrame]) -> list[list[str]]:
    """Return the municipality's values of the indicators behind the bases."""
    codes = dict.fromkeys(str(part["indicator"].iloc[0]) for part in groups)
    found = []
    for line in (line for code in codes for line in report.lines(code)):
        row, unit = report.line_row(line), line.indicator.unit
        if row is None or pd.isna(row["value"]):
            continue
        found.append([
            report.title(line, is_short=True),
            russian.amount(row["value"], unit),
            russian.span(row["low"], row["high"], unit),
            russian.figure(row["n"], "persons"),
            _changed(report.changes[line], line.indicator),
        ])  # fmt: skip
    return found


def _changed(found: JudgedChange, indicator: Indicator) -> str:
    """Return the change since last year with its interval; the verdict is the report's."""
    if found.difference is None or not indicator.comparable_across_years:
        return russian.NOTHING
    said = russian.change(found.difference, indicator.unit)
    if not found.has_interval:
        return said
    estimate = found.estimate
    interval = russian.span(estimate.low, estimate.high, indicator.unit, is_change=True)
    return f"{said} ({interval})"


def _annex(report: JudgedData, words: Wording, rows: pd.DataFrame, start: int) -> list[AnnexLine]:
    """Return a line for each finding of a direction, its recipients' advice together."""
    lines = []
    for number, (finding, part) in enumerate(rows.groupby("finding", sort=False), start=start):
        advice = [
            words.say(
                "point.to",
                addressee=_addressee(report, words, part.loc[[index]]),
                text=uncapitalised(str(part.at[index, "text"])),
            )
            for index in part.index
        ]
        lines.append(
            AnnexLine(
                number=number,
                indicator=str(part["indicator"].iloc[0]),
                finding=str(finding),
                numbers=numbers_of(report, part.iloc[0]),
                advice=advice,
                deadlines=list(part["deadline"].fillna("")),
                measures=list(part["measure"].dropna().drop_duplicates()),
            )
        )
    return lines


def numbers_of(report: JudgedData, row: Any) -> str:
    """Return value, interval and n behind a finding; of a merged one, of each of its groups."""
    found = find_rule_evidence(report, row)
    if found.is_sign:
        return russian.NOTHING
    known = found.rows.dropna(subset=["value"])
    numbers = [_number(one, found.indicator.unit) for _, one in known.iterrows()]
    if not found.names:
        return "; ".join(numbers)
    return "; ".join(f"{name}: {one}" for name, one in zip(found.names, numbers, strict=True))


def _number(row: pd.Series, unit: str) -> str:
    value = russian.amount(row["value"], unit)
    n = f"n = {russian.figure(row['n'], 'persons')}"
    interval = russian.span(row["low"], row["high"], unit)
    inside = n if interval == russian.NOTHING else f"{interval}; {n}"
    return f"{value} ({inside})"

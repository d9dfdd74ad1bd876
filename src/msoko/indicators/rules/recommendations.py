"""Findings → address recommendations, worded by the department for each recipient."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from msoko.catalog import load_directions, load_profile, load_thresholds
from msoko.catalog.directions.direction import Direction, Indicator, RecommendationRule, Threshold
from msoko.catalog.directions.direction_faults import SLOT
from msoko.catalog.registry import registry_words
from msoko.core.indicator_groups import group_numbers, grouping, groupings
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.core.tables import GROUP, TABLES
from msoko.indicators.indicator_changes import Changes, year_changes
from msoko.indicators.papers_per_pupil import papers_per_pupil
from msoko.indicators.rules.detection_rules import COMPARED, RuleRows, find_rows

LEAST_P = 0.05
"""A marker is named in a finding where its own p-value is no greater."""


class NumberFormat(Protocol):
    """How numbers are printed; `msoko.core.russian` is the one formatter of reports."""

    def amount(self, value: float | None, unit: str) -> str: ...
    def change(self, value: float, unit: str) -> str: ...
    def figure(self, value: float | None, unit: str) -> str: ...
    def span(
        self, low: float | None, high: float | None, unit: str, *, is_change: bool = False
    ) -> str: ...


@dataclass(frozen=True)
class Names:
    """What schools, subjects and markers are called."""

    schools: Mapping[str, str]
    subjects: Mapping[str, str]
    markers: Mapping[str, str]

    @classmethod
    def load(cls, project: Project, store: Store, year: SchoolYear) -> Names:
        """Return the names in use in a year; a school's markers are listed in words."""
        schools = store.read("schools", [year])
        titles = registry_words.load_objectivity(project)
        rows = store.read("objectivity_markers", [year])
        rows = rows[rows["school_id"].notna() & (rows["p"] <= LEAST_P)]
        rows = rows.sort_values("p", kind="stable")
        listed = {
            school: ", ".join(dict.fromkeys(titles.title(marker).lower() for marker in part))
            for school, part in rows.groupby("school_id", sort=True)["marker"]
        }
        named = dict(zip(schools["school_id"], schools["name"], strict=True))
        return cls(named, registry_words.load_subject_names(project), listed)


def recommend(
    project: Project, municipality: str, year: SchoolYear, numbers: NumberFormat
) -> pd.DataFrame:
    """Return the year's rows of table `recommendations`, in the order of directions and rules.

    Each row is one finding for one recipient. Reads the indicators of this year and the
    last; `numbers` prints the numbers in the texts.
    """
    store = Store(project)
    names = Names.load(project, store, year)
    directions = load_directions(project, load_profile(project, municipality))
    values = with_groups(store.read("indicators", [year.shifted(-1), year]))
    table = JudgedRows.of(values)
    thresholds = load_thresholds(project)
    changes = year_changes(directions, values, year)
    rows = [
        row
        for direction in directions
        for row in recommendations_of(direction, table, year, thresholds, names, numbers, changes)
    ]
    return pd.DataFrame(rows, columns=list(TABLES["recommendations"].columns))


def with_groups(values: pd.DataFrame) -> pd.DataFrame:
    """Return indicator rows with the numbers of their grouping, their group and its `part`.

    `part` is the group without its school: what a school's row and the whole's have in common.
    What a rule compares a row with has its columns too, `COMPARED`, still empty. Texts are
    plain objects and numbers floats: a few rows are picked from so few blocks many times faster.
    """
    numbers: dict[str, np.ndarray] = {
        "grouping": groupings(values),
        "group": group_numbers(values),
        "part": group_numbers(values, [key for key in GROUP if key != "school_id"]),
    }
    texts, empty = {}, np.full(len(values), np.nan)
    for name, kind in TABLES["indicators"].columns.items():
        if kind == "text":
            texts[name] = values[name].to_numpy(object)
        else:
            numbers[name] = values[name].to_numpy(float, na_value=np.nan)
    numbers |= dict.fromkeys(COMPARED, empty)
    return pd.concat([pd.DataFrame(texts, dtype=object), pd.DataFrame(numbers)], axis=1)


KIND = ["direction", "indicator", "school_year", "grouping", "unit_of_analysis"]
"""What a rule picks rows by."""


@dataclass(frozen=True)
class JudgedRows:
    """The indicators of this year and the last, and where the rows of each `KIND` stand."""

    values: pd.DataFrame
    places: Mapping[tuple[str | int, ...], Sequence[int]]

    @classmethod
    def of(cls, values: pd.DataFrame) -> JudgedRows:
        """Return indicator rows with the numbers of `with_groups`, found by kind."""
        return cls(values, values.groupby(KIND).indices)

    def rows(self, *kind: str | int) -> pd.DataFrame:
        """Return the rows of a kind, none where there are none."""
        return self.values.iloc[self.places.get(kind, [])]


def recommendations_of(
    direction: Direction,
    table: JudgedRows,
    year: SchoolYear,
    thresholds: Mapping[str, Threshold],
    names: Names,
    numbers: NumberFormat,
    changes: Changes,
) -> Iterator[dict[str, object]]:
    """Give a direction's recommendations."""
    for rule in direction.recommendations:
        indicator = direction.indicator(rule.indicator)
        others = _others(rule, direction, changes)
        found = find_rows(rule, _evidence(rule, direction, table, year, others), thresholds)
        for row, parts in _merge_groups(found, rule):
            wider = [
                _wider(table, (direction.direction, rule.indicator, str(year)), row, unit)
                for unit in ("municipality", "region")
            ]
            slots = _slots(row, indicator, wider, names, numbers)
            slots[rule.merge or "task"] = "; ".join(
                f"{name} – {numbers.amount(value, indicator.unit)}" for name, value in parts
            )
            for advice in rule.advice:
                yield {
                    "school_year": str(year),
                    "direction": direction.direction,
                    "rule": rule.code,
                    "recipient": advice.recipient,
                    "indicator": rule.indicator,
                    **{key: row[key] for key in GROUP},
                    "finding": fill_slots(rule.finding, slots),
                    "text": fill_slots(advice.text, slots),
                    "deadline": advice.deadline,
                    "expected": fill_slots(advice.expected, slots),
                    "measure": advice.measure,
                }


def _others(rule: RecommendationRule, direction: Direction, changes: Changes) -> list[float]:
    """Return the p-values of the year's other changes, where a rule is about one of them.

    A finding may not call a change what the year's summary calls indistinguishable from chance.
    """
    if rule.when != "fell" or rule.unit_of_analysis != "municipality" or rule.by:
        return []
    own = (direction.direction, rule.indicator)
    return [p for line, p_values in changes.items() if line != own for p in p_values]


def _evidence(
    rule: RecommendationRule,
    direction: Direction,
    table: JudgedRows,
    year: SchoolYear,
    others: list[float],
) -> RuleRows:
    is_school = rule.unit_of_analysis == "school"
    default = ("school_id",) if is_school else ()
    by = default if rule.by is None else rule.by
    own, by_school = grouping(by), grouping((*by, "school_id"))
    last, this = str(year.shifted(-1)), str(year)

    def chosen(one: str, number: int, unit: str) -> pd.DataFrame:
        return table.rows(direction.direction, rule.indicator, one, number, unit)

    return RuleRows(
        direction.indicator(rule.indicator),
        chosen(this, own, rule.unit_of_analysis),
        chosen(last, own, rule.unit_of_analysis),
        chosen(this, by_school, "school"),
        chosen(last, by_school, "school"),
        chosen(this, own, "region"),
        others,
        1.0 if "subject" in by else _papers(direction, rule, table, this),
    )


def _papers(direction: Direction, rule: RecommendationRule, table: JudgedRows, year: str) -> float:
    """Return how many papers one pupil wrote, by the municipality's rows by subject."""
    groups = [keys for keys in direction.indicator(rule.indicator).by if "subject" in keys]
    wider = [grouping(keys) for keys in groups if "school_id" not in keys]
    line = (direction.direction, rule.indicator, year)
    rows = [table.rows(*line, number, "municipality") for number in wider]
    return papers_per_pupil(pd.concat(rows)) if rows else 1.0


def _wider(table: JudgedRows, line: tuple[str, ...], row: pd.Series, unit: str) -> float | None:
    """Return the value of the whole that a school's group is part of; None without any."""
    rows = table.rows(*line, row["grouping"] & ~grouping(["school_id"]), unit)
    found = rows.loc[rows["part"] == row["part"], "value"].tolist()
    return found[0] if found else None


def _slots(
    row: pd.Series,
    indicator: Indicator,
    wider: Sequence[float | None],
    names: Names,
    numbers: NumberFormat,
) -> dict[str, str]:
    """Return what the slots of a rule's texts stand for in one finding.

    `wider` are the values of the municipality and of the region.
    """
    unit = indicator.unit
    school = row["school_id"] if isinstance(row["school_id"], str) else ""
    subject = row["subject"] if isinstance(row["subject"], str) else ""
    return {
        "school": names.schools.get(school, school),
        "subject": names.subjects.get(subject, subject),
        "grade": "" if pd.isna(row["grade"]) else str(int(row["grade"])),
        "value": numbers.amount(row["value"], unit),
        "interval": numbers.span(row["low"], row["high"], unit),
        "n": numbers.figure(row["n"], "persons"),
        "count": numbers.figure(row["numerator"], "persons"),
        "of": numbers.figure(row["denominator"], "persons"),
        "whole": numbers.amount(wider[0], unit),
        "region": numbers.amount(wider[1], unit),
        "limit": numbers.amount(row["limit"], unit),
        "previous": numbers.amount(row["previous"], unit),
        "change": numbers.change(row["change"], unit) if pd.notna(row["change"]) else "",
        "loss": numbers.amount(abs(row["change"]), unit) if pd.notna(row["change"]) else "",
        "change_interval": numbers.span(
            row["change_low"], row["change_high"], unit, is_change=True
        ),
        "markers": names.markers.get(school, ""),
    }


def _merge_groups(
    found: pd.DataFrame, rule: RecommendationRule
) -> Iterator[tuple[pd.Series, list[tuple[str, float]]]]:
    """Give each finding with the groups merged into it, as pairs of a name and a value.

    Without `merge` every row is a finding of its own and nothing is merged.
    """
    if not rule.merge:
        for _, row in found.iterrows():
            yield row, []
        return
    others = [key for key in GROUP if key != rule.merge]
    for _, rows in found.groupby(others, sort=False, dropna=False):
        names = [_plain(value) for value in rows[rule.merge]]
        row = rows.iloc[0].copy()
        row[rule.merge] = None
        yield row, sorted(zip(names, rows["value"], strict=True), key=lambda one: _natural(one[0]))


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a sort key by which task 10 follows task 9."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)]


def fill_slots(text: str, slots: Mapping[str, str]) -> str:
    """Return `text` with its slots filled; what fills them is never read as a slot itself."""
    return re.sub(SLOT, lambda match: slots[match[1]], text)

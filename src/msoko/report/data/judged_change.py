"""How an indicator changed since last year, and whether that can be told from chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from msoko.core import russian
from msoko.report.data.evidence import Evidence

if TYPE_CHECKING:
    from msoko.core.school_year import SchoolYear
    from msoko.report.data.report_data import Line, Reading
    from msoko.stats.estimators.estimate import Estimate, NotEstimable

LEVEL = 0.05
"""The false discovery rate of the changes that one report calls changes."""
FUNCTION = "msoko.stats.estimators.ratio.ratio_change"
"""What computes a change and its error, as evidence names it."""


@dataclass(frozen=True)
class Change:
    """An indicator's change: from, to, the estimate, and its place in the family of changes."""

    before: float | None
    after: float | None
    estimate: Estimate | NotEstimable | None
    q: float | None = None

    @property
    def difference(self) -> float | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def has_interval(self) -> bool:
        return self.estimate is not None and self.estimate.is_estimable

    @property
    def is_told(self) -> bool:
        """Whether the change is told from chance at the report's false discovery rate."""
        return self.q is not None and self.q <= LEVEL

    def verdict(self, polarity: str) -> str:
        """Return a key of wording: better, worse, up, down, within, unknown."""
        if not self.has_interval:
            return "unknown"
        if not self.is_told:
            return "within"
        is_up = self.estimate.value > 0
        if polarity == "none":
            return "up" if is_up else "down"
        return "better" if is_up == (polarity == "higher_is_better") else "worse"


def changes(report: Reading) -> dict[Line, Change]:
    """Return each line's change since last year; q-values are Benjamini–Hochberg's."""
    from msoko.stats.estimators.multiplicity import adjust

    found = {line: _change(report, line) for line in report.all_lines}
    told = [line for line, one in found.items() if one.has_interval]
    q_values = adjust([found[line].estimate.p for line in told]) if told else ()
    return found | {
        line: replace(found[line], q=float(q)) for line, q in zip(told, q_values, strict=True)
    }


def _change(report: Reading, line: Line) -> Change:
    before, after = (_value(report, line, year) for year in _two_years(report))
    is_compared = before is not None and after is not None and comparable(report, line)
    return Change(before, after, between(report, line) if is_compared else None)


def _two_years(report: Reading) -> tuple[SchoolYear, SchoolYear]:
    return report.year.shifted(-1), report.year


def comparable(report: Reading, line: Line) -> bool:
    """Whether this year's value may be set beside last year's."""
    if not line.indicator.comparable_across_years:
        return False
    (flags,) = report.columns_of(["flags"], line, "municipality", report.year)
    return not any("not_comparable" in str(one) for one in flags)


def between(
    report: Reading,
    line: Line,
    schools: Iterable[str] | None = None,
    since: SchoolYear | None = None,
) -> Estimate | NotEstimable | None:
    """Return the change since last year, or `since`; None where the indicator has no schools."""
    from msoko.stats.estimators.ratio import ratio_change

    if line.indicator.measure in ("count", "sum"):
        return None
    last, this = _two_years(report)
    pairs = [school_parts(report, line, year) for year in (since or last, this)]
    if not all(pairs):
        return None
    everyone = set().union(*pairs)
    named = sorted(everyone if schools is None else everyone.intersection(schools))
    before, after = (_columns(pair, named) for pair in pairs)
    return ratio_change(before, after)


def school_parts(report: Reading, line: Line, year: SchoolYear) -> dict[str, tuple[float, float]]:
    """Return numerator and denominator of each school in a year."""
    names = ("school_id", "numerator", "denominator")
    schools, *numbers = report.columns_of(names, line, "school", year)
    return dict(zip(schools, zip(*numbers, strict=True), strict=True))


def _columns(parts: Mapping[str, tuple[float, float]], schools: Sequence[str]) -> np.ndarray:
    """Return numerators and denominators of the schools, NaN where one has none."""
    unknown = (np.nan, np.nan)
    return np.array([parts.get(one, unknown) for one in schools]).reshape(-1, 2).T


def _value(report: Reading, line: Line, year: SchoolYear) -> float | None:
    (values,) = report.columns_of(["value"], line, "municipality", year)
    return None if not len(values) or np.isnan(values[0]) else float(values[0])


def sentence(report: Reading, line: Line) -> str:
    """Return what may be said of the line's change since last year."""
    found, indicator = report.changes[line], line.indicator
    if not comparable(report, line):
        return report.say("change.not_comparable")
    if found.difference is None:
        return report.say("change.no_last_year", year=report.year.shifted(-1))
    number = report.ledger.cite(evidence(report, line, found))
    if not found.has_interval:
        return report.say("change.no_interval", number=number)
    interval = russian.span(found.estimate.low, found.estimate.high, indicator.unit, is_change=True)
    verdict = found.verdict(indicator.polarity)
    return report.say(f"change.{verdict}", number=number, interval=interval)


def evidence(report: Reading, line: Line, found: Change) -> Evidence:
    """Return what stands behind a change."""
    estimate, indicator = found.estimate if found.has_interval else None, line.indicator
    interval = (
        russian.span(estimate.low, estimate.high, indicator.unit, is_change=True)
        if estimate
        else ""
    )
    last, this = _two_years(report)
    return Evidence(
        what=report.say("evidence.change.what", title=report.title(line), last=last, year=this),
        shown=russian.change(found.difference, indicator.unit),
        formula=report.say("evidence.change.formula", function=FUNCTION),
        numerator=russian.amount(found.after, indicator.unit),
        denominator=russian.amount(found.before, indicator.unit),
        n=report.counted("school", estimate.n) if estimate else "",
        interval=interval,
        source=indicator.source,
    )

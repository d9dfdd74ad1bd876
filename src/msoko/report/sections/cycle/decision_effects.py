"""What a decision of the register changed, and what could be seen of it beforehand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msoko.core.school_year import SchoolYear
from msoko.report.data.indicator_line import IndicatorLine
from msoko.report.data.line_changes import comparable_years, is_comparable, school_parts
from msoko.stats.schools.decision_effect import (
    LEAST_SCHOOLS,
    LEAST_YEARS,
    compared_detectable,
    compared_effect,
    course_effect,
    course_error,
    effect_panel,
    forecast_spread,
    outcome_of,
    schools_needed,
    was_moving,
)

if TYPE_CHECKING:
    from msoko.catalog import Decision
    from msoko.report.data.report_data import ReportData
    from msoko.stats.estimators.estimate import Estimate
    from msoko.stats.schools.decision_effect import EffectPanel

COMPARED, COURSE, BESIDE_REGION = "compared", "course", "region"
OUTCOMES = ("reached", "partly", "absent")
"""What is concluded of an effect; every other outcome says why nothing is."""
FOLLOWED = "followed"


@dataclass(frozen=True)
class DecisionEffect:
    """What followed a decision.

    `outcome` is reached, partly, absent or untold by `outcome_of`, or says why there is no test:
    followed (one to four schools), later, not_comparable, no_value, short (too few earlier years),
    moving (the indicator went that way before), flat (earlier years are equal). `change` is since
    the year of the decision; `estimate` is beyond what was to be expected without it.
    """

    outcome: str
    way: str = ""
    change: float | None = None
    estimate: Estimate | None = None
    others: int = 0
    detectable: float | None = None


@dataclass(frozen=True)
class Foreseen:
    """What will be told of a decision: `kind` seen or unseen by the effect that is detectable in
    four cases of five, or why there will be no test, as in `DecisionEffect`."""

    kind: str
    detectable: float | None = None
    schools: int | None = None


def measured_decisions(report: ReportData) -> list[Decision]:
    """Return the decisions of last year, and earlier ones whose change was expected by this."""
    last = str(report.year.shifted(-1))
    return [
        one for one in report.decisions if one.school_year == last or due_year(one) == report.year
    ]


def aimed_at(report: ReportData, decision: Decision) -> IndicatorLine:
    """Return the indicator that a decision aims at, in its subject where it names one."""
    indicator = report.direction.indicator(decision.indicator)
    return IndicatorLine(indicator, decision.group.get("subject", ""))


def due_year(decision: Decision) -> SchoolYear:
    """Return the school year in which a decision's change is to be seen."""
    taken = SchoolYear.parse(decision.school_year)
    return SchoolYear.parse(decision.expected.by) if decision.expected.by else taken.shifted(1)


def is_followed(decision: Decision) -> bool:
    """Whether a decision means so few schools that each is told of, and none is tested."""
    return 0 < len(decision.schools) < LEAST_SCHOOLS


def effect_of(report: ReportData, decision: Decision) -> DecisionEffect:
    """Return what followed a decision, and what may be concluded of it."""
    if due_year(decision) > report.year:
        return DecisionEffect("later")
    line = aimed_at(report, decision)
    years = _years_until(report, line, decision)
    if _pooled(report, line, SchoolYear.parse(decision.school_year), ()) is None:
        return DecisionEffect("no_value")
    if not is_comparable(report, line) or not years:
        return DecisionEffect("not_comparable")
    if is_followed(decision):
        return DecisionEffect(FOLLOWED)
    if decision.schools:
        panel, this = _panel(report, line, years, decision), school_parts(report, line, report.year)
        told = compared_effect(panel, this)
        if told.is_estimable:
            change = _pooled(report, line, report.year, decision.schools)
            before = _pooled(report, line, years[-1], decision.schools)
            moved = None if change is None or before is None else change - before
            return _judged(decision, told, COMPARED, moved, panel.others)
        if panel.chosen < LEAST_SCHOOLS:
            return DecisionEffect(FOLLOWED)
    return _by_course(report, line, years, decision)


def _years_until(report: ReportData, line: IndicatorLine, decision: Decision) -> list[SchoolYear]:
    """Return the comparable years up to that of the decision; none where that one has no value."""
    taken = SchoolYear.parse(decision.school_year)
    years = [SchoolYear.parse(one["school_year"]) for one in comparable_years(report, line)]
    earlier = [one for one in years if one <= taken]
    return earlier if earlier and earlier[-1] == taken else []


def _panel(
    report: ReportData, line: IndicatorLine, years: Sequence[SchoolYear], decision: Decision
) -> EffectPanel:
    parts = [school_parts(report, line, year) for year in years]
    is_share = line.indicator.measure == "share"
    return effect_panel(parts, decision.schools, _both(parts[-1], report, line), is_share)


def _both(last: Collection[str], report: ReportData, line: IndicatorLine) -> set[str] | None:
    """Return the schools known in the decision's year and in the report's, where it is later."""
    this = school_parts(report, line, report.year)
    return {*last} & {*this} if this else None


def _pooled(
    report: ReportData, line: IndicatorLine, year: SchoolYear, schools: Collection[str]
) -> float | None:
    """Return the value of chosen schools together, or of the municipality where none are."""
    if not schools:
        rows = report.line_rows(line, year=year).column("value")
        return float(rows[0]) if len(rows) and rows[0] == rows[0] else None
    parts = school_parts(report, line, year)
    pairs = [parts[one] for one in schools if one in parts and parts[one][1] > 0]
    whole = sum(pair[1] for pair in pairs)
    return sum(pair[0] for pair in pairs) / whole if whole > 0 else None


def _course(
    report: ReportData, line: IndicatorLine, years: Sequence[SchoolYear], schools: Collection[str]
) -> tuple[list[float], bool]:
    """Return the values of the years, less the region's where the region has them all."""
    values = [_pooled(report, line, year, schools) for year in years]
    region = [report.line_rows(line, "region", year).column("value") for year in years]
    has_region = not schools and all(len(one) and one[0] == one[0] for one in region)
    if any(value is None for value in values):
        return [], False
    if has_region:
        return [v - float(r[0]) for v, r in zip(values, region, strict=True)], True
    return [float(value) for value in values], False


def _by_course(
    report: ReportData, line: IndicatorLine, years: Sequence[SchoolYear], decision: Decision
) -> DecisionEffect:
    """Set the report's year beside the years up to the decision."""
    plain = [_pooled(report, line, one, decision.schools) for one in (years[-1], report.year)]
    moved = None if None in plain else plain[1] - plain[0]
    values, has_region = _course(report, line, [*years, report.year], decision.schools)
    if not values:
        return DecisionEffect("no_value", change=moved)
    *earlier, after = values
    kind = _no_course(earlier, decision)
    if kind:
        return DecisionEffect(kind, change=moved)
    told = course_effect(earlier, after)
    return _judged(decision, told, BESIDE_REGION if has_region else COURSE, moved)


def _no_course(earlier: Sequence[float], decision: Decision) -> str:
    """Return why earlier years are nothing to judge by; empty where they are."""
    if len(earlier) < LEAST_YEARS:
        return "short"
    if was_moving(earlier, 1 if decision.expected.value >= 0 else -1):
        return "moving"
    # shares that are equal but for rounding have no spread either
    return "flat" if max(earlier) - min(earlier) < 1e-9 else ""


def _judged(
    decision: Decision, told: Estimate, way: str, change: float | None, others: int = 0
) -> DecisionEffect:
    from msoko.stats.estimators.detectable_change import detectable_change

    outcome = outcome_of(told, decision.expected.value)
    least = detectable_change(told.se, max(1.0, told.df))
    return DecisionEffect(outcome, way, change, told, others, least)


def foreseen(report: ReportData, decision: Decision) -> Foreseen:
    """Return what the data of the decision's year say of its effect before it is seen."""
    if is_followed(decision):
        return Foreseen(FOLLOWED)
    line = aimed_at(report, decision)
    years = _years_until(report, line, decision)
    if decision.schools:
        told = _foreseen_by_comparison(report, line, years, decision)
        if told is not None:
            return told
    earlier, _ = _course(report, line, years, decision.schools)
    kind = _no_course(earlier, decision)
    if kind:
        return Foreseen(kind)
    from msoko.stats.estimators.detectable_change import detectable_change

    least = detectable_change(course_error(earlier), len(earlier) - 1)
    return Foreseen("seen" if least <= abs(decision.expected.value) else "unseen", least)


def _foreseen_by_comparison(
    report: ReportData, line: IndicatorLine, years: Sequence[SchoolYear], decision: Decision
) -> Foreseen | None:
    parts = [school_parts(report, line, year) for year in years]
    is_share = line.indicator.measure == "share"
    if not parts:
        return None
    panel = effect_panel(parts, decision.schools, is_share=is_share)
    if panel.chosen < LEAST_SCHOOLS:
        return Foreseen(FOLLOWED)
    if not panel.is_enough or len(parts) < 2:
        return None
    spread = forecast_spread(effect_panel(parts[:-1], (), is_share=is_share), parts[-1])
    least = compared_detectable(panel, spread) if isinstance(spread, float) else spread
    if not isinstance(least, float):
        return None
    expected = decision.expected.value
    if least <= abs(expected):
        return Foreseen("seen", least)
    return Foreseen("unseen", least, schools_needed(least, expected, panel.chosen))

"""What a direction may not say even where each line of it is well formed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping

from msoko.catalog.directions.condition_facts import Columns, condition_columns
from msoko.catalog.directions.direction import Direction, Indicator, RecommendationRule, Reference
from msoko.catalog.yaml.declaration_lines import (
    DeclarationLine,
    refuse_repeated,
    require_known,
    suggestion,
)
from msoko.core.errors import UsageError
from msoko.core.tables import GROUP, TABLES

FORMS = "forms"
"""The table of monitoring forms: a row per school, columns written `form.item`."""
DERIVED: dict[str, dict[str, str]] = {
    "low_results": {
        "school_id": "text",
        "school_year": "text",
        "paper_count": "int",
        "low_paper_count": "int",
        "is_low": "bool",
    },
    "confirmation": {
        "school_id": "text",
        "school_year": "text",
        "procedure": "text",
        "subject": "text",
        "earlier": "text",  # the procedure the exam is set beside
        "mark": "int",
        "earlier_mark": "int",
        "earlier_journal_mark": "int",  # the half-year or yearly mark on that paper's protocol
        "share_of_maximum": "float",
        "earlier_share_of_maximum": "float",
    },
    "graduates": {
        "school_id": "text",
        "school_year": "text",
        "paper_count": "int",
        "lowest_score": "float",  # of the year's ЕГЭ on the scale of 100
        "highest_score": "float",
    },
}
"""Tables that are made from results when indicators are computed, and their columns."""
SLOT = r"\{\{\s*(\w+)\s*\}\}"
SLOTS = (
    *("school", "subject", "grade", "value", "interval", "n", "count", "of", "whole", "region"),
    *("limit", "previous", "change", "loss", "change_interval", "markers", "task"),
)
"""What the texts of recommendation rules may name."""
SCHOOL_COLUMNS = {"school_type": "text", "location": "text", "kind": "text"}
"""Attributes of `schools` that every table with a `school_id` may be cut by."""


def check_direction(direction: Direction, forms: Mapping[str, Iterable[str]] | None) -> None:
    """Refuse a direction that contradicts itself or names data that do not exist.

    `forms` gives the items of each monitoring form; without it items are not checked.
    """
    refuse_repeated("цель", direction.goals)
    refuse_repeated("группа показателей", direction.groups)
    refuse_repeated("показатель", direction.indicators)
    refuse_repeated("правило рекомендаций", direction.recommendations)
    goals = {goal.code for goal in direction.goals}
    groups = {group.code for group in direction.groups}
    for indicator in direction.indicators:
        require_known("goal", indicator.goal, goals, indicator.place)
        if indicator.group:
            require_known("group", indicator.group, groups, indicator.place)
        _check_indicator(indicator, forms)
    codes = {indicator.code: indicator for indicator in direction.indicators}
    for code in direction.key_figures:
        require_known("key_figures", code, codes, code.place)
    for role in dataclasses.fields(direction.roles):
        for code in getattr(direction.roles, role.name):
            require_known(role.name, code, codes, code.place)
    for rule in direction.recommendations:
        require_known("indicator", rule.indicator, codes, rule.place)
        _check_rule(rule, codes[rule.indicator])


def _check_rule(rule: RecommendationRule, indicator: Indicator) -> None:
    if rule.when in ("above_threshold", "below_threshold") and not rule.threshold:
        raise UsageError(f"{rule.place}: в правиле «{rule.code}» нет ключа «threshold».")
    if rule.when.endswith("funnel") and indicator.interval != "wilson":
        raise UsageError(
            f"{rule.place}: правило «{rule.code}» ищет школы вне воронки, а она строится по долям "
            f"с интервалом «wilson»; у показателя «{rule.indicator}» – «{indicator.interval}»."
        )
    by = rule.by
    if by is not None and sorted(by) not in [sorted(keys) for keys in indicator.by]:
        raise UsageError(
            f"{rule.place}: правило «{rule.code}» берёт группы {list(by)}, которых нет в «by» "
            f"показателя «{rule.indicator}». Допишите их туда."
        )
    if rule.merge:
        require_known("merge", rule.merge, rule.by or (), rule.place)
    texts = (rule.finding, *(part for one in rule.advice for part in (one.text, one.expected)))
    for slot in (name for text in texts for name in re.findall(SLOT, text)):
        require_known("{{ … }}", slot, SLOTS, rule.place)


def check_thresholds(direction: Direction, thresholds: Iterable[str]) -> None:
    """Refuse a rule whose threshold is neither a number nor a declared code."""
    for rule in direction.recommendations:
        if rule.threshold and not re.fullmatch(r"-?\d+(\.\d+)?", rule.threshold):
            require_known("threshold", rule.threshold, thresholds, rule.place)


def _check_indicator(indicator: Indicator, forms: Mapping[str, Iterable[str]] | None) -> None:
    if indicator.measure in ("share", "ratio") and not indicator.denominator:
        raise UsageError(
            f"{indicator.place}: у показателя «{indicator.code}» нет ключа «denominator»: "
            "доле и отношению он нужен."
        )
    parts = (indicator.where, indicator.numerator, indicator.denominator, indicator.size)
    _check_columns(indicator, indicator.table, parts, indicator.by, indicator.place, forms)
    if indicator.reference:
        reference: Reference = indicator.reference
        parts = (reference.where, reference.numerator, reference.denominator)
        _check_columns(indicator, reference.table, parts, reference.by, indicator.place, forms)


def _check_columns(
    indicator: Indicator,
    table: str,
    parts: Iterable[str],
    by: Iterable[Iterable[str]],
    place: DeclarationLine,
    forms: Mapping[str, Iterable[str]] | None,
) -> None:
    if table != FORMS and table not in TABLES and table not in DERIVED:
        raise UsageError(
            f"{place}: у показателя «{indicator.code}» неизвестная таблица «{table}». "
            f"{suggestion(table, [*TABLES, *DERIVED, FORMS])}"
        )
    columns = columns_of(table)
    for keys in by:
        for key in keys:
            require_known("by", key, [one for one in GROUP if one in columns], place)
    for part in parts:
        for form, name in _read_columns(part, place, indicator.code):
            if table == FORMS and form:
                _check_item(form, name, place, forms)
            elif name not in columns or form:
                shown = f"{form}.{name}" if form else name
                raise UsageError(
                    f"{place}: в показателе «{indicator.code}» нет столбца «{shown}» "
                    f"в таблице «{table}». {suggestion(name, columns)}"
                )


def columns_of(table: str) -> dict[str, str]:
    """Return the columns that expressions over `table` may use, with their types."""
    if table == FORMS:
        return {"school_id": "text", "school_year": "text", **SCHOOL_COLUMNS}
    columns = dict(DERIVED[table] if table in DERIVED else TABLES[table].columns)
    return {**SCHOOL_COLUMNS, **columns} if "school_id" in columns else columns


def _check_item(
    form: str, item: str, place: DeclarationLine, forms: Mapping[str, Iterable[str]] | None
) -> None:
    if forms is None:
        return
    require_known("form", form, forms, place)
    if item not in forms[form]:
        raise UsageError(
            f"{place}: в форме «{form}» нет показателя «{item}». {suggestion(item, forms[form])}"
        )


def _read_columns(text: str, place: DeclarationLine, code: str) -> Columns:
    try:
        return condition_columns(text)
    except ValueError as error:
        raise UsageError(
            f"{place}: в показателе «{code}» выражение «{text}» не разобрано: {error}. "
            "Пишите условие SQL над столбцами таблицы."
        ) from None
